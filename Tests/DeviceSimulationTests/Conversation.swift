import DeviceProtocols
import DeviceSimulation
import Testing
import VitalsModel

/// A device and a live decoder that talk over a simulated line in virtual time: whoever is due next goes on.
struct Conversation<Device: SimulatedDevice> {
    var device: Device
    var decoder: any DeviceDecoder
    var line: SimulatedLine
    private(set) var now: BootInstant
    private(set) var events: [(at: BootInstant, event: DeviceEvent)] = []
    /// What the device put on the line, whether or not it arrived.
    private(set) var frames: [(at: BootInstant, bytes: [UInt8])] = []
    /// What the device noted in `sent`, with the time of it.
    private(set) var said: [(at: BootInstant, value: SentValue)] = []
    private var isOpen = false
    /// How often somebody was due at one and the same moment.
    private var turnsWithoutTime = 0

    /// More is a circle: a device or a decoder whose deadline does not move on, or two that answer each other's answers.
    private static var mostTurns: Int { 1000 }

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
            turnsWithoutTime = next > now ? 0 : turnsWithoutTime + 1
            guard turnsWithoutTime <= Self.mostTurns else {
                Issue.record(
                    "in a circle at \(now - testStart): device \(device.nextDeadline as Any), decoder \(decoder.nextDeadline as Any)")
                break
            }
            now = max(now, next)
            hear(device.advance(to: now))
            take(decoder.advance(to: now))
        }
        now = end
    }

    /// Tells the cuff something, as a nurse does on the console.
    mutating func command(_ command: CuffCommand) { take(decoder.command(command, at: now)) }

    private mutating func hear(_ sent: [[UInt8]]) {
        said += device.sent.values.dropFirst(said.count).map { (now, $0) }
        for frame in sent {
            frames.append((now, frame))
            let bytes = line.transmit(frame, at: now)
            if !bytes.isEmpty { take(decoder.receive(bytes, at: now)) }
        }
    }

    private mutating func take(_ output: DeviceOutput) {
        events += output.events.map { (now, $0) }
        for bytes in output.bytesToSend where line.passes(at: now) {
            turnsWithoutTime += 1
            guard turnsWithoutTime <= Self.mostTurns else { return }
            hear(device.receive(bytes, at: now))
        }
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
