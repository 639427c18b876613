import DeviceProtocols
import DeviceSimulation
import MonitorTesting
import Testing
import VitalsModel

/// What must hold for every device that can be simulated, without knowing any of them.
// One case at a time: hundreds of them at once would keep every waiting test from its turn for minutes.
@Suite("Every family", .serialized)
struct EveryFamilyTests {
    @Test("every family has a simulator, and every simulator a family; ids are unique and in order")
    func catalogues() {
        let families = DeviceCatalog.families.map(\.id)
        let simulators = SimulatorCatalog.simulators.map(\.family)
        #expect(families.filter { !simulators.contains($0) } == [], "families without a simulator")
        #expect(simulators.filter { !families.contains($0) } == [], "simulators without a family")
        #expect(families == families.sorted() && Set(families).count == families.count)
        #expect(simulators == simulators.sorted() && Set(simulators).count == simulators.count)
        #expect(FrameCheck.uncheckedFamilies.filter { !families.contains($0) } == [], "names of the table of checks that are no families")
    }

    // MARK: A session

    private static let cuffEachThreeMinutes = CuffProgram(steps: [.init(start: .seconds(30), every: .seconds(180))])

    /// In 25 minutes everything that may happen to a device, while cuff measurements end at 60, 240, 420, 600 s and so on.
    private static let eventful = SimulationScript(events: [
        ScriptEvent(.sensorOff(.spo2), at: .seconds(100), for: .seconds(60)),
        ScriptEvent(.stall, at: .seconds(280), for: .seconds(40)),
        ScriptEvent(.heartRate(to: 118), at: .seconds(440), for: .seconds(120)),
        ScriptEvent(.cablePulled, at: .seconds(590), for: .seconds(50)),
        ScriptEvent(.sensorOff(.ecg), at: .seconds(670), for: .seconds(45)),
        ScriptEvent(.startCuff, at: .seconds(690)),
        ScriptEvent(.clockJump(seconds: 3600), at: .seconds(830)),
        ScriptEvent(.cuffLeak, at: .seconds(925), for: .seconds(60)),
        ScriptEvent(.desaturation(to: 84), at: .seconds(1000), for: .seconds(100)),
        ScriptEvent(.cuffResend, at: .seconds(1050), for: .seconds(20)),
        ScriptEvent(.clockJump(seconds: -7200), at: .seconds(1160)),
        ScriptEvent(.stall, at: .seconds(1220), for: .seconds(5)),
        ScriptEvent(.sensorOff(.spo2), at: .seconds(1350), for: .seconds(4)),
    ])

    /// The first frames, which a decoder may not yet believe, and the outages, each with the time in which a client asks again.
    private static let outages: [Range<Duration>] = [
        .zero ..< .seconds(5), .seconds(279) ..< .seconds(340), .seconds(589) ..< .seconds(665), .seconds(1219) ..< .seconds(1245),
    ]

    @Test("over a session every value that was said arrives, and nothing else; cuff values once", arguments: SimulatedVariant.all)
    func session(variant: SimulatedVariant) throws {
        var talk = try variant.conversation(Self.eventful, cuff: Self.cuffEachThreeMinutes)
        talk.run(for: .seconds(1500))
        #expect(ArrivalCheck(mayBeLost: Self.outages).faults(in: talk, signals: variant.family.signals) == [])
        #expect(talk.readings.allSatisfy { $0.reading.isSound && $0.reading.quality != .demo })
        #expect(talk.decoder.statistics.rejected.filter { $0.value > 0 } == [:])
        #expect(talk.links.last == .streaming && talk.links.filter { $0 == .stale }.count >= 2, "\(talk.links)")
        for signal in variant.family.signals where signal.cadence == .streaming {
            let known = talk.values(of: signal).compactMap { $0 }
            #expect(Set(known).count >= 3, "\(signal.rawValue) hardly moves: \(Set(known))")
        }
        #expect(Set(talk.said.map(\.value.signal)).subtracting(variant.family.signals) == [], "said, but not in the family's list")
        checkSensors(talk, variant)
        if variant.hasCuff { checkCuff(talk, variant) }
    }

