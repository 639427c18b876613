import DeviceProtocols
import DeviceSimulation
import Testing
import VitalsModel

@Suite("What the simulated monitor sends is what the decoder gives")
struct IntelliVueRoundTripTests {
    @Test(
        "over a session every value and every cuff measurement arrives, each cuff measurement once",
        arguments: [(longestMessage: 996, minutes: 60, cuffMeasurements: 11), (320, 20, 6), (200, 20, 6)])
    func everyValueArrives(longestMessage: Int, minutes: Int, cuffMeasurements: Int) throws {
        var talk = try monitorConversation { $0.longestMessage = longestMessage }
        talk.run(for: .seconds(minutes * 60))
        let monitor = talk.device
        for signal in [Signal.heartRate, .pulseRate, .spo2, .respRate, .perfusionIndex] {
            #expect(talk.values(of: signal).count == monitor.sentCounts[signal], "\(signal)")
            #expect(talk.values(of: signal).last == monitor.lastSent[signal]?.value, "\(signal)")
        }
        // A cycle each 1.024 s.
        #expect(abs((monitor.sentCounts[.heartRate] ?? 0) - minutes * 60_000 / 1024) < 5)
        let sent = monitor.sentCuffMeasurements
        #expect(sent.count == cuffMeasurements)
        #expect(talk.values(of: .nibpSystolic) == sent.map(\.systolic))
        #expect(talk.values(of: .nibpDiastolic) == sent.map(\.diastolic))
        #expect(talk.values(of: .nibpMean) == sent.map(\.mean))
        let times = talk.readings.filter { $0.reading.signal == .nibpSystolic }.map(\.reading.deviceTime)
        #expect(times == sent.map(\.deviceTime) && Set(times).count == sent.count)
        #expect(talk.readings.allSatisfy { $0.reading.quality == .valid })
        #expect(talk.links == [.negotiating, .negotiating, .streaming] || talk.links == [.negotiating, .streaming])
        #expect(talk.decoder.statistics.rejected.isEmpty)
    }

    @Test("each streaming value that arrives is the patient's at that moment")
    func valuesAreThePatients() throws {
        var talk = try monitorConversation()
        talk.run(for: .seconds(600))
        for (instant, reading) in talk.readings {
            let state = patient().state(at: instant - testStart)
            switch reading.signal {
            case .heartRate, .pulseRate: #expect(reading.value == state.heartRate.rounded())
            case .spo2: #expect(reading.value == state.spo2.rounded())
            case .respRate: #expect(reading.value == state.respRate.rounded())
            case .perfusionIndex: #expect(abs((reading.value ?? 0) - state.perfusionIndex) < 0.0051)
            case .nibpSystolic, .nibpDiastolic, .nibpMean: break
            }
        }
    }

    @Test("a cuff measurement carries the monitor's own time, and mean is diastolic plus a third of the pulse pressure")
    func cuffTime() throws {
        var talk = try monitorConversation()
        talk.run(for: .seconds(70))
        let reading = try #require(talk.readings.first { $0.reading.signal == .nibpSystolic })
        // The cuff starts at 30 s and takes 30 s; the wall clock stood at 09:00:00.
        #expect(reading.reading.deviceTime?.description == "2026-03-01T09:01:00")
        #expect(reading.at - testStart < .seconds(62))
        let sent = try #require(talk.device.sentCuffMeasurements.first)
        #expect(abs(sent.mean - (sent.diastolic + (sent.systolic - sent.diastolic) / 3)) <= 0.5)
    }

    @Test("the cuff says when it runs")
    func cuffStates() throws {
        var talk = try monitorConversation()
        talk.run(for: .seconds(300))
        let changes = talk.events.compactMap { entry -> (CuffState, Double)? in
            if case .cuff(let state, _) = entry.event { (state, (entry.at - testStart).inSeconds) } else { nil }
        }
        let running = changes.filter { $0.0 == .measuring }.map(\.1)
        #expect(running.count == 2)
        #expect(running.allSatisfy { ($0 - 30).truncatingRemainder(dividingBy: 180) < 1.1 })
    }

    @Test("the nurse's button starts one more measurement, and none while the cuff runs")
    func button() throws {
        var talk = try monitorConversation(cuff: .manual)
        talk.run(for: .seconds(20))
        talk.device.startCuff(at: talk.now)
        talk.run(for: .seconds(10))
        talk.device.startCuff(at: talk.now)
        talk.run(for: .seconds(120))
        #expect(talk.device.sentCuffMeasurements.count == 1)
        #expect(talk.values(of: .nibpSystolic).count == 1)
        #expect(talk.device.sentCuffMeasurements.first?.finished == testStart + .seconds(50))
    }

