import DeviceProtocols
import DeviceSimulation
import Testing
import VitalsModel

@Suite("GE DRI: the simulated monitor and the live client")
struct GEDRISimulationTests {
    private func conversation(_ script: SimulationScript = .quiet, start: BootInstant = testStart) throws -> Conversation<GEDRIMonitor> {
        let program = CuffProgram(steps: [CuffProgram.Step(start: .seconds(20), every: .seconds(120))])
        let terms = SimulatorTerms(patient: patient(script), start: start, wall: testWall, cuff: program, name: "monitor")
        return Conversation(
            device: GEDRIMonitor(terms), decoder: try GEDRI.family.decoder(.live),
            line: SimulatedLine(script: script, device: "monitor", start: start), start: start)
    }

    private func collapsed(_ values: [Double?]) -> [Double?] {
        values.reduce(into: []) { kept, value in if kept.last != .some(value) { kept.append(value) } }
    }

    private func cuffWords(_ talk: Conversation<GEDRIMonitor>) -> [String] {
        talk.events.compactMap { entry in
            if case .cuff(let state, let failure) = entry.event { state.rawValue + (failure.map { ": \($0)" } ?? "") } else { nil }
        }
    }

    @Test("one request brings a record each 5 s, and every value that the monitor gave")
    func roundTrip() throws {
        let script = SimulationScript(events: [
            ScriptEvent(.sensorOff(.spo2), at: .seconds(100), for: .seconds(33)),
            ScriptEvent(.sensorOff(.ecg), at: .seconds(200), for: .seconds(21)),
            ScriptEvent(.cuffResend, at: .seconds(330), for: .seconds(15)),
            ScriptEvent(.cuffLeak, at: .seconds(400), for: .seconds(30)),
            ScriptEvent(.clockJump(seconds: -7200), at: .seconds(450)),
        ])
        var talk = try conversation(script)
        talk.run(for: .seconds(600))
        #expect(talk.decoder.statistics.rejected.isEmpty && talk.decoder.statistics.frames == 121)
        #expect(talk.links == [.negotiating, .streaming])
        for signal in Signal.allCases where signal.cadence == .streaming {
            #expect(collapsed(talk.values(of: signal)) == talk.device.sent.values(of: signal), "\(signal)")
        }
        for signal in [Signal.nibpSystolic, .nibpDiastolic, .nibpMean] {
            let values = talk.values(of: signal)
            #expect(values.count == 4 && values == talk.device.sent.values(of: signal), "\(signal)")
        }
        #expect(
            cuffWords(talk) == [
                "measuring", "idle", "measuring", "idle", "measuring", "idle", "measuring",
                "idle: the monitor gave no new values", "measuring", "idle",
            ])
    }

    @Test("the status counts before the numbers, which linger")
    func sensorOff() throws {
        let script = SimulationScript(events: [ScriptEvent(.sensorOff(.spo2), at: .seconds(31), for: .seconds(60))])
        var talk = try conversation(script)
        talk.run(for: .seconds(60))
        let told = talk.events.first { $0.event == .signalCondition(.spo2, .sensorOff) }
        #expect(told?.at == testStart + .seconds(35))
        #expect(
            talk.readings.filter { $0.reading.signal == .spo2 && $0.at >= testStart + .seconds(35) }.allSatisfy { $0.reading.value == nil })
    }

    @Test("after an unplugged line the monitor is asked again and goes on")
    func unplugged() throws {
        let script = SimulationScript(events: [ScriptEvent(.cablePulled, at: .seconds(62), for: .seconds(60))])
        var talk = try conversation(script)
        talk.run(for: .seconds(200))
        #expect(talk.links == [.negotiating, .streaming, .stale, .streaming])
        #expect(talk.readings.last?.reading.quality == .valid)
    }

    @Test("damage on the line costs records, never makes values", arguments: [1, 2] as [UInt64])
    func damaged(seed: UInt64) throws {
        let script = SimulationScript(events: [
            ScriptEvent(.lostBytes(oneInBytes: 900), at: .seconds(10), for: .seconds(150)),
            ScriptEvent(.noiseBurst, at: .seconds(160), for: .seconds(60)),
        ])
        var talk = try conversation(script)
        talk.line = SimulatedLine(script: script, device: "monitor", start: testStart, seed: seed)
        talk.run(for: .seconds(300))
        #expect(!talk.decoder.statistics.rejected.isEmpty && talk.links.last == .streaming)
        for (_, reading) in talk.readings { #expect(talk.device.sent.values(of: reading.signal).contains(reading.value)) }
    }

    @Test("interval 0 stops the monitor; single records come at most each 5 s; other requests are not obeyed")
    func monitorSide() {
        let terms = SimulatorTerms(patient: patient(), start: testStart, wall: testWall, name: "monitor")
        var monitor = GEDRIMonitor(terms)
        #expect(monitor.advance(to: testStart + .seconds(60)).isEmpty)
        #expect(monitor.receive(GEDRIFrame.request(displayedEvery: 0xFFFF, level: 0), at: testStart + .seconds(60)).count == 1)
        #expect(monitor.receive(GEDRIFrame.request(displayedEvery: 0xFFFF, level: 0), at: testStart + .seconds(64)).isEmpty)
        #expect(monitor.receive(GEDRIFrame.request(displayedEvery: 0xFFFF, level: 0), at: testStart + .seconds(65)).count == 1)
        #expect(monitor.receive(GEDRIFrame.request(displayedEvery: 10, level: 9), at: testStart + .seconds(70)).count == 1)
        #expect(monitor.advance(to: testStart + .seconds(100)).count == 3)
        #expect(monitor.receive(GEDRIFrame.request(displayedEvery: 0, level: 9), at: testStart + .seconds(101)).isEmpty)
        #expect(monitor.advance(to: testStart + .seconds(200)).isEmpty)
        #expect(monitor.receive([0x7E] + [UInt8](repeating: 0x41, count: 60) + [0x7E], at: testStart + .seconds(201)).isEmpty)
    }
}