    /// Sensors that come off are told as such, and the numbers of the time are not given.
    private func checkSensors(_ talk: Conversation<AnySimulatedDevice>, _ variant: SimulatedVariant) {
        // Perfusion may go on as a number where a protocol has no word for its absence; rates and saturation may not.
        for signal in [Signal.spo2, .heartRate] where variant.family.signals.contains(signal) {
            let off: Range<Duration> = signal == .spo2 ? .seconds(110) ..< .seconds(159) : .seconds(690) ..< .seconds(714)
            let given = talk.readings.filter { $0.reading.signal == signal && off.contains($0.at - testStart) }
            #expect(given.allSatisfy { $0.reading.value == nil }, "\(signal.rawValue) while its sensor is off")
            let told = talk.events.compactMap { entry -> SignalCondition? in
                let at = entry.at - testStart
                guard case .signalCondition(signal, let condition) = entry.event else { return nil }
                return at > off.lowerBound - .seconds(25) && at < off.upperBound ? condition : nil
            }
            let word: SignalCondition = Self.sensorless["\(variant.testDescription) \(signal.rawValue)"] ?? .sensorOff
            #expect(told.contains(word), "\(signal.rawValue): \(told), and not \(word)")
        }
    }

    /// Protocols that have no word for a sensor that is off, and what is told instead.
    private static let sensorless: [String: SignalCondition] = [
        // X09 has dashes and no reason.
        "casmed-740 spo2": .poorSignal,
        // A value that is not there is left out of the answer.
        "draeger-medibus spo2": .unavailable, "draeger-medibus heart_rate": .unavailable,
        // "Invalid" of anything but oximetry only says that the monitor cannot measure.
        "intellivue heart_rate": .poorSignal,
        // A spot check without a measurement; dashes.
        "nonin format=13 spo2": .poorSignal, "nonin format=text spo2": .poorSignal,
    ]

