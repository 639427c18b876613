import DeviceProtocols
import DeviceSimulation
import Testing
import VitalsModel

@Suite("Ivy 450C: what the simulated monitor sends")
struct Ivy450CSimulationTests {
    private func conversation(_ script: SimulationScript = .quiet) throws -> Conversation<IvyMonitor> {
        let cuff = CuffProgram(steps: [.init(start: .seconds(30), every: .seconds(90))])
        let terms = SimulatorTerms(patient: patient(script), start: testStart, wall: testWall, cuff: cuff, name: "monitor")
        return Conversation(
            device: IvyMonitor(terms), decoder: try Ivy450C.family.decoder(.live),
            line: SimulatedLine(script: script, device: "monitor", start: testStart), start: testStart)
    }

    @Test("one message a second, all of them good, and a cuff result one second after it is shown")
    func steady() throws {
        var talk = try conversation()
        talk.run(for: .seconds(100))
        #expect(talk.decoder.statistics.frames == 101 && talk.decoder.statistics.rejected.isEmpty)
        let cuff = talk.readings.first { $0.reading.signal == .nibpSystolic }
        #expect(cuff?.at == testStart + .seconds(61))
    }

    @Test("a pulled cable is silence; afterwards the values come again, but no cuff result of unknown age")
    func pulledCable() throws {
        var talk = try conversation(SimulationScript(events: [ScriptEvent(.cablePulled, at: .seconds(140), for: .seconds(30))]))
        talk.run(for: .seconds(200))
        #expect(talk.links == [.negotiating, .streaming, .stale, .streaming])
        #expect(talk.values(of: .nibpSystolic).count == 1 && talk.device.sent.values(of: .nibpSystolic).count == 2)
        talk.run(for: .seconds(60))
        #expect(talk.values(of: .nibpSystolic).last == talk.device.sent.values(of: .nibpSystolic).last)
    }

    @Test("damage on the line makes no cuff result that the monitor has not shown", arguments: [1, 2, 3] as [UInt64])
    func damage(seed: UInt64) throws {
        let script = SimulationScript(events: [
            ScriptEvent(.bitFlips(oneInBytes: 300), at: .seconds(20), for: .seconds(580)),
            ScriptEvent(.lostBytes(oneInBytes: 3000), at: .seconds(20), for: .seconds(580)),
        ])
        var talk = try conversation(script)
        talk.line = SimulatedLine(script: script, device: "monitor", start: testStart, seed: seed)
        talk.run(for: .seconds(600))
        let shown = Set(talk.device.sent.values(of: .nibpSystolic))
        #expect(talk.decoder.statistics.rejected[.malformed, default: 0] > 20)
        #expect(!talk.values(of: .nibpSystolic).isEmpty && Set(talk.values(of: .nibpSystolic)).isSubset(of: shown))
    }
}
