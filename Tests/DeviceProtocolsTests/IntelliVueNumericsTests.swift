import DeviceProtocols
import Testing
import VitalsModel

@Suite("IntelliVue values")
struct IntelliVueNumericsTests {
    private func reading(_ state: IntelliVueMeasurementState, _ number: Double? = 60) throws -> DecodedReading {
        var stream = IntelliVueStream()
        stream.add(IntelliVueStream.object(IntelliVuePhysio.heartRate, number, state: state))
        return try #require(try stream.readings.first)
    }

    @Test(
        "quality follows the state word",
        arguments: [
            (0x0000, ReadingQuality.valid), (0x0040, .valid), (0x0020, .valid), (0x0003, .valid), (0x0080, .valid), (0x0400, .demo),
            (0x0800, .demo), (0x4400, .demo), (0x4000, .suspect), (0x8000, .invalid), (0x2000, .invalid), (0x1000, .invalid),
            (0x8400, .invalid),
        ] as [(UInt16, ReadingQuality)])
    func quality(state: UInt16, quality: ReadingQuality) throws {
        let reading = try reading(IntelliVueMeasurementState(rawValue: state))
        #expect(reading.quality == quality)
        #expect(reading.value == (quality == .invalid ? nil : 60))
    }

    @Test("a FLOAT that is no number gives an invalid reading")
    func noNumber() throws {
        #expect(try reading([], nil) == DecodedReading(offset: 0, signal: .heartRate, value: nil, quality: .invalid))
    }

    @Test("conditions are told on change, before the reading they belong to")
    func conditions() throws {
        var stream = IntelliVueStream()
        let states: [IntelliVueMeasurementState] = [[], [], .invalid, .invalid, .questionable, .demo, .unavailable, []]
        for state in states {
            stream.add(IntelliVueStream.object(IntelliVuePhysio.spo2, 97, state: state, unit: IntelliVueUnit.percent))
        }
        let conditions: [SignalCondition] = [.measuring, .sensorOff, .poorSignal, .demo, .unavailable, .measuring]
        #expect(try stream.notes == conditions.map { .signalCondition(.spo2, $0) })
        #expect(try stream.readings.count == states.count)
        #expect(try stream.events.first == .signalCondition(.spo2, .measuring))
    }

    @Test("a value in a unit or of a size that the signal cannot have is refused and counted")
    func implausible() throws {
        var stream = IntelliVueStream()
        stream.add(IntelliVueStream.object(IntelliVuePhysio.heartRate, 60, unit: 0x17A0))
        stream.add(IntelliVueStream.object(IntelliVuePhysio.heartRate, -5))
        stream.add(IntelliVueStream.object(IntelliVuePhysio.spo2, 101, unit: IntelliVueUnit.percent))
        let (readings, statistics) = try IntelliVue.family.decodeOffline([stream.bytes])
        #expect(readings.isEmpty)
        #expect(statistics.rejected == [.implausible: 3])
    }

    @Test("quantities without a signal of ours give nothing")
    func unmapped() throws {
        var stream = IntelliVueStream()
        for physio: UInt16 in [0x480A, 0xF0E5, 0x4A15, 0x4A11, 0x4261, 0x0001] { stream.add(IntelliVueStream.object(physio, 60)) }
        #expect(try stream.events.isEmpty)
    }

    @Test("a cuff measurement is given once with its time, the next one again even with equal values")
    func cuffOnce() throws {
        var stream = IntelliVueStream()
        for minute in [10, 10, 10, 15, 15] { stream.add(IntelliVueStream.cuff(121, 79, 93, minute: minute)) }
        let readings = try stream.readings
        #expect(readings.map(\.signal) == [.nibpSystolic, .nibpDiastolic, .nibpMean, .nibpSystolic, .nibpDiastolic, .nibpMean])
        #expect(readings.map(\.value) == [121, 79, 93, 121, 79, 93])
        #expect(readings.first?.deviceTime?.description == "2024-02-29T23:10:05")
        #expect(readings.last?.deviceTime?.description == "2024-02-29T23:15:05")
    }

    @Test("without a time stamp a change of values or a run of the cuff tells measurements apart")
    func cuffWithoutTime() throws {
        var stream = IntelliVueStream()
        stream.add(IntelliVueStream.cuff(120, 80, 93, minute: nil))
        stream.add(IntelliVueStream.cuff(120, 80, 93, minute: nil))
        stream.add(IntelliVueStream.cuff(120, 80, 93, state: .ongoing, minute: nil))
        stream.add(IntelliVueStream.cuff(120, 80, 93, minute: nil))
        stream.add(IntelliVueStream.cuff(131, 80, 93, minute: nil))
        let readings = try stream.readings
        #expect(readings.map(\.value) == [120, 80, 93, 120, 80, 93, 131])
        #expect(readings.allSatisfy { $0.deviceTime == nil })
    }