    @Test("a measurement that vanishes and is shown again with its old time counts once")
    func cuffResend() throws {
        let script = SimulationScript(events: [
            ScriptEvent(.cuffResend, at: .seconds(90), for: .seconds(20)), ScriptEvent(.cuffResend, at: .seconds(130), for: .seconds(5)),
        ])
        var talk = try monitorConversation(script: script)
        talk.run(for: .seconds(200))
        #expect(talk.device.sentCuffMeasurements.count == 1)
        #expect(talk.values(of: .nibpSystolic).compactMap { $0 } == talk.device.sentCuffMeasurements.map(\.systolic))
    }

    @Test("a sensor that is off gives invalid values and says so, then measures again")
    func sensorOff() throws {
        let script = SimulationScript(events: [ScriptEvent(.sensorOff(.spo2), at: .seconds(60), for: .seconds(60))])
        var talk = try monitorConversation(script: script)
        talk.run(for: .seconds(180))
        for signal in [Signal.spo2, .pulseRate, .perfusionIndex] {
            let off = talk.readings.filter { $0.reading.signal == signal && $0.reading.quality == .invalid }
            #expect((57...60).contains(off.count), "\(signal)")
            #expect(off.allSatisfy { $0.at >= testStart + .seconds(60) && $0.at < testStart + .seconds(120) })
            let conditions = talk.events.compactMap { entry -> SignalCondition? in
                if case .signalCondition(signal, let condition) = entry.event { condition } else { nil }
            }
            #expect(Array(conditions.suffix(2)) == [.sensorOff, .measuring], "\(signal)")
        }
        #expect(talk.values(of: .heartRate).allSatisfy { $0 != nil })
    }

    @Test("in demonstration mode every value is marked as such")
    func demonstrationMode() throws {
        var talk = try monitorConversation { $0.isDemonstration = true }
        talk.run(for: .seconds(120))
        #expect(!talk.readings.isEmpty)
        #expect(talk.readings.allSatisfy { $0.reading.quality == .demo })
    }

    @Test("after a pulled cable the client comes back, and no cuff measurement is lost or doubled")
    func cablePulled() throws {
        let script = SimulationScript(events: [ScriptEvent(.cablePulled, at: .seconds(200), for: .seconds(45))])
        var talk = try monitorConversation(script: script)
        talk.run(for: .seconds(400))
        #expect(talk.links.suffix(1) == [.streaming] && talk.links.contains(.stale))
        #expect(talk.device.isAssociated)
        #expect(talk.readings.allSatisfy { !(($0.at - testStart) > .seconds(200) && ($0.at - testStart) < .seconds(245)) })
        // The measurement that ended at 240 s, with the cable out, is told after it.
        #expect(talk.device.sentCuffMeasurements.map(\.finished) == [60, 240].map { testStart + .seconds($0) })
        #expect(talk.values(of: .nibpSystolic) == talk.device.sentCuffMeasurements.map(\.systolic))
    }

    @Test("noise and flipped bits cost frames, never values that were not sent", arguments: [3, 4, 5] as [UInt64])
    func damagedLine(seed: UInt64) throws {
        let script = SimulationScript(events: [
            ScriptEvent(.noiseBurst, at: .seconds(30), for: .seconds(60)),
            ScriptEvent(.bitFlips(oneInBytes: 1500), at: .seconds(100), for: .seconds(200)),
        ])
        var talk = try monitorConversation(script: script)
        talk.line = SimulatedLine(script: script, device: "monitor", start: testStart, seed: seed)
        talk.run(for: .seconds(400))
        #expect(!talk.decoder.statistics.rejected.isEmpty)
        for (instant, reading) in talk.readings where reading.signal == .heartRate {
            #expect(reading.value == patient(script).state(at: instant - testStart).heartRate.rounded(), "seed \(seed)")
        }
        #expect(talk.values(of: .heartRate).count > 200)
        #expect(talk.links.last == .streaming)
        #expect(Set(talk.values(of: .nibpSystolic)).isSubset(of: Set(talk.device.sentCuffMeasurements.map(\.systolic))))
    }
}
