import DeviceProtocols
import DeviceSimulation
import VitalsModel

/// A cuff module and the live client of its family in virtual time, with commands: every event and every byte with its instant.
struct CuffConversation<Device: SimulatedDevice> {
    var device: Device
    var decoder: any DeviceDecoder
    /// Whether bytes pass in either direction.
    var isPlugged = true
    private(set) var now = testStart
    private(set) var events: [(at: BootInstant, event: DeviceEvent)] = []
    private(set) var requests: [(at: BootInstant, bytes: [UInt8])] = []

    init(_ device: Device, _ family: DeviceFamily) throws {
        self.device = device
        decoder = try family.decoder(.live)
        take(decoder.advance(to: now))
    }

    /// Lets time pass; while nobody is due it jumps.
    mutating func run(for duration: Duration) {
        let end = now + duration
        while let next = [device.nextDeadline, decoder.nextDeadline].compactMap({ $0 }).min(), next <= end {
            now = max(now, next)
            hear(device.advance(to: now))
            take(decoder.advance(to: now))
        }
        now = end
    }

    /// Tells the client to start or abort.
    mutating func command(_ command: CuffCommand) { take(decoder.command(command, at: now)) }

    /// What the device says by itself, as at power-up.
    mutating func hear(_ frames: [[UInt8]]) {
        for frame in frames where isPlugged { take(decoder.receive(frame, at: now)) }
    }

    private mutating func take(_ output: DeviceOutput) {
        events += output.events.map { (now, $0) }
        for bytes in output.bytesToSend {
            requests.append((now, bytes))
            if isPlugged { hear(device.receive(bytes, at: now)) }
        }
    }

    /// The changes of the cuff in words: `measuring`, `idle`, `idle: why`.
    var cuff: [String] {
        events.compactMap { entry in
            guard case .cuff(let state, let failure) = entry.event else { return nil }
            return failure.map { "\(state.rawValue): \($0)" } ?? state.rawValue
        }
    }

    /// The values of one signal.
    func values(of signal: Signal) -> [Double?] {
        events.compactMap { entry in
            if case .reading(let reading) = entry.event, reading.signal == signal { .some(reading.value) } else { nil }
        }
    }

    /// The states of the link.
    var links: [LinkState] {
        events.compactMap { entry in if case .link(let state, _) = entry.event { state } else { nil } }
    }

    /// Whether the client gave exactly what the device said.
    var isFaithful: Bool {
        [Signal.nibpSystolic, .nibpDiastolic, .nibpMean].allSatisfy { values(of: $0) == device.sent.values(of: $0) }
    }

    /// How often some bytes were sent.
    func count(of bytes: [UInt8]) -> Int { requests.filter { $0.bytes == bytes }.count }
}
