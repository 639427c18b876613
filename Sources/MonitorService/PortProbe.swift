import DeviceProtocols
import Dispatch
import LinuxIO
import Locking
import VitalsModel

#if canImport(Glibc)
    import Glibc
#endif

/// Carries out a `ProbePlan` on one port: what `vigil device probe` does. It blocks its thread while it waits.
public struct PortProbe: Sendable {
    /// How long things may take.
    public struct Limits: Sendable {
        /// Listening at one line.
        public var listening: Duration = .seconds(3)
        /// The same, once something was understood: slow devices send a line a second or less.
        public var understood: Duration = .seconds(6)
        /// Waiting for the first answer to a family's questions.
        public var asking: Duration = .seconds(5)
        /// The same, once something was understood: a dialogue may take several rounds.
        public var answered: Duration = .seconds(15)

        /// Creates the usual limits.
        public init() {}
    }

    /// What a step of a probe came to.
    public enum Step: Sendable {
        /// Listening begins.
        case listening(LineSettings, [String])
        /// So many bytes came, which nobody understood.
        case heard(LineSettings, [UInt8])
        /// A family is asked.
        case asking(ProbePlan.Asking)
    }

    /// What was found.
    public struct Finding: Sendable {
        /// The line at which it was found.
        public var line: LineSettings
        /// Whether it was asked, or spoke by itself.
        public var wasAsked: Bool
        /// The families that understand it, the best first.
        public var evidence: [FamilyEvidence]
    }

    private let path: String
    private let plan: ProbePlan
    private let limits: Limits
    private let tell: @Sendable (Step) -> Void

    /// Prepares a probe; `tell` hears of each step.
    public init(path: String, plan: ProbePlan, limits: Limits = Limits(), tell: @escaping @Sendable (Step) -> Void) {
        self.path = path
        self.plan = plan
        self.limits = limits
        self.tell = tell
    }

    /// Listens, then asks; nil when nothing was understood.
    ///
    /// - Throws: `SystemError` where the port cannot be opened or is unplugged.
    public func run() throws -> Finding? {
        for step in plan.listenings {
            if let finding = try listen(step) { return finding }
        }
        for step in plan.askings {
            if let finding = try ask(step) { return finding }
        }
        return nil
    }

    private func listen(_ step: ProbePlan.Listening) throws -> Finding? {
        tell(.listening(step.line, step.families.map(\.id)))
        let line = try ProbeLine(path: path, line: step.line)
        defer { line.close() }
        var listeners = step.families.flatMap(FamilyListener.variants)
        var heard: [UInt8] = []
        let start = BootClock.now().boot
        while true {
            let isUnderstood = listeners.contains { $0.evidence.frames > 0 }
            let deadline = start + (isUnderstood ? limits.understood : limits.listening)
            // A line that never rests gives bytes at any deadline.
            guard BootClock.now().boot < deadline, let (bytes, _) = try line.next(until: deadline) else { break }
            if heard.count < 4096 { heard += bytes }
            for index in listeners.indices { listeners[index].receive(bytes) }
            // Enough for every family that sends many frames a second, and all candidates have heard the same.
            if listeners.contains(where: { $0.evidence.isConvincing && $0.evidence.readings > 1 && $0.evidence.frames >= 50 }) { break }
        }
        let evidence = FamilyListener.convincing(listeners.map(\.evidence))
        if !evidence.isEmpty { return Finding(line: step.line, wasAsked: false, evidence: evidence) }
        if !heard.isEmpty { tell(.heard(step.line, heard)) }
        return nil
    }

    private func ask(_ step: ProbePlan.Asking) throws -> Finding? {
        tell(.asking(step))
        let line = try ProbeLine(path: path, line: step.line)
        defer { line.close() }
        var decoder = try step.family.decoder(.live)
        var evidence = FamilyEvidence(family: step.family.id)
        func take(_ output: DeviceOutput) throws {
            for frame in output.bytesToSend where !plan.isForbidden(frame) { try line.write(frame) }
            evidence.note(output.events)
            evidence.note(decoder.statistics)
        }
        let start = BootClock.now().boot
        try take(decoder.advance(to: start))
        while !(evidence.isConvincing && evidence.readings > 0) {
            let deadline = start + (evidence.frames > 0 ? limits.answered : limits.asking)
            let due = min(deadline, decoder.nextDeadline ?? deadline)
            if BootClock.now().boot >= deadline { break }
            if let (bytes, moment) = try line.next(until: due) {
                evidence.bytes += bytes.count
                try take(decoder.receive(bytes, at: moment.boot))
            } else {
                try take(decoder.advance(to: BootClock.now().boot))
            }
        }
        guard evidence.isConvincing else { return nil }
        return Finding(line: step.line, wasAsked: true, evidence: [evidence])
    }
}

/// A port that is waited at by one thread.
private final class ProbeLine: Sendable {
    private let port: SerialPort
    private let reader: PortReader
    private let inbox = ProbeInbox()

    init(path: String, line: LineSettings) throws(SystemError) {
        port = try SerialPort.open(path: path, line: line)
        reader = try PortReader()
        reader.add(
            port,
            deliver: { [inbox] bytes, moment in
                inbox.put(.bytes(bytes, moment))
                return .more
            }, lost: { [inbox] loss in inbox.put(.lost(loss)) })
    }

    /// The next bytes, or nil when none came until then.
    func next(until deadline: BootInstant) throws -> ([UInt8], Moment)? {
        switch inbox.take(until: deadline) {
        case .bytes(let bytes, let moment): return (bytes, moment)
        case .lost(let loss):
            throw SystemError(
                "probe the port", path: port.path, code: EIO, cause: "\(loss)", remedy: "plug it in again and keep it there")
        case nil: return nil
        }
    }

    func write(_ bytes: [UInt8]) throws(SystemError) { try port.write(bytes) }

    func close() {
        reader.stop()
        port.close()
    }
}

/// What the reader's thread has for the one that probes.
private final class ProbeInbox: Sendable {
    enum Item: Sendable {
        case bytes([UInt8], Moment)
        case lost(PortLoss)
    }

    private let items = Mutex<[Item]>([])
    private let arrived = DispatchSemaphore(value: 0)

    func put(_ item: Item) {
        items.withLock { $0.append(item) }
        arrived.signal()
    }

    /// The next item, or nil when none came until then.
    func take(until deadline: BootInstant) -> Item? {
        let wait = max(.zero, deadline - BootClock.now().boot)
        guard arrived.wait(timeout: .now() + .nanoseconds(Int(wait.nanoseconds))) == .success else { return nil }
        return items.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
}