    @Test("a running cuff is told, and that it stopped, with the reason when it gave no values")
    func cuffRunning() throws {
        var stream = IntelliVueStream()
        stream.add(IntelliVueStream.cuff(120, 80, 93, minute: 10))
        stream.add(IntelliVueStream.cuff(120, 80, 93, state: .ongoing, minute: 10))
        stream.add(IntelliVueStream.cuff(nil, nil, nil, state: [.ongoing, .invalid], minute: 10))
        stream.add(IntelliVueStream.cuff(188, 95, 126, minute: 14))
        stream.add(IntelliVueStream.cuff(188, 95, 126, state: .ongoing, minute: 14))
        stream.add(IntelliVueStream.cuff(nil, nil, nil, state: .invalid, minute: 19))
        let cuffs = try stream.notes.filter { if case .cuff = $0 { true } else { false } }
        #expect(
            cuffs == [
                .cuff(.measuring, failure: nil), .cuff(.idle, failure: nil), .cuff(.measuring, failure: nil),
                .cuff(.idle, failure: "the monitor ended the measurement without new values"),
            ])
        #expect(try stream.readings.map(\.value) == [120, 80, 93, 188, 95, 126])
    }

    @Test("a stale cuff gives one word that it is unavailable and then nothing")
    func staleCuff() throws {
        var stream = IntelliVueStream()
        for _ in 0..<5 { stream.add(IntelliVueStream.cuff(nil, nil, nil, state: .unavailable, minute: 10)) }
        #expect(try stream.readings.isEmpty)
        #expect(
            try stream.events
                == [Signal.nibpSystolic, .nibpDiastolic, .nibpMean].map { .signalCondition($0, .unavailable) })
    }

    @Test("kilopascal become mmHg, kept to a tenth")
    func kilopascal() throws {
        var stream = IntelliVueStream()
        stream.add(IntelliVueStream.cuff(16, 10.7, 12.5, minute: 1, unit: IntelliVueUnit.kilopascal))
        #expect(try stream.readings.map(\.value) == [120, 80.3, 93.8])
    }

    @Test("a time stamp that is no date gives values without a time, once")
    func wrongDate() throws {
        var stream = IntelliVueStream()
        for _ in 0..<2 { stream.add(IntelliVueStream.cuff(120, 80, 93, minute: 75)) }
        #expect(try stream.readings.map(\.deviceTime) == [nil, nil, nil])
    }

    @Test("parts of a linked answer are joined, and values come with the part that holds them")
    func linked() throws {
        let cycle = IntelliVueStream.cycle([
            [IntelliVueStream.object(IntelliVuePhysio.heartRate, 71, context: 0), IntelliVueStream.cuff(120, 80, 93, minute: 3)],
            [IntelliVueStream.object(IntelliVuePhysio.spo2, 96.5, unit: IntelliVueUnit.percent)],
        ])
        let readings = try IntelliVue.family.decodeOffline([cycle]).readings
        #expect(readings.map(\.value) == [71, 120, 80, 93, 96.5])
        let second = try #require(cycle.indices.filter { cycle[$0] == 0xC0 }.dropFirst().first)
        #expect(readings.map(\.offset) == [0, 0, 0, 0, second])
    }

    @Test("a signal that is missing from two whole cycles is no longer measured; a lost frame proves nothing")
    func missing() throws {
        let heart = IntelliVueStream.object(IntelliVuePhysio.heartRate, 70)
        let oxygen = IntelliVueStream.object(IntelliVuePhysio.spo2, 97, unit: IntelliVueUnit.percent)
        var stream = IntelliVueStream()
        stream.add(heart, oxygen)
        var damaged = IntelliVueStream.cycle([[heart], [oxygen]])
        damaged[damaged.count / 2] ^= 1
        for _ in 0..<4 { stream.bytes += damaged }
        stream.add(heart)
        #expect(try stream.notes.contains(.signalCondition(.spo2, .unavailable)) == false)
        stream.add(heart)
        #expect(try stream.notes.last == .signalCondition(.spo2, .unavailable))
        stream.add(heart, oxygen)
        #expect(try stream.notes.last == .signalCondition(.spo2, .measuring))
    }

    @Test("of two objects with one signal the first gives it, until it has no value and the other has")
    func twoGivers() throws {
        func oxygen(_ context: UInt16, _ number: Double, _ state: IntelliVueMeasurementState = []) -> IntelliVueObject {
            IntelliVueStream.object(IntelliVuePhysio.spo2, number, state: state, unit: IntelliVueUnit.percent, context: context, handle: 5)
        }
        var stream = IntelliVueStream()
        stream.add(oxygen(0, 97), oxygen(1, 90))
        stream.add(oxygen(0, 97, .invalid), oxygen(1, 90))
        stream.add(oxygen(0, 98), oxygen(1, 91))
        #expect(try stream.readings.map(\.value) == [97, nil, 90, 91])
    }

    @Test("a list whose lengths contradict each other is refused whole")
    func malformed() throws {
        let answer = IntelliVuePollAnswer(
            action: IntelliVueAction.extendedPoll, pollNumber: 1, relativeTicks: 0, objectClass: IntelliVueClass.numerics, group: 0)
        var message = IntelliVueMonitorMessages.pollAnswer(
            .result, invokeID: 1, answer: answer, objects: [IntelliVueStream.object(IntelliVuePhysio.heartRate, 70)])
        message[message.count - 11] += 1
        let (readings, statistics) = try IntelliVue.family.decodeOffline([IntelliVueFrame.encode(message)])
        #expect(readings.isEmpty)
        #expect(statistics.rejected == [.malformed: 1])
        #expect(statistics.frames == 0)
    }
}
