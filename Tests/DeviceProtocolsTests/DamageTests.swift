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

    /// Streams of some seconds, and each clean vector of each family.
    static let all = (long + vectors).filter { ChosenFamily.includes($0.family.id) }

    private static let vectors = VectorFolder.ours.files.flatMap { file in
        file.vectors.filter(\.isClean).compactMap { vector in
            DeviceCatalog.family(file.family).map {
                CleanStream(testDescription: "\(file.family): \(vector.name)", family: $0, options: vector.options, bytes: vector.bytes)
            }
        }
    }

    /// Streams of some seconds.
    static let long: [CleanStream] = [
        CleanStream(testDescription: "intellivue", family: IntelliVue.family, bytes: intelliVue),
        CleanStream(testDescription: "nonin format 2", family: Nonin.family, options: ["format": "2"], bytes: nonin(.two)),
        CleanStream(testDescription: "nonin format 7", family: Nonin.family, options: ["format": "7"], bytes: nonin(.seven)),
    ]

    /// The verifier of it.
    var verifier: DecoderVerifier { DecoderVerifier(family, options: options, clean: bytes) }

    /// How far damage can be found.
    var check: FrameCheck { .of(family.id, options: options) }

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

// One case at a time: hundreds of them at once would keep every waiting test from its turn for minutes.
@Suite("Damage", .serialized)
struct DamageTests {
    @Test("the readings do not depend on how the bytes are cut", arguments: CleanStream.all)
    func cutting(stream: CleanStream) throws {
        var random = SeededRandom.announced()
        let faults = try stream.verifier.faultsOfCutting(using: &random)
        #expect(faults == [])
    }

    @Test("garbage before a stream adds nothing, and loses at most the packet at its beginning", arguments: CleanStream.long)
    func garbage(stream: CleanStream) throws {
        var random = SeededRandom.announced()
        #expect(try stream.verifier.cleanContents().count >= 12)
        for count in [1, 4, 5, 63, 1000, 5000] {
            let faults = try stream.verifier.faultsOfGarbage(count, losing: 2, using: &random)
            #expect(faults == [])
        }
    }

    @Test("garbage before a vector adds nothing; a vector is so short that all of it may be lost", arguments: CleanStream.all)
    func garbageBeforeVector(stream: CleanStream) throws {
        var random = SeededRandom.announced()
        for count in [1, 4, 5, 63, 1000] {
            let faults = try stream.verifier.faultsOfGarbage(count, losing: .max / 2, check: stream.check, using: &random)
            #expect(faults == [])
        }
    }

    @Test("a stream that is broken off gives a beginning of its readings", arguments: CleanStream.all)
    func truncation(stream: CleanStream) throws {
        let faults = try stream.verifier.faultsOfTruncation(step: stream.bytes.count > 700 ? 3 : 1)
        #expect(faults == [])
    }

    @Test(
        "no single flipped bit makes a reading that the clean stream has not, or without a check none that is absurd",
        arguments: CleanStream.all)
    func flippedBits(stream: CleanStream) throws {
        let verifier = DecoderVerifier(stream.family, options: stream.options, clean: Array(stream.bytes.prefix(700)))
        let faults = try verifier.faultsOfFlippedBits(stream.check)
        #expect(faults == [])
    }

    @Test("a real recording with flipped bits gives no reading that it has not when whole")
    func flippedBitsOfRecording() throws {
        guard let data = try TestData.find() else { return }
        let whole = try data.bytes("captures/intellivue/mp_rs232_session_part1.raw")
        // Three frames with values and the end of their cycle: offsets 2515 to 4649 in the list of frames.
        let verifier = DecoderVerifier(IntelliVue.family, clean: Array(whole[2515..<4649]))
        let allowed = try verifier.cleanContents()
        #expect(allowed.count == 4)
        let faults = try verifier.faultsOfFlippedBits(bitsPerByte: 1) { allowed.contains($0) }
        #expect(faults == [])
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
            #expect(output.readings.allSatisfy { $0.isSound })
            if let deadline = decoder.nextDeadline { #expect(deadline > now) }
        }
        #expect(decoder.statistics.rejected[.malformed, default: 0] > 0)
    }
}
