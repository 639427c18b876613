import ControlClient
import ControlProtocol
import DeviceProtocols
import DeviceSimulation
import LinuxIO
import MonitorTesting
import Testing
import VitalsModel

/// One simulated device of each family, each in its own room, on a real pty in real time.
private struct FamilyWard {
    /// How long a cuff of a device that measures by itself takes, and when it begins.
    static let program = CuffProgram(steps: [.init(start: .seconds(12), every: .seconds(20))], measurementTime: .seconds(6))
    static let families = DeviceCatalog.families
    static let script = SimulationScript(events: [
        // Two measurements half a minute apart must not be equal: a device that shows no time cannot tell such from one.
        ScriptEvent(.systolicSurge(to: 165), at: .seconds(12), for: .seconds(60)),
        ScriptEvent(.sensorOff(.spo2), at: .seconds(24), for: .seconds(14)),
        ScriptEvent(.sensorOff(.ecg), at: .seconds(26), for: .seconds(8)),
    ])

    let clinic: Clinic
    private(set) var sessions: [String: SessionID] = [:]
    private(set) var ports: [String: SimulatedPort] = [:]
    private var drive: RealTimeDrive?

    init() throws {
        clinic = try Clinic(
            rooms: Self.families.map { (RoomID("room-\($0.id)"), [("\($0.id)", $0.id, "")]) }, plan: TestPlan.quickWithCuff)
    }

    /// Opens a session in each room; then the devices are switched on.
    mutating func begin() async throws {
        for family in Self.families { sessions[family.id] = try await clinic.startSession(in: RoomID("room-\(family.id)")) }
        let now = BootClock.now()
        for (seed, family) in Self.families.enumerated() {
            let simulator = try #require(SimulatorCatalog.simulator(of: family.id), "no simulator of \(family.id)")
            // A cuff that can be driven waits for the plan's schedule or a person.
            let steps = family.cuffControl == .none ? Self.program.steps : []
            let patient = SimulatedPatient(model: PatientModel(seed: UInt64(seed + 1)), script: Self.script, firstDose: .zero)
            let device = simulator.make(
                SimulatorTerms(
                    patient: patient, start: now.boot, wall: now.wall,
                    cuff: CuffProgram(steps: steps, measurementTime: Self.program.measurementTime), name: family.id))
            ports[family.id] = try SimulatedPort(
                device: device, line: SimulatedLine(start: now.boot), place: .pseudoTerminal(link: clinic.link(family.id)), start: now.boot)
        }
        let drive = RealTimeDrive(ports: Array(ports.values)) { print("a simulated line failed: \($0)") }
        try drive.start()
        self.drive = drive
    }

    /// Stands all devices still and waits until what they sent is taken.
    func settle() async throws {
        drive?.stop()
        await pass(.milliseconds(100))
        for family in Self.families {
            let written = ports[family.id]?.traffic.bytesWritten ?? 0
            try await until("\(family.id): what was sent is taken") {
                let unread = ports[family.id]?.unreadByteCount ?? 0
                return try await clinic.status(of: SourceID(family.id)).map { $0.bytes <= written && unread == 0 } ?? false
            }
        }
    }

    func measured(_ family: DeviceFamily) -> Int { ports[family.id]?.sent.values(of: .nibpSystolic).count ?? 0 }
}

