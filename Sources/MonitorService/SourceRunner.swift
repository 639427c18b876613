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
///
/// How its port is found stands in `SourceOpening`, what its device's words come to in `SourceProgress`.
final class SourceRunner: @unchecked Sendable {
    let configuration: SourceConfiguration
    let family: DeviceFamily
    private let queue: DispatchQueue
    private let opening: SourceOpening
    private let clock: any MonitorClock
    private let reader: PortReader
    private let deliver: @Sendable (SourceBurst) -> Void
    private let logger: Logger
    private let waiting = WaitingBytes()
    /// How long a last word to a device may take: 15 steps of 20 ms.
    private static let farewellSteps = 15
    private static let farewellStep = DispatchTimeInterval.milliseconds(20)
    private let sent = Mutex(0)
    private let holdsPort = Mutex(false)

    private var decoder: (any DeviceDecoder)?
    private var port: SerialPort? {
        didSet { holdsPort.withLock { $0 = port != nil } }
    }
    private var token: PortToken?
    private var alarm: (any MonitorAlarm)?
    private var progress: SourceProgress
    private var foreign: ForeignProtocolWatch?
    private var wasOpen = false
    private var reopening = ReopeningPause()
    private var past = DecoderStatistics()
    private var isStopped = false
    /// Whether its cuff measures, or was told to and has not yet said that it is at rest.
    private var isCuffBusy = false
    private var generation = 0

