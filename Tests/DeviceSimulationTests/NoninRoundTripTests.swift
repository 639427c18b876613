import DeviceProtocols
import DeviceSimulation
import Testing
import VitalsModel

@Suite("What the simulated oximeter sends is what the decoder gives")
struct NoninRoundTripTests {
    private func conversation(_ format: NoninOximeter.Format, _ script: SimulationScript = .quiet) throws -> Conversation<NoninOximeter> {
        Conversation(
            device: NoninOximeter(patient: patient(script), start: testStart, format: format),
            decoder: try Nonin.family.decoder(.live, options: ["format": format.rawValue]),
            line: SimulatedLine(script: script, device: "oximeter", start: testStart), start: testStart)
    }

    @Test("every frame is good, and the values are the patient's of the last 1.5 s", arguments: NoninOximeter.Format.allCases)
    func values(format: NoninOximeter.Format) throws {
        var talk = try conversation(format)
        talk.run(for: .seconds(120))
        #expect(talk.decoder.statistics.rejected.isEmpty)
        #expect((8999...9001).contains(talk.decoder.statistics.frames))
        #expect(talk.device.sentPackets == 360)
        #expect(talk.values(of: .spo2).count > 100 && talk.values(of: .pulseRate).count > 100)
        #expect(talk.values(of: .spo2).last == talk.device.lastSent?.spo2.map(Double.init))
        #expect(talk.values(of: .pulseRate).last == talk.device.lastSent?.pulseRate.map(Double.init))
        for (instant, reading) in talk.readings {
            // A display value is at most 1.5 s old when its packet of 1/3 s begins.
            let recent = (0...20).map { patient().state(at: instant - testStart - .milliseconds(100 * $0)) }
            let part: (PatientState) -> Double = reading.signal == .spo2 ? { $0.spo2 } : { $0.heartRate }
            let range = (recent.map(part).min() ?? 0) - 0.6...(recent.map(part).max() ?? 0) + 0.6
            #expect(reading.quality == .valid && range.contains(reading.value ?? 0), "\(reading) outside \(range)")
        }
    }

    @Test("the sensor alarm comes at once, while the display still shows the last values", arguments: NoninOximeter.Format.allCases)
    func sensorOff(format: NoninOximeter.Format) throws {
        let script = SimulationScript(events: [ScriptEvent(.sensorOff(.spo2), at: .seconds(30), for: .seconds(30))])
        var talk = try conversation(format, script)
        talk.run(for: .seconds(35))
        #expect(talk.device.lastSent?.spo2 != nil)
        let told = talk.events.first { if case .signalCondition(.spo2, .sensorOff) = $0.event { true } else { false } }
        #expect(((told?.at ?? testStart) - testStart) < .milliseconds(30_500))
        #expect(talk.values(of: .spo2).last == .some(nil))
        talk.run(for: .seconds(10))
        #expect(talk.device.lastSent != nil && talk.device.lastSent?.spo2 == nil && talk.device.lastSent?.pulseRate == nil)
        talk.run(for: .seconds(30))
        #expect(talk.readings.last?.reading.quality == .valid)
    }

    @Test("a flipped bit costs its packet, never an absurd value", arguments: [1, 2] as [UInt64])
    func damaged(seed: UInt64) throws {
        let script = SimulationScript(events: [ScriptEvent(.bitFlips(oneInBytes: 400), at: .seconds(20), for: .seconds(60))])
        var talk = try conversation(.seven, script)
        talk.line = SimulatedLine(script: script, device: "oximeter", start: testStart, seed: seed)
        talk.run(for: .seconds(120))
        #expect(!talk.decoder.statistics.rejected.isEmpty)
        #expect(talk.readings.allSatisfy { ($0.reading.value).map { (60.0...100).contains($0) } ?? true }, "seed \(seed)")
        #expect(talk.links.last == .streaming)
    }
}
