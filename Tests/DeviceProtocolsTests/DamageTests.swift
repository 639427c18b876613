import DeviceProtocols
import MonitorTesting
import Testing
import VitalsModel

/// One clean stream of a family.
struct CleanStream: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var family: DeviceFamily
    var options: [String: String] = [:]
    var bytes: [UInt8]

    static let all: [CleanStream] = [
        CleanStream(testDescription: "intellivue", family: IntelliVue.family, bytes: intelliVue),
        CleanStream(testDescription: "nonin format 2", family: Nonin.family, options: ["format": "2"], bytes: nonin(.two)),
        CleanStream(testDescription: "nonin format 7", family: Nonin.family, options: ["format": "7"], bytes: nonin(.seven)),
    ]

    /// Eight cycles with every mapped signal, two cuff measurements and a sensor that comes off.
    private static var intelliVue: [UInt8] {
        (0..<8).flatMap { second in
            let oxygen = IntelliVueStream.object(
                IntelliVuePhysio.spo2, Double(90 + second), state: second == 5 ? .invalid : [], unit: IntelliVueUnit.percent)
            let cuff = IntelliVueStream.cuff(120 + Double(second / 4), 80, 93, minute: second / 4)
            return IntelliVueStream.cycle(
                [
                    [IntelliVueStream.object(IntelliVuePhysio.heartRate, Double(60 + second), context: 0), cuff],
                    [oxygen, IntelliVueStream.object(IntelliVuePhysio.respRate, 14, unit: IntelliVueUnit.breathsPerMinute)],
                ], sequence: UInt16(second))
        }
    }

    private static func nonin(_ format: NoninFormat) -> [UInt8] {
        var stream = NoninStream(format)
        return stream.bytes(
            of: (0..<8).map { packet in
                NoninStream.Packet(rate: 120 + packet, saturation: 90 + packet, status: packet == 5 ? .sensorAlarm : [])
            })
    }
}

@Suite("Damage")
struct DamageTests {
    @Test("the readings do not depend on how the bytes are cut", arguments: CleanStream.all)
    func cutting(stream: CleanStream) throws {
        var random = SeededRandom.announced()
        let verifier = DecoderVerifier(stream.family, options: stream.options, clean: stream.bytes)
        #expect(try verifier.cleanContents().count >= 12)
        #expect(try verifier.faultsOfCutting(using: &random) == [])
    }

    @Test("garbage before a stream adds nothing, and loses at most the packet at its beginning", arguments: CleanStream.all)
    func garbage(stream: CleanStream) throws {
        var random = SeededRandom.announced()
        let verifier = DecoderVerifier(stream.family, options: stream.options, clean: stream.bytes)
        for count in [1, 4, 5, 63, 1000, 5000] {
            #expect(try verifier.faultsOfGarbage(count, losing: 2, using: &random) == [])
        }
    }

    @Test("a stream that is broken off gives a beginning of its readings", arguments: CleanStream.all)
    func truncation(stream: CleanStream) throws {
        let verifier = DecoderVerifier(stream.family, options: stream.options, clean: stream.bytes)
        #expect(try verifier.faultsOfTruncation(step: 3) == [])
    }

    @Test("no single flipped bit makes a reading that the clean stream has not", arguments: CleanStream.all)
    func flippedBits(stream: CleanStream) throws {
        let prefix = Array(stream.bytes.prefix(700))
        let verifier = DecoderVerifier(stream.family, options: stream.options, clean: prefix)
        let allowed = try verifier.cleanContents()
        #expect(try verifier.faultsOfFlippedBits { allowed.contains($0) } == [])
    }

    @Test("a real recording with flipped bits gives no reading that it has not when whole")
    func flippedBitsOfRecording() throws {
        guard let data = try TestData.find() else { return }
        let whole = try data.bytes("captures/intellivue/mp_rs232_session_part1.raw")
        // Three frames with values and the end of their cycle: offsets 2515 to 4649 in the list of frames.
        let verifier = DecoderVerifier(IntelliVue.family, clean: Array(whole[2515..<4649]))
        let allowed = try verifier.cleanContents()
        #expect(allowed.count == 4)
        #expect(try verifier.faultsOfFlippedBits(bitsPerByte: 1) { allowed.contains($0) } == [])
    }

    @Test("random bytes and random damage crash nothing and give nothing implausible", arguments: CleanStream.all)
    func fuzz(stream: CleanStream) throws {
        var random = SeededRandom.announced()
        for round in 0..<200 {
            var bytes = round.isMultiple(of: 4) ? random.bytes(600) : stream.bytes
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8(truncatingIfNeeded: random.next())
            }
            for mode in [DecoderMode.offline, .live] {
                var decoder = try stream.family.decoder(mode, options: stream.options)
                var now = BootInstant(seconds: 1)
                _ = decoder.advance(to: now)
                if mode == .live { _ = decoder.receive(IntelliVueFrame.encode(IntelliVueAssociation.accept(.client)), at: now) }
                for start in stride(from: 0, to: bytes.count, by: 97) {
                    now = now + .milliseconds(400)
                    let output = decoder.receive(Array(bytes[start..<min(start + 97, bytes.count)]), at: now)
                    #expect(output.readings.allSatisfy(isPlausible))
                    if let deadline = decoder.nextDeadline { #expect(deadline > now) }
                }
            }
        }
    }

    @Test("checked frames with random content crash nothing: the checks of the frame are passed, its lists are nonsense")
    func fuzzInsideFrames() throws {
        var random = SeededRandom.announced()
        let answer = IntelliVuePollAnswer(
            action: IntelliVueAction.extendedPoll, pollNumber: 1, relativeTicks: 0, objectClass: IntelliVueClass.numerics, group: 0)
        let object = IntelliVueStream.cuff(120, 80, 93, minute: 3)
        let message = IntelliVueMonitorMessages.pollAnswer(.result, invokeID: 1, answer: answer, objects: [object, object])
        var decoder = try IntelliVue.family.decoder(.live)
        var now = BootInstant(seconds: 1)
        _ = decoder.advance(to: now)
        for _ in 0..<3000 {
            var damaged = message
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                damaged[Int.random(in: damaged.indices, using: &random)] = UInt8(truncatingIfNeeded: random.next())
            }
            now = now + .milliseconds(1)
            let accept = IntelliVueFrame.encode(IntelliVueAssociation.accept(.client))
            let output = decoder.receive(accept + IntelliVueFrame.encode(damaged), at: now)
            #expect(output.readings.allSatisfy(isPlausible))
            if let deadline = decoder.nextDeadline { #expect(deadline > now) }
        }
        #expect(decoder.statistics.rejected[.malformed, default: 0] > 0)
    }

    private func isPlausible(_ reading: DecodedReading) -> Bool {
        guard let value = reading.value else { return reading.quality == .invalid }
        let range: ClosedRange<Double> =
            switch reading.signal.unit {
            case .perMinute: 0...500
            case .percent: 0...100
            case .millimetresOfMercury: 0...400
            }
        return range.contains(value) && reading.quality != .invalid
    }
}