    init(
        _ configuration: SourceConfiguration, family: DeviceFamily, claims: PortClaims, clock: any MonitorClock, reader: PortReader,
        logger: Logger, deliver: @escaping @Sendable (SourceBurst) -> Void
    ) {
        self.configuration = configuration
        self.family = family
        opening = SourceOpening(configuration: configuration, family: family, claims: claims)
        progress = SourceProgress(source: configuration.id)
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
                let attempts = self.abortCuff() ? Self.farewellSteps : 0
                self.release(after: attempts) {
                    self.alarm?.cancel()
                    continuation.resume()
                }
            }
        }
    }

    /// Bytes that were taken from the port since the start and have had their turn; what a conductor waits for. After that and
    /// `afterQueued`, what came of them is with the room.
    var bytesTaken: Int { waiting.taken }

    /// Bytes that were written to the port since the start.
    var bytesSent: Int { sent.withLock { $0 } }

    /// Whether a port is open.
    var hasPort: Bool { holdsPort.withLock { $0 } }

    /// Runs `body` when everything before it has been decoded and handed to the room.
    func afterQueued(_ body: @escaping @Sendable () -> Void) { queue.async(execute: body) }

    func status() async -> SourceStatus { await place().status }

    /// How the source does, and since when.
    func place() async -> (status: SourceStatus, since: Moment?) {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: (self.currentStatus(), self.progress.since)) }
        }
    }

    /// Takes what udev says of a port: one that is ours is opened or given up at once, without waiting for the next look.
    func portsChanged(_ change: SerialPortChange) { queue.async { self.react(to: change) } }

    private func currentStatus() -> SourceStatus {
        dispatchPrecondition(condition: .onQueue(queue))
        var counts = past
        if let decoder { counts.add(decoder.statistics) }
        return SourceStatus(
            source: configuration.id, family: family.id, state: progress.state, reason: foreign?.words ?? progress.reason,
            port: port?.resolvedPath, bytes: bytesTaken,
            frames: counts.frames, readings: counts.readings,
            rejected: Dictionary(uniqueKeysWithValues: counts.rejected.map { ($0.key.rawValue, $0.value) }))
    }

    // MARK: The cuff

    /// Starts or aborts a measurement; what came of it is told like everything that a device says.
    func command(_ command: CuffCommand) {
        queue.async {
            let now = self.clock.now()
            guard var decoder = self.decoder, self.port != nil else {
                let refusal = DeviceOutput(events: [.cuff(.idle, failure: "the device is not connected")])
                return self.handle(refusal, at: now)
            }
            if command == .start { self.isCuffBusy = true }
            let output = decoder.command(command, at: now.boot)
            self.decoder = decoder
            self.handle(output, at: now)
            self.armAlarm()
        }
    }

    /// A cuff must not stay inflated when nobody watches it any more. Whether something was said to the device.
    private func abortCuff() -> Bool {
        guard isCuffBusy, family.cuffControl == .startAndAbort, var decoder else { return false }
        let frames = decoder.command(.abort, at: clock.now().boot).bytesToSend
        for frame in frames { send(frame) }
        self.decoder = decoder
        return !frames.isEmpty
    }

    /// Closing drops what was not sent yet, so the line has a moment for the last words.
    private func release(after attempts: Int, _ then: @escaping @Sendable () -> Void) {
        guard attempts > 0, let port else {
            release()
            return then()
        }
        // One step more once all is sent: the last bytes are still in the adapter.
        let left = port.unsentByteCount > 0 ? attempts - 1 : 0
        queue.asyncAfter(deadline: .now() + Self.farewellStep) { self.release(after: left, then) }
    }

    // MARK: Opening and losing

    private func open() {
        dispatchPrecondition(condition: .onQueue(queue))
        guard !isStopped, port == nil else { return }
        reopening.end()
        switch opening.find() {
        case .nothing(let why): beAbsent(why)
        case .refused(let why): wait(.opening, why)
        case .device(let device):
            // A port that was refused before keeps the reason until another one comes.
            if progress.state != .opening {
                emit(progress.move(to: .opening, "\(device) is \(wasOpen ? "back" : "there")", at: clock.now()))
            }
            switch opening.open(device) {
            case .success(let opened): begin(opened)
            case .failure(let error): if error.isAbsence { beAbsent(error.description) } else { wait(.opening, error.description) }
            }
        }
    }

    /// A device that was there and is gone stays `lost`; that its path is gone too is no news.
    private func beAbsent(_ why: String) {
        if !wasOpen { return wait(.absent, why) }
        if progress.state != .lost { emit(progress.say(.lost, why, at: clock.now())) }
        rest()
    }

    private func wait(_ next: SourceState, _ why: String) {
        emit(progress.say(next, why, at: clock.now()))
        rest()
    }

    /// Until the next attempt.
    private func rest() {
        reopening.begin(at: clock.now().boot)
        alarm?.set(reopening.due)
    }

    private func begin(_ opened: SerialPort) {
        do {
            decoder = try family.decoder(.live, options: configuration.options)
        } catch {
            // The configuration was checked against the same options, so that this is a fault of ours.
            opened.close()
            opening.claims.release(opened.resolvedPath, of: configuration.id)
            return wait(.opening, "\(error)")
        }
        port = opened
        generation += 1
        let present = generation
        wasOpen = true
        foreign = ForeignProtocolWatch(family: family.id)
        emit(progress.move(to: .negotiating, "\(opened.resolvedPath) is open", at: clock.now()))
        token = reader.add(
            opened, deliver: { [weak self] bytes, received in self?.take(bytes, at: received, generation: present) ?? .more },
            lost: { [weak self] loss in
                guard let self else { return }
                self.queue.async { self.lose("\(loss)", generation: present) }
            })
        advance()
    }

    private func react(to change: SerialPortChange) {
        dispatchPrecondition(condition: .onQueue(queue))
        switch change {
        case .added(let found), .changed(let found):
            guard port == nil, configuration.match.fits(found) else { return }
        case .removed(let gone):
            if let port {
                // Events trail what happened: the name may be a new device's by now, which must not be given up for the old one.
                guard port.resolvedPath == gone.devicePath, !port.isStillThere else { return }
                return lose("unplugged", generation: generation)
            }
            // One that was refused is no longer there to be refused.
            guard progress.state == .opening, configuration.match.fits(gone) else { return }
        case .missed:
            guard port == nil else { return }
        }
        reopening.shorten()
        open()
    }

    private func lose(_ why: String, generation lost: Int) {
        dispatchPrecondition(condition: .onQueue(queue))
        guard lost == generation, port != nil, !isStopped else { return }
        release()
        wait(.lost, why)
    }

    /// Closes the port at once, so that a replugged adapter can have its number again.
    private func release() {
        if let token { reader.remove(token) }
        if let port {
            port.close()
            opening.claims.release(port.resolvedPath, of: configuration.id)
        }
        if let decoder { past.add(decoder.statistics) }
        (port, token, decoder, foreign) = (nil, nil, nil, nil)
        isCuffBusy = false
        generation += 1
    }

    private func emit(_ transition: SourceTransition?) {
        guard let transition else { return }
        log(transition)
        deliver(SourceBurst(source: configuration.id, at: clock.now(), events: [.transition(transition)]))
    }

    private func log(_ transition: SourceTransition) {
        logger.notice("source \(configuration.id): \(transition.to.rawValue)", metadata: ["reason": "\(transition.reason)"])
    }

    // MARK: Bytes and time

    /// On the reader's thread.
    private func take(_ bytes: [UInt8], at received: Moment, generation: Int) -> PortReader.Flow {
        // The clock that decides is the monitor's; they differ only in a demonstration.
        let moment = clock.speed == 1 ? received : clock.now()
        let isFull = waiting.add(bytes.count)
        queue.async { self.process(bytes, at: moment, generation: generation) }
        return isFull ? .pause : .more
    }

    private func process(_ bytes: [UInt8], at now: Moment, generation received: Int) {
        dispatchPrecondition(condition: .onQueue(queue))
        if waiting.take(bytes.count), let token { reader.resume(token) }
        guard received == generation || port == nil, var decoder else { return }
        let output = decoder.receive(bytes, at: now.boot)
        self.decoder = decoder
        handle(output, at: now)
        if foreign?.take(bytes, frames: decoder.statistics.frames, at: now.boot) == true, let words = foreign?.words {
            emit(progress.say(progress.state, words, at: now))
        }
        armAlarm()
    }

    private func alarmRang() {
        dispatchPrecondition(condition: .onQueue(queue))
        guard !isStopped else { return }
        if port != nil {
            advance()
        } else if let due = reopening.due, clock.now().boot >= due {
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

    private func armAlarm() { alarm?.set(port == nil ? reopening.due : decoder?.nextDeadline) }

    private func handle(_ output: DeviceOutput, at now: Moment) {
        for frame in output.bytesToSend { send(frame) }
        guard !output.events.isEmpty else { return }
        for case .cuff(let cuff, _) in output.events { isCuffBusy = cuff == .measuring }
        let events = progress.events(of: output.events, at: now)
        for case .transition(let transition) in events {
            if transition.to == .streaming { reopening.shorten() }
            log(transition)
        }
        if !events.isEmpty { deliver(SourceBurst(source: configuration.id, at: now, events: events)) }
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
