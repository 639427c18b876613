import DeviceProtocols
import DeviceSimulation
import Testing
import VitalsModel

@Suite("MEDIBUS: what the simulated ventilator does")
struct DraegerMedibusSimulationTests {
    private func ventilator(_ script: SimulationScript = .quiet) -> DraegerVentilator {
        DraegerVentilator(SimulatorTerms(patient: patient(script), start: testStart, wall: testWall, name: "ventilator"))
    }

    private func conversation(_ script: SimulationScript = .quiet) throws -> Conversation<DraegerVentilator> {
        Conversation(
            device: ventilator(script), decoder: try DraegerMedibus.family.decoder(.live),
            line: SimulatedLine(script: script, device: "ventilator", start: testStart), start: testStart)
    }

    private func command(_ code: UInt8) -> [UInt8] { DraegerMedibus.message(isResponse: false, code) }

    @Test("it calls each 3 s, insists on a name, and answers nothing before")
    func calling() {
        var device = ventilator()
        for second in [0, 3, 6] { #expect(device.advance(to: testStart + .seconds(second)) == [command(0x51)]) }
        let refusal = [DraegerMedibus.message(isResponse: true, 0x15)]
        #expect(device.receive(command(0x24), at: testStart + .seconds(7)) == refusal)
        let initialised = DraegerMedibus.message(isResponse: true, 0x51)
        #expect(device.receive(initialised, at: testStart + .seconds(8)) == [command(0x52)])
        let nameless = DraegerMedibus.message(isResponse: true, 0x52)
        #expect(device.receive(nameless, at: testStart + .seconds(8)) == [command(0x52)])
        let named = DraegerMedibus.message(isResponse: true, 0x52, Array("0161'VIGIL'01.00:03.00".utf8))
        #expect(device.receive(named, at: testStart + .seconds(8)) == [])
        #expect(device.receive(command(0x24), at: testStart + .seconds(9)) != refusal)
        #expect(device.receive(command(0x28), at: testStart + .seconds(9)).first?.starts(with: [0x01, 0x28]) == true)
        #expect(device.receive(command(0x55), at: testStart + .seconds(9)) == [DraegerMedibus.message(isResponse: true, 0x55)])
        #expect(device.receive(command(0x24), at: testStart + .seconds(10)) == refusal)
    }

    @Test("a host that is silent for 3 s is called again")
    func keepAlive() throws {
        var talk = try conversation()
        talk.run(for: .seconds(20))
        #expect(talk.links == [.negotiating, .streaming] && talk.decoder.statistics.rejected.isEmpty)
        let last = talk.device.nextDeadline
        #expect(talk.device.advance(to: last ?? testStart) == [command(0x51)])
    }

    @Test("after a stall both find each other again")
    func stall() throws {
        var talk = try conversation(SimulationScript(events: [ScriptEvent(.stall, at: .seconds(30), for: .seconds(20))]))
        talk.run(for: .seconds(60))
        #expect(talk.links == [.negotiating, .streaming, .stale, .streaming])
        #expect(talk.readings.last.map { $0.at > testStart + .seconds(58) } == true)
        #expect(talk.decoder.statistics.rejected.isEmpty)
    }

    @Test("what the ventilator no longer lists is not measured")
    func sensorOff() throws {
        let script = SimulationScript(events: [ScriptEvent(.sensorOff(.spo2), at: .seconds(20), for: .seconds(20))])
        var talk = try conversation(script)
        talk.run(for: .seconds(30))
        #expect(talk.values(of: .spo2).last == .some(nil) && talk.values(of: .pulseRate).last == .some(nil))
        #expect(talk.values(of: .heartRate).last != .some(nil) && talk.values(of: .respRate).last != .some(nil))
        #expect(talk.events.contains { $0.event == .signalCondition(.spo2, .unavailable) })
        talk.run(for: .seconds(20))
        #expect(talk.values(of: .spo2).last != .some(nil))
    }
}
