import DeviceProtocols
import DeviceSimulation
import Testing
import VitalsModel

@Suite("The simulated Masimo oximeter")
struct MasimoSimulationTests {
    private func conversation(_ events: [ScriptEvent]) throws -> Conversation<MasimoOximeter> {
        let script = SimulationScript(events: events)
        return Conversation(
            device: MasimoOximeter(patient: patient(script), start: testStart, wall: testWall),
            decoder: try MasimoASCII1.family.decoder(.live), line: SimulatedLine(script: script, start: testStart), start: testStart)
    }

    private func lines(_ script: SimulationScript, seconds: Int) -> [String] {
        var device = MasimoOximeter(patient: patient(script), start: testStart, wall: testWall)
        return device.advance(to: testStart + .seconds(seconds)).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("the finger goes: the bits say so at once while the numbers stay; it comes back: a search, then values")
    func sensorOff() throws {
        let event = ScriptEvent(.sensorOff(.spo2), at: .seconds(10), for: .seconds(20))
        let lines = lines(SimulationScript(events: [event]), seconds: 40)
        #expect(lines.count == 41 && lines.allSatisfy { $0.hasSuffix("\r\n") && $0.contains("SN=") })
        #expect(lines[9].hasSuffix("EXC=000800\r\n"))
        #expect(lines[10].hasSuffix("ALARM=0010 EXC=000824\r\n") && !lines[10].contains("BPM=---") && lines[10].contains("PI=--.--%"))
        #expect(lines[16].contains("SPO2=---% BPM=--- PI=--.--%") && lines[16].hasSuffix("EXC=000824\r\n"))
        #expect(lines[30].contains("SPO2=---%") && lines[30].hasSuffix("EXC=000808\r\n"))
        #expect(lines[35].hasSuffix("EXC=000800\r\n") && !lines[35].contains("SPO2=---"))
        var talk = try conversation([event])
        talk.run(for: .seconds(40))
        let off = talk.readings.filter { (testStart + .seconds(10)..<testStart + .seconds(35)).contains($0.at) }
        #expect(off.count == 75 && off.allSatisfy { $0.reading.value == nil })
        #expect(talk.readings.last?.reading.quality == .valid)
    }

    @Test("the oximeter's clock goes with each reading, and jumps with it")
    func clock() throws {
        var talk = try conversation([ScriptEvent(.clockJump(seconds: 3600), at: .seconds(5))])
        talk.run(for: .seconds(6))
        #expect(talk.readings.first?.reading.deviceTime?.description == "2026-03-01T09:00:00")
        #expect(talk.readings.last?.reading.deviceTime?.description == "2026-03-01T10:00:06")
    }

    @Test("a line that stalls is stale 5 s after the last one, and streams again with the next one")
    func silence() throws {
        var talk = try conversation([ScriptEvent(.stall, at: .milliseconds(20_500), for: .seconds(30))])
        talk.run(for: .seconds(24))
        #expect(talk.links == [.negotiating, .streaming])
        talk.run(for: .seconds(2))
        #expect(talk.links == [.negotiating, .streaming, .stale])
        talk.run(for: .seconds(30))
        #expect(talk.links == [.negotiating, .streaming, .stale, .streaming])
    }
}
