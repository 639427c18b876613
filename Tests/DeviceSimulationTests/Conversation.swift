import DeviceProtocols
import DeviceSimulation
import VitalsModel

/// A device and a live decoder that talk over a simulated line in virtual time: whoever is due next goes on.
struct Conversation<Device: SimulatedDevice> {
    var device: Device
    var decoder: any DeviceDecoder
    var line: SimulatedLine
    private(set) var now: BootInstant
    private(set) var events: [(at: BootInstant, event: DeviceEvent)] = []
    private var isOpen = false

    init(device: Device, decoder: any DeviceDecoder, line: SimulatedLine, start: BootInstant) {
        (self.device, self.decoder, self.line, now) = (device, decoder, line, start)
    }

    /// Lets time pass. While nobody is due it jumps.
    mutating func run(for duration: Duration) {
        let end = now + duration
        if !isOpen {
            isOpen = true
            take(decoder.advance(to: now))
        }
        while let next = [device.nextDeadline, decoder.nextDeadline].compactMap({ $0 }).min(), next <= end {
            now = max(now, next)
            hear(device.advance(to: now))
            take(decoder.advance(to: now))
        }
        now = end
    }

    private mutating func hear(_ frames: [[UInt8]]) {
        for frame in frames {
            let bytes = line.transmit(frame, at: now)
            if !bytes.isEmpty { take(decoder.receive(bytes, at: now)) }
        }
    }

    private mutating func take(_ output: DeviceOutput) {
        events += output.events.map { (now, $0) }
        for bytes in output.bytesToSend where line.passes(at: now) { hear(device.receive(bytes, at: now)) }
    }

    /// The readings so far.
    var readings: [(at: BootInstant, reading: DecodedReading)] {
        events.compactMap { entry in if case .reading(let reading) = entry.event { (entry.at, reading) } else { nil } }
    }

    /// The states of the dialogue so far.
    var links: [LinkState] { events.compactMap { entry in if case .link(let state, _) = entry.event { state } else { nil } } }

    /// The values of one signal so far, nil for invalid ones.
    func values(of signal: Signal) -> [Double?] { readings.filter { $0.reading.signal == signal }.map(\.reading.value) }
}

/// Session clock 0 of the tests: an arbitrary boot instant, and 2026-03-01 09:00:00 UTC.
let testStart = BootInstant(seconds: 5000)
let testWall = WallInstant(nanoseconds: 1_772_355_600_000_000_000)

/// A patient without noise of the script.
func patient(_ script: SimulationScript = .quiet, seed: UInt64 = 11) -> SimulatedPatient {
    SimulatedPatient(model: PatientModel(seed: seed), script: script, firstDose: .seconds(480))
}

/// A monitor and the live client of the family.
func monitorConversation(
    script: SimulationScript = .quiet, cuff: CuffProgram = .intravenous(firstDose: .seconds(480)),
    configure: (inout IntelliVueMonitor.Configuration) -> Void = { _ in }
) throws -> Conversation<IntelliVueMonitor> {
    var configuration = IntelliVueMonitor.Configuration(patient: patient(script), start: testStart, wall: testWall, cuff: cuff)
    configure(&configuration)
    return Conversation(
        device: IntelliVueMonitor(configuration), decoder: try IntelliVue.family.decoder(.live),
        line: SimulatedLine(script: script, device: configuration.name, start: testStart), start: testStart)
}
