import ControlProtocol
import DeviceProtocols
import Dispatch
import Glibc
import LinuxIO
import Logging
import ServiceConfiguration
import Locking
import VitalsModel

/// The life of one source on its own queue: open, negotiate, stream, lose, wait, open again. All `var`s belong to `queue`.
final class SourceRunner: @unchecked Sendable {
    let configuration: SourceConfiguration
    let family: DeviceFamily
    private let queue: DispatchQueue
    private let clock: any MonitorClock
    private let reader: PortReader
    private let deliver: @Sendable (SourceBurst) -> Void
    private let logger: Logger
    /// Bytes that the reader has handed over and that wait for the queue; more than `mostWaiting` pause the port.
    private let waiting = Mutex((bytes: 0, isPaused: false, total: 0))
    private static let mostWaiting = 1 << 20
    private let sent = Mutex(0)
    private let holdsPort = Mutex(false)

    private var decoder: (any DeviceDecoder)?
    private var port: SerialPort? {
        didSet { holdsPort.withLock { $0 = port != nil } }
    }
    private var token: PortToken?
    private var alarm: (any MonitorAlarm)?
    private var state = SourceState.absent
    private var reason = "not opened yet"
    private var backoff = Duration.milliseconds(250)
    private var reopenAt: BootInstant?
    private var sequence: UInt64 = 0
    private var past = DecoderStatistics()
    private var isStopped = false
    private var isCuffMeasuring = false
    private var generation = 0

    init(
        _ configuration: SourceConfiguration, family: DeviceFamily, clock: any MonitorClock, reader: PortReader, logger: Logger,
        deliver: @escaping @Sendable (SourceBurst) -> Void
    ) {
        self.configuration = configuration
        self.family = family
        self.clock = clock
        self.reader = reader
        self.deliver = deliver
        self.logger = logger
        queue = DispatchQueue(label: "source.\(configuration.id)")
    }

    func start() {
        queue.async {
            self.alarm = self.clock.makeAlarm(on: self.queue) { [weak self] in self?.alarmRang() }
            self.open()
        }
    }