extension EndToEnd {
    @Suite("Every family")
    struct EveryFamilyStoredTests {
        @Test("what each device says is stored, each value once, and what it cannot measure is told", .timeLimit(.minutes(10)))
        func roundTrip() async throws {
            var ward = try FamilyWard()
            let daemon = try await ward.clinic.start()
            try await ward.begin()
            let started = BootClock.now().boot
            for family in FamilyWard.families {
                try await until("\(family.id) sends", within: .seconds(60)) {
                    try await ward.clinic.status(of: SourceID(family.id))?.state == .streaming
                }
            }
            try await startByHand(ward)
            try await until("66 s of the patients' time have passed", within: .seconds(180)) {
                BootClock.now().boot - started > .seconds(66)
            }
            try await ward.settle()
            for family in FamilyWard.families {
                let session = try #require(ward.sessions[family.id])
                let timeline = try await ward.clinic.finish(session)
                check(timeline, of: family, against: try #require(ward.ports[family.id]).sent)
            }
            #expect(try await ward.clinic.stop(daemon) == 0)
        }

        @Test("a cuff that the schedule has started is stopped by a person, and stays so", .timeLimit(.minutes(5)))
        func stopped() async throws {
            let clinic = try Clinic(sources: [("cuff", "par-nibp", "")], plan: TestPlan.quickWithCuff)
            let start = BootClock.now()
            let simulator = try #require(SimulatorCatalog.simulator(of: "par-nibp"))
            let terms = SimulatorTerms(
                patient: .demonstration(seed: 3), start: start.boot, wall: start.wall,
                cuff: CuffProgram(steps: [], measurementTime: .seconds(3600)), name: "cuff")
            let device = try RunningDevice(simulator.make(terms), link: clinic.link("cuff"), start: start.boot)
            let daemon = try await clinic.start()
            let session = try await clinic.startSession()
            func changes() async throws -> [CuffChange] {
                try await clinic.ask { try await $0.timeline(of: session) }.entries.compactMap { line in
                    if case .cuff(let change) = line.entry.draft.content { change } else { nil }
                }
            }
            try await until("the schedule has started it", within: .seconds(60)) { try await changes().contains { $0.state == .measuring } }
            let result = try await clinic.ask { try await $0.commandCuff(CommandCuff(command: .abort), in: session) }
            #expect(result.recorded)
            try await until("it has stopped", within: .seconds(60)) { try await changes().last?.state == .idle }
            #expect(try await changes().last?.failure != nil && device.port.sent.values.isEmpty)
            #expect(try await clinic.stop(daemon) == 0)
        }

        /// The schedule starts what can be started and aborted; a person starts what can only be started, and stops a measurement.
        private func startByHand(_ ward: FamilyWard) async throws {
            for family in FamilyWard.families where family.cuffControl == .startAndAbort {
                try await until("\(family.id) has measured by the plan's schedule", within: .seconds(60)) { ward.measured(family) == 1 }
            }
            for family in FamilyWard.families where family.cuffControl != .none {
                let session = try #require(ward.sessions[family.id])
                try await until("\(family.id) starts when asked", within: .seconds(60)) {
                    do {
                        return try await ward.clinic.ask { try await $0.commandCuff(CommandCuff(command: .start), in: session) }.recorded
                    } catch ControlClientError.refused {
                        // The end of the measurement before it is still under way.
                        return false
                    }
                }
            }
        }

        private func check(_ timeline: Timeline, of family: DeviceFamily, against sent: SentValues) {
            for signal in family.signals {
                let stored = timeline.points.filter { $0.signal == signal && $0.quality == .valid }.map(\.value)
                let said = sent.values(of: signal)
                if signal.cadence == .intermittent {
                    #expect(stored == said.compactMap { $0 }, "\(family.id) \(signal.rawValue)")
                    #expect(stored.count >= (family.cuffControl == .startOnly ? 1 : 2), "\(family.id) \(signal.rawValue)")
                    continue
                }
                // What was said before the daemon had found the port is lost; from then on nothing is.
                let (values, wanted) = (collapsed(stored), collapsed(said.compactMap { $0 }))
                #expect(Array(wanted.suffix(values.count)) == values, "\(family.id) \(signal.rawValue)")
                #expect(values.count >= min(3, wanted.count) && !values.isEmpty, "\(family.id) \(signal.rawValue): \(values.count)")
                guard said.contains(nil) else { continue }
                let isTold = timeline.entries.contains { line in
                    guard case .signalCondition(let change) = line.entry.draft.content else { return false }
                    return change.signal == signal && change.condition != .measuring
                }
                #expect(isTold, "\(family.id) \(signal.rawValue): that it is missing is told")
            }
            print("\(family.id): \(timeline.points.count) readings, \(sent.values(of: .nibpSystolic).count) cuff measurements")
        }

        private func collapsed(_ values: [Double]) -> [Double] {
            values.reduce(into: []) { result, value in if result.last != value { result.append(value) } }
        }
    }
}