    private func checkCuff(_ talk: Conversation<AnySimulatedDevice>, _ variant: SimulatedVariant) {
        let measured = talk.said.filter { $0.value.signal == .nibpSystolic }.map { ($0.at - testStart).inSeconds.rounded() }
        // Nine programmed ends, one of them a leak, and the button's; a device that is asked may have missed one with the cable.
        #expect((7...9).contains(measured.count), "measurements at \(measured)")
        let arrived = talk.readings.filter { $0.reading.signal == .nibpSystolic }
        #expect(arrived.count >= measured.count - 2)
        for entry in arrived {
            let together = talk.readings.filter { $0.reading.offset == entry.reading.offset && $0.reading.signal.cadence == .intermittent }
            #expect(
                together.count == variant.family.signals.filter { $0.cadence == .intermittent }.count,
                "all values of a measurement come together")
        }
        let changes = talk.events.compactMap { if case .cuff(let state, let failure) = $0.event { (state, failure) } else { nil } }
        #expect(zip(changes, changes.dropFirst()).allSatisfy { $0.0 != $1.0 || $0.1 != $1.1 }, "a change of the cuff is told once")
    }

    // MARK: Commands

    @Test(
        "a cuff that obeys is started and aborted from outside, and one that does not stays still",
        arguments: SimulatedVariant.all.filter(\.hasCuff))
    func commands(variant: SimulatedVariant) throws {
        var talk = try variant.conversation(cuff: .manual)
        talk.run(for: .seconds(30))
        talk.command(.start)
        talk.run(for: .seconds(90))
        let isObedient = variant.family.cuffControl != .none
        #expect(talk.readings.filter { $0.reading.signal == .nibpSystolic && $0.reading.value != nil }.count == (isObedient ? 1 : 0))
        guard isObedient else { return }
        let before = talk.events.count
        talk.command(.start)
        talk.run(for: .seconds(12))
        talk.command(.abort)
        talk.run(for: .seconds(60))
        let changes = talk.events.dropFirst(before).compactMap { entry in
            if case .cuff(let state, let failure) = entry.event { (state, failure) } else { nil }
        }
        let measured = talk.readings.filter { $0.reading.signal == .nibpSystolic && $0.reading.value != nil }.count
        if variant.family.cuffControl == .startOnly {
            // An abort is answered by words that say that there is none, and the result comes.
            #expect(measured == 2 && changes.contains { $0.0 == .measuring && $0.1 != nil }, "\(changes)")
        } else {
            #expect(measured == 1)
            #expect(changes.map(\.0) == [.measuring, .idle] && changes.last?.1 != nil, "\(changes)")
        }
        #expect(ArrivalCheck(mayBeLost: [.zero ..< .seconds(5)]).faults(in: talk, signals: variant.family.signals) == [])
    }

    // MARK: Damage

    /// What the device sent in half a minute of a dialogue, with the end of a cuff measurement in it.
    private func recorded(_ variant: SimulatedVariant) throws -> [UInt8] {
        let script = SimulationScript(events: [ScriptEvent(.sensorOff(.spo2), at: .seconds(32), for: .seconds(5))])
        var talk = try variant.conversation(script, cuff: CuffProgram(steps: [.init(start: .seconds(2), every: .seconds(600))]))
        if variant.family.cuffControl != .none { talk.run(for: .seconds(10)) }
        talk.run(for: .seconds(45) - (talk.now - testStart))
        return talk.frames.filter { $0.at - testStart >= .seconds(10) }.flatMap(\.bytes)
    }

    @Test("half a minute of every device, cut, broken off and after garbage", arguments: SimulatedVariant.all)
    func cutting(variant: SimulatedVariant) throws {
        var random = SeededRandom.announced(for: variant.testDescription)
        let bytes = try recorded(variant)
        let verifier = DecoderVerifier(variant.family, options: variant.options, clean: bytes)
        let contents = try verifier.cleanContents()
        // A stream moves; of a cuff there is one measurement, and it may have no mean.
        let fewest = variant.family.signals.contains { $0.cadence == .streaming } ? 3 : variant.family.signals.count
        #expect(contents.count >= fewest)
        let cut = try verifier.faultsOfCutting(using: &random)
        #expect(cut == [])
        let short = DecoderVerifier(variant.family, options: variant.options, clean: Array(bytes.suffix(3000)))
        let broken = try short.faultsOfTruncation(step: 7)
        #expect(broken == [])
        for count in [1, 4, 63, 1000] {
            // A false beginning may swallow a whole frame, and with it the values of some signals.
            let after = try verifier.faultsOfGarbage(count, losing: 12, check: variant.check, using: &random)
            #expect(after == [])
        }
    }

    @Test(
        "no flipped bit of any device makes a reading that it did not send, or without a check none that is absurd",
        arguments: SimulatedVariant.all)
    func flippedBits(variant: SimulatedVariant) throws {
        let bytes = try recorded(variant)
        for part in try parts(of: bytes, variant) {
            let verifier = DecoderVerifier(variant.family, options: variant.options, clean: part)
            let faults = try verifier.faultsOfFlippedBits(variant.check)
            #expect(faults.count == 0, "\(faults.count) of \(part.count * 8): \(faults.prefix(5))")
        }
    }

    /// The first 600 bytes, and 400 about the first cuff values.
    private func parts(of bytes: [UInt8], _ variant: SimulatedVariant) throws -> [[UInt8]] {
        let readings = try variant.family.decodeOffline([bytes], options: variant.options).readings
        let cuff = readings.first { $0.signal.cadence == .intermittent }.map { max(0, $0.offset - 100)..<min(bytes.count, $0.offset + 300) }
        return [Array(bytes.prefix(600))] + (cuff.map { [Array(bytes[$0])] } ?? [])
    }

    @Test(
        "noise, flipped bits and lost bytes on the line make no reading that was not sent, and the link streams again",
        arguments: SimulatedVariant.all)
    func damagedLine(variant: SimulatedVariant) throws {
        let script = SimulationScript(events: [
            ScriptEvent(.noiseBurst, at: .seconds(40), for: .seconds(40)),
            // Rare enough that two in one frame, which a sum of 8 bits may miss, are not to be expected.
            ScriptEvent(.bitFlips(oneInBytes: 4000), at: .seconds(100), for: .seconds(240)),
            ScriptEvent(.lostBytes(oneInBytes: 500), at: .seconds(360), for: .seconds(120)),
        ])
        var talk = try variant.conversation(script, cuff: Self.cuffEachThreeMinutes, lineSeed: 3)
        talk.run(for: .seconds(700))
        #expect(talk.links.last == .streaming)
        #expect(!talk.decoder.statistics.rejected.isEmpty, "nothing of the damage was seen")
        #expect(ArrivalCheck(mayBeLost: [], from: .seconds(520)).faults(in: talk, signals: variant.family.signals) == [])
        if variant.check.isChecked {
            let damaged: [Range<Duration>] = [.zero ..< .seconds(5), .seconds(39) ..< .seconds(520)]
            // A sum of 8 bits misses one false frame in 256: that one says "missing" is the safe side, and no value.
            let check = ArrivalCheck(mayBeLost: damaged, toleratesFalseMissing: true)
            #expect(check.faults(in: talk, signals: variant.family.signals) == [])
        } else {
            #expect(talk.readings.allSatisfy { DecoderVerifier.Content($0.reading).isPlausible })
        }
    }
}