    func stop() async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.isStopped = true
                self.abortCuff()
                self.release()
                self.alarm?.cancel()
                continuation.resume()
            }
        }
    }

    /// Bytes that were taken from the port since the start and have had their turn; what a conductor waits for. After that and
    /// `afterQueued`, what came of them is with the room.
    var bytesTaken: Int { waiting.withLock { $0.total - $0.bytes } }

    /// Bytes that were written to the port since the start.
    var bytesSent: Int { sent.withLock { $0 } }

    /// Whether a port is open.
    var hasPort: Bool { holdsPort.withLock { $0 } }

    /// Runs `body` when everything before it has been decoded and handed to the room.
    func afterQueued(_ body: @escaping @Sendable () -> Void) { queue.async(execute: body) }

    func status() async -> SourceStatus {
        await withCheckedContinuation { continuation in queue.async { continuation.resume(returning: self.currentStatus()) } }
    }

    private func currentStatus() -> SourceStatus {
        dispatchPrecondition(condition: .onQueue(queue))
        let now = decoder?.statistics ?? DecoderStatistics()
        let rejected = past.rejected.merging(now.rejected, uniquingKeysWith: +)
        return SourceStatus(
            source: configuration.id, family: family.id, state: state, reason: reason, port: port?.resolvedPath, bytes: bytesTaken,
            frames: past.frames + now.frames, readings: past.readings + now.readings,
            rejected: Dictionary(uniqueKeysWithValues: rejected.map { ($0.key.rawValue, $0.value) }))
    }

    // MARK: The cuff

    /// Starts or aborts a measurement; what came of it is told like everything that a device says.
    func command(_ command: CuffCommand) {
        queue.async {
            guard var decoder = self.decoder, self.port != nil else { return self.refuseCuff("the device is not connected") }
            let now = self.clock.now()
            let output = decoder.command(command, at: now.boot)
            self.decoder = decoder
            self.handle(output, at: now)
            self.armAlarm()
        }
    }

    private func refuseCuff(_ why: String) {
        let now = clock.now()
        sequence += 1
        let change = CuffChange(source: configuration.id, state: .idle, failure: why, sequence: sequence)
        deliver(SourceBurst(source: configuration.id, at: now, events: [.cuff(change)]))
    }

    /// A cuff must not stay inflated when nobody watches it any more.
    private func abortCuff() {
        guard isCuffMeasuring, family.cuffControl != .none, var decoder else { return }
        for frame in decoder.command(.abort, at: clock.now().boot).bytesToSend { send(frame) }
        self.decoder = decoder
    }

    // MARK: Opening and losing

    private func open() {
        dispatchPrecondition(condition: .onQueue(queue))
        guard !isStopped, port == nil else { return }
        reopenAt = nil
        do {
            guard let path = try devicePath() else { return wait(.absent, "no device matches") }
            let opened = try SerialPort.open(path: path, line: configuration.line(of: family))
            try begin(opened)
        } catch let error as SystemError {
            wait(error.isAbsence ? .absent : .lost, error.description)
        } catch {
            wait(.lost, "\(error)")
        }
    }

    private func devicePath() throws -> String? {
        switch configuration.match {
        case .path(let path): path
        case .usb(let vendor, let product, let serial):
            try UdevSerialPorts.devicePath(vendor: vendor, product: product, serial: serial)
        }
    }

    private func begin(_ opened: SerialPort) throws {
        port = opened
        generation += 1
        let present = generation
        decoder = try family.decoder(.live, options: configuration.options)
        move(to: .negotiating, "\(opened.resolvedPath) is open", at: clock.now())
        token = reader.add(
            opened, deliver: { [weak self] bytes, received in self?.take(bytes, at: received, generation: present) ?? .more },
            lost: { [weak self] loss in
                guard let self else { return }
                self.queue.async { self.lose(loss, generation: present) }
            })
        advance()
    }

    private func lose(_ loss: PortLoss, generation lost: Int) {
        dispatchPrecondition(condition: .onQueue(queue))
        guard lost == generation, port != nil, !isStopped else { return }
        release()
        wait(.lost, "\(loss)")
    }

    /// Closes the port at once, so that a replugged adapter can have its number again.
    private func release() {
        if let token { reader.remove(token) }
        port?.close()
        if let decoder { past.add(decoder.statistics) }
        (port, token, decoder) = (nil, nil, nil)
        isCuffMeasuring = false
        generation += 1
    }

    private func wait(_ next: SourceState, _ why: String) {
        let now = clock.now()
        // A device that was there and is gone stays `lost`; that its path is gone too is no news.
        if next != .absent || state != .lost { move(to: next, why, at: now) }
        reopenAt = now.boot + backoff
        backoff = min(backoff * 2, .seconds(5))
        alarm?.set(reopenAt)
    }

    private func move(to next: SourceState, _ why: String, at now: Moment) {
        guard next != state else {
            reason = why
            return
        }
        sequence += 1
        let transition = SourceTransition(source: configuration.id, from: state, to: next, reason: why, sequence: sequence)
        logger.notice("source \(configuration.id): \(next.rawValue)", metadata: ["reason": "\(why)"])
        (state, reason) = (next, why)
        deliver(SourceBurst(source: configuration.id, at: now, events: [.transition(transition)]))
    }

    // MARK: Bytes and time

    /// On the reader's thread.
    private func take(_ bytes: [UInt8], at received: Moment, generation: Int) -> PortReader.Flow {
        // The clock that decides is the monitor's; they differ only in a demonstration.
        let moment = clock.speed == 1 ? received : clock.now()
        let isFull = waiting.withLock { waiting in
            waiting.total += bytes.count
            waiting.bytes += bytes.count
            if waiting.bytes > Self.mostWaiting { waiting.isPaused = true }
            return waiting.isPaused
        }
        queue.async { self.process(bytes, at: moment, generation: generation) }
        return isFull ? .pause : .more
    }

    private func process(_ bytes: [UInt8], at now: Moment, generation received: Int) {
        dispatchPrecondition(condition: .onQueue(queue))
        let mayResume = waiting.withLock { waiting in
            waiting.bytes -= bytes.count
            guard waiting.isPaused, waiting.bytes < Self.mostWaiting / 2 else { return false }
            waiting.isPaused = false
            return true
        }
        if mayResume, let token { reader.resume(token) }
        guard received == generation || port == nil, var decoder else { return }
        let output = decoder.receive(bytes, at: now.boot)
        self.decoder = decoder
        handle(output, at: now)
        armAlarm()
    }

    private func alarmRang() {
        dispatchPrecondition(condition: .onQueue(queue))
        guard !isStopped else { return }
        if port != nil {
            advance()
        } else if let reopenAt, clock.now().boot >= reopenAt {
            open()
        } else {
            armAlarm()
        }
    }

    private func advance() {
        let now = clock.now()
        guard var decoder else { return }
        let output = decoder.advance(to: now.boot)
        self.decoder = decoder
        handle(output, at: now)
        armAlarm()
    }

    private func armAlarm() { alarm?.set(port == nil ? reopenAt : decoder?.nextDeadline) }

    private func handle(_ output: DeviceOutput, at now: Moment) {
        for frame in output.bytesToSend { send(frame) }
        guard !output.events.isEmpty else { return }
        var events: [SourceEvent] = []
        events.reserveCapacity(output.events.count)
        for event in output.events {
            if case .reading = event, state != .streaming { becomeStreaming(&events, at: now) }
            append(event, to: &events, at: now)
        }
        deliver(SourceBurst(source: configuration.id, at: now, events: events))
    }

    private func becomeStreaming(_ events: inout [SourceEvent], at now: Moment) {
        append(.link(.streaming, reason: "readings come"), to: &events, at: now)
    }

    private func append(_ event: DeviceEvent, to events: inout [SourceEvent], at now: Moment) {
        sequence += 1
        switch event {
        case .reading(let decoded):
            events.append(
                .reading(
                    Reading(
                        source: configuration.id, signal: decoded.signal, value: decoded.value, quality: decoded.quality, received: now,
                        deviceTime: decoded.deviceTime, sequence: sequence)))
        case .signalCondition(let signal, let condition):
            events.append(
                .signalCondition(
                    SignalConditionChange(source: configuration.id, signal: signal, condition: condition, sequence: sequence)))
        case .cuff(let cuff, let failure):
            isCuffMeasuring = cuff == .measuring
            events.append(.cuff(CuffChange(source: configuration.id, state: cuff, failure: failure, sequence: sequence)))
        case .link(let link, let why):
            let next: SourceState =
                switch link {
                case .negotiating: .negotiating
                case .streaming: .streaming
                case .stale: .stale
                }
            guard next != state else { return }
            if next == .streaming { backoff = .milliseconds(250) }
            logger.notice("source \(configuration.id): \(next.rawValue)", metadata: ["reason": "\(why)"])
            events.append(
                .transition(SourceTransition(source: configuration.id, from: state, to: next, reason: why, sequence: sequence)))
            (state, reason) = (next, why)
        }
    }

    private func send(_ frame: [UInt8]) {
        guard let port else { return }
        do {
            try port.write(frame)
            sent.withLock { $0 += frame.count }
        } catch {
            // A frame that is not sent is asked for again by the decoder's own time-outs; a port that is gone is seen by the reader.
            logger.warning("source \(configuration.id): could not send: \(error)")
        }
    }
}

extension DecoderStatistics {
    /// Adds the counts of an earlier decoder of the same source.
    fileprivate mutating func add(_ other: DecoderStatistics) {
        frames += other.frames
        readings += other.readings
        rejected.merge(other.rejected, uniquingKeysWith: +)
    }
}

extension SystemError {
    /// Whether the path or device is simply not there.
    fileprivate var isAbsence: Bool { code == ENOENT || code == ENXIO || code == ENODEV }
}
