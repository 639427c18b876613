import DeviceProtocols
import DeviceSimulation
import Testing
import VitalsModel

@Suite("Berry PM6750: what the simulated board does")
struct BerryMultiSimulationTests {
    private func conversation(
        _ script: SimulationScript = .quiet, cuff: CuffProgram = .manual, options: [String: String] = [:]
    ) throws -> Conversation<BerryMonitor> {
        let terms = SimulatorTerms(
            patient: patient(script), start: testStart, wall: testWall, cuff: cuff, name: "board", options: options)
        return Conversation(
            device: BerryMonitor(terms), decoder: try BerryMulti.family.decoder(.live, options: options),
            line: SimulatedLine(script: script, device: "board", start: testStart), start: testStart)
    }

    private func cuffChanges(_ talk: Conversation<BerryMonitor>) -> [DeviceEvent] {
        talk.events.map(\.event).filter { if case .cuff = $0 { true } else { false } }
    }

    @Test("without its client the board sends pleth and cuff only; the client switches numbers on and the wave off")
    func switchingOn() throws {
        let terms = SimulatorTerms(patient: patient(), start: testStart, wall: testWall, name: "board")
        var alone = BerryMonitor(terms)
        #expect(Set(alone.advance(to: testStart + .seconds(5)).map { $0[3] }) == [0x03, 0xFE])
        var talk = try conversation()
        talk.run(for: .seconds(60))
        #expect(talk.links == [.negotiating, .streaming])
        #expect(talk.values(of: .spo2).count >= 59 && talk.values(of: .heartRate).count >= 59)
        #expect(talk.decoder.statistics.frames < 300)
    }

    @Test("the cuff starts by command, also when the board was just switched on and does not hear the first")
    func start() throws {
        var talk = try conversation()
        talk.run(for: .milliseconds(500))
        talk.command(.start)
        talk.run(for: .seconds(60))
        #expect(cuffChanges(talk) == [.cuff(.measuring, failure: nil), .cuff(.idle, failure: nil)])
        #expect(talk.values(of: .nibpSystolic) == talk.device.sent.values(of: .nibpSystolic))
        #expect(talk.values(of: .nibpSystolic).count == 1)
    }

    @Test("the cuff stops by command and gives nothing")
    func abort() throws {
        var talk = try conversation()
        talk.run(for: .seconds(10))
        talk.command(.start)
        talk.run(for: .seconds(10))
        talk.command(.abort)
        talk.run(for: .seconds(40))
        #expect(cuffChanges(talk) == [.cuff(.measuring, failure: nil), .cuff(.idle, failure: "stopped")])
        #expect(talk.values(of: .nibpSystolic).isEmpty)
    }

    @Test("both orders of the pressures", arguments: ["systolic-mean-diastolic", "systolic-diastolic-mean"])
    func orders(order: String) throws {
        let cuff = CuffProgram(steps: [.init(start: .seconds(30), every: .seconds(90))])
        var talk = try conversation(cuff: cuff, options: ["pressures": order])
        talk.run(for: .seconds(200))
        for signal in [Signal.nibpSystolic, .nibpDiastolic, .nibpMean] {
            #expect(talk.values(of: signal) == talk.device.sent.values(of: signal) && talk.values(of: signal).count == 2)
        }
    }

    @Test("a stalled line during a measurement is told; the cuff is seen again afterwards")
    func stall() throws {
        let script = SimulationScript(events: [ScriptEvent(.stall, at: .seconds(40), for: .seconds(8))])
        var talk = try conversation(script, cuff: CuffProgram(steps: [.init(start: .seconds(30), every: .seconds(90))]))
        talk.run(for: .seconds(70))
        #expect(talk.links == [.negotiating, .streaming, .stale, .streaming])
        #expect(
            cuffChanges(talk) == [
                .cuff(.measuring, failure: nil), .cuff(.idle, failure: "the board fell silent"), .cuff(.measuring, failure: nil),
                .cuff(.idle, failure: nil),
            ])
        #expect(talk.values(of: .nibpSystolic).count == 1)
    }
}
