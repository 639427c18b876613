import DeviceProtocols
import DeviceSimulation
import Testing
import VitalsModel

@Suite("The simulated Contec oximeters")
struct ContecSimulationTests {
    private func conversation(_ script: SimulationScript = .quiet, perfusion: Bool = true) throws -> Conversation<ContecOximeter> {
        Conversation(
            device: ContecOximeter(patient: patient(script), start: testStart, measuresPerfusion: perfusion),
            decoder: try ContecCMS50.family.decoder(.live),
            line: SimulatedLine(script: script, device: "oximeter", start: testStart), start: testStart)
    }

    private func ask(_ device: inout ContecOximeter, _ code: UInt8, at seconds: Double) -> [[UInt8]] {
        device.receive(
            ContecPacket(type: ContecPacketType.command, data: [code, 0, 0, 0, 0, 0, 0]).frame, at: testStart + .seconds(seconds))
    }

    @Test("it is silent until A1, sends 60 packets a second, and stops with A2")
    func beginAndEnd() {
        var device = ContecOximeter(patient: patient(), start: testStart)
        #expect(device.nextDeadline == nil && device.advance(to: testStart + .seconds(5)) == [])
        #expect(ask(&device, 0xA1, at: 5) == [])
        #expect(device.advance(to: testStart + .seconds(6)).flatMap(\.self).count == 60 * 9)
        #expect(ask(&device, 0xA2, at: 6) == [[0x0C, 0x80]])
        #expect(device.nextDeadline == nil)
    }

    @Test("without a keep-alive it falls silent after 10 s, and A1 brings it back")
    func patience() {
        var device = ContecOximeter(patient: patient(), start: testStart)
        _ = ask(&device, 0xA1, at: 0)
        #expect(device.advance(to: testStart + .seconds(60)).flatMap(\.self).count == (600 - 1) * 9)
        #expect(device.nextDeadline == nil)
        _ = ask(&device, 0xA1, at: 60)
        #expect(device.nextDeadline != nil)
    }

    @Test("questions are answered by their types")
    func questions() {
        var device = ContecOximeter(patient: patient(), start: testStart, measuresPerfusion: false)
        let answers: [UInt8: [UInt8]] = [
            0xA0: [0x06], 0xA3: [0x0A], 0xA4: [0x0B], 0xA7: [0x0C], 0xA8: [0x02, 0x02], 0xA9: [0x03], 0xAA: [0x04], 0xAB: [0x05],
            0xAC: [0x0E], 0xAD: [0x10], 0xAE: [0x0B], 0xAF: [], 0xB0: [0x11], 0xB1: [0x0B], 0xB6: [0x15],
        ]
        for (code, types) in answers { #expect(ask(&device, code, at: 1).compactMap(\.first) == types, "command \(code)") }
        #expect(ask(&device, 0xAC, at: 1) == [[0x0E, 0x80, 0x81]])
    }

    @Test("an hour's stream is kept up by the decoder")
    func hour() throws {
        var talk = try conversation()
        talk.run(for: .seconds(3600))
        #expect(talk.links == [.negotiating, .streaming])
        #expect(talk.decoder.statistics.rejected.isEmpty)
        #expect((215_990...216_005).contains(talk.decoder.statistics.frames))
    }

    @Test("a finger that is out is told at once, while the numbers stay on the wire")
    func fingerOut() throws {
        let script = SimulationScript(events: [ScriptEvent(.sensorOff(.spo2), at: .seconds(30), for: .seconds(20))])
        var talk = try conversation(script)
        talk.run(for: .seconds(32))
        let last = try #require(talk.frames.last?.bytes)
        #expect(last.count == 9 && last[1] & 1 == 1 && last[6] != 0xFF, "the saturation stays")
        let told = talk.events.first { if case .signalCondition(.spo2, .sensorOff) = $0.event { true } else { false } }
        #expect(((told?.at ?? testStart) - testStart) < .milliseconds(30_100))
        #expect([Signal.spo2, .pulseRate, .perfusionIndex].allSatisfy { talk.values(of: $0).last == .some(nil) })
        talk.run(for: .seconds(28))
        #expect(talk.readings.last?.reading.quality == .valid)
    }

    @Test("a unit without perfusion index gives no reading of it")
    func noPerfusion() throws {
        var talk = try conversation(perfusion: false)
        talk.run(for: .seconds(60))
        #expect(talk.values(of: .perfusionIndex) == [] && talk.values(of: .spo2).count > 50)
    }

    @Test("an unplugged cable is told, and the dialogue begins anew when it is back")
    func cable() throws {
        let script = SimulationScript(events: [ScriptEvent(.cablePulled, at: .seconds(30), for: .seconds(60))])
        var talk = try conversation(script)
        talk.run(for: .seconds(120))
        let links = talk.links
        #expect(links.starts(with: [.negotiating, .streaming, .stale]) && links.last == .streaming && links.count <= 5, "\(links)")
        let back = talk.events.last { if case .link(.streaming, _) = $0.event { true } else { false } }
        #expect(((back?.at ?? testStart) - testStart) < .seconds(95))
    }

    @Test("flipped bits on the line give no live value that was not sent", arguments: [1, 2, 3] as [UInt64])
    func flippedBits(seed: UInt64) throws {
        let script = SimulationScript(events: [ScriptEvent(.bitFlips(oneInBytes: 200), at: .seconds(10), for: .seconds(300))])
        var talk = try conversation(script)
        talk.line = SimulatedLine(script: script, device: "oximeter", start: testStart, seed: seed)
        talk.run(for: .seconds(320))
        #expect(!talk.decoder.statistics.rejected.isEmpty)
        for signal in [Signal.spo2, .pulseRate] {
            let said = Set(talk.device.sent.values(of: signal))
            #expect(
                Set(talk.values(of: signal)).isSubset(of: said), "\(signal.rawValue): \(Set(talk.values(of: signal)).subtracting(said))")
        }
    }

    @Test("an older unit gives its memory when asked, with nothing in it that looks live, and goes back")
    func memory() throws {
        var device = ContecClassicOximeter(patient: patient(), start: testStart)
        _ = device.advance(to: testStart + .seconds(100))
        let stored = try #require(device.receive([0xF5, 0xF5], at: testStart + .seconds(100)).first)
        #expect(stored.count == 13 + 300 && stored[9..<13] == [0x80, 0x82, 0x2B, 0x00])
        #expect(try ContecCMS50Classic.family.decodeOffline([stored]).statistics.frames == 0)
        #expect(device.nextDeadline == nil)
        #expect(device.receive(ContecCMS50Classic.endStored, at: testStart + .seconds(101)) == [] && device.nextDeadline != nil)
    }

    @Test("an older unit that waits for a byte is woken by option wake")
    func waiting() throws {
        var talk = Conversation(
            device: ContecClassicOximeter(patient: patient(), start: testStart, waitsForHost: true),
            decoder: try ContecCMS50Classic.family.decoder(.live, options: ["wake": "yes"]),
            line: SimulatedLine(start: testStart), start: testStart)
        talk.run(for: .seconds(20))
        #expect(talk.links == [.negotiating, .streaming] && talk.values(of: .spo2).count > 10)
    }
}
