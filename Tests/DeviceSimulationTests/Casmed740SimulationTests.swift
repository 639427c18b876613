import DeviceProtocols
import DeviceSimulation
import Testing
import VitalsModel

@Suite("CASMED 740: the simulated monitor and the live client")
struct Casmed740SimulationTests {
    private func terms(_ script: SimulationScript, cuff: CuffProgram = .manual) -> SimulatorTerms {
        SimulatorTerms(patient: patient(script), start: testStart, wall: testWall, cuff: cuff, name: "monitor")
    }

    private func conversation(_ script: SimulationScript = .quiet, cuff: CuffProgram = .manual) throws -> Conversation<CasmedMonitor> {
        Conversation(
            device: CasmedMonitor(terms(script, cuff: cuff)), decoder: try Casmed740.family.decoder(.live),
            line: SimulatedLine(script: script, device: "monitor", start: testStart), start: testStart)
    }

    private func collapsed(_ values: [Double?]) -> [Double?] {
        values.reduce(into: []) { kept, value in if kept.last != .some(value) { kept.append(value) } }
    }

    private let everyTwoMinutes = CuffProgram(steps: [CuffProgram.Step(start: .seconds(20), every: .seconds(120))])

    @Test("every value that the monitor gave arrives, a measurement once")
    func roundTrip() throws {
        let script = SimulationScript(events: [
            ScriptEvent(.sensorOff(.spo2), at: .seconds(100), for: .seconds(33)),
            ScriptEvent(.cuffResend, at: .seconds(330), for: .seconds(15)),
            ScriptEvent(.cuffLeak, at: .seconds(400), for: .seconds(30)),
            ScriptEvent(.clockJump(seconds: -7200), at: .seconds(450)),
        ])
        var talk = try conversation(script, cuff: everyTwoMinutes)
        talk.run(for: .seconds(600))
        #expect(talk.decoder.statistics.rejected.isEmpty && talk.decoder.statistics.frames == 601)
        #expect(talk.links == [.negotiating, .streaming])
        for signal in [Signal.spo2, .pulseRate] {
            #expect(collapsed(talk.values(of: signal)) == talk.device.sent.values(of: signal), "\(signal)")
        }
        for signal in [Signal.nibpSystolic, .nibpDiastolic, .nibpMean] {
            let values = talk.values(of: signal)
            #expect(values.count == 4 && values == talk.device.sent.values(of: signal), "\(signal)")
        }
    }

    @Test("after an unplugged line values come again")
    func unplugged() throws {
        let script = SimulationScript(events: [ScriptEvent(.cablePulled, at: .seconds(62), for: .seconds(60))])
        var talk = try conversation(script)
        talk.run(for: .seconds(200))
        #expect(talk.links == [.negotiating, .streaming, .stale, .streaming])
        #expect(talk.readings.last?.reading.quality == .valid)
    }

    @Test("damage on the line never makes a cuff value", arguments: [1, 2, 3] as [UInt64])
    func damaged(seed: UInt64) throws {
        let script = SimulationScript(events: [ScriptEvent(.bitFlips(oneInBytes: 60), at: .seconds(10), for: .seconds(500))])
        var talk = try conversation(script, cuff: everyTwoMinutes)
        talk.line = SimulatedLine(script: script, device: "monitor", start: testStart, seed: seed)
        talk.run(for: .seconds(600))
        #expect(!talk.decoder.statistics.rejected.isEmpty && talk.links.last == .streaming)
        #expect(talk.values(of: .nibpSystolic) == talk.device.sent.values(of: .nibpSystolic))
    }
}

@Suite("CASMED 740: the simulated cuff and the host's commands")
struct CasmedCuffCommandTests {
    /// Talks by hand, since a conversation gives no commands: the monitor and the client in steps of 100 ms.
    private struct Table {
        var monitor: CasmedMonitor
        var client: any DeviceDecoder
        var now = testStart
        var words: [String] = []

        init(_ script: SimulationScript = .quiet) throws {
            monitor = CasmedMonitor(SimulatorTerms(patient: patient(script), start: testStart, wall: testWall, name: "monitor"))
            client = try Casmed740.family.decoder(.live)
        }

        mutating func run(_ seconds: Int) {
            for _ in 0..<seconds * 10 {
                hear(monitor.advance(to: now))
                take(client.advance(to: now))
                now = now + .milliseconds(100)
            }
        }

        mutating func command(_ command: CuffCommand) { take(client.command(command, at: now)) }

        private mutating func hear(_ frames: [[UInt8]]) { for frame in frames { take(client.receive(frame, at: now)) } }

        private mutating func take(_ output: DeviceOutput) {
            for event in output.events {
                switch event {
                case .cuff(let state, let failure): words.append(state.rawValue + (failure.map { ": \($0)" } ?? ""))
                case .reading(let reading) where reading.signal.cadence == .intermittent: words.append(reading.signal.label)
                default: break
                }
            }
            for bytes in output.bytesToSend { hear(monitor.receive(bytes, at: now)) }
        }
    }

    @Test("a start measures once")
    func start() throws {
        var table = try Table()
        table.run(5)
        table.command(.start)
        table.run(60)
        #expect(table.words == ["measuring", "idle", "SBP", "DBP", "MAP"])
        #expect(table.monitor.sent.values(of: .nibpSystolic).count == 1)
    }

    @Test("an abort ends it without values")
    func abort() throws {
        var table = try Table()
        table.run(5)
        table.command(.start)
        table.run(8)
        table.command(.abort)
        table.run(60)
        #expect(table.words == ["measuring", "idle: stopped"])
        table.command(.start)
        table.run(60)
        #expect(table.words.suffix(5) == ["measuring", "idle", "SBP", "DBP", "MAP"])
    }

    @Test("a leaking cuff gives no values")
    func leak() throws {
        var table = try Table(SimulationScript(events: [ScriptEvent(.cuffLeak, at: .seconds(0), for: .seconds(100))]))
        table.run(5)
        table.command(.start)
        table.run(60)
        #expect(table.words == ["measuring", "idle: the monitor gave no new values"])
    }

    @Test("service commands are not allowed and unknown ones not known")
    func refusals() {
        var monitor = CasmedMonitor(SimulatorTerms(patient: patient(), start: testStart, wall: testWall, name: "monitor"))
        let answers = monitor.receive(Array("X04\rX141\rX99\rX37\r".utf8), at: testStart).map { String(decoding: $0, as: UTF8.self) }
        #expect(answers == ["X04740-3MS \r", "X**\r", "X??\r", "X??\r"])
    }
}
