import DeviceProtocols
import Testing

@Suite("IntelliVue frames")
struct IntelliVueFrameTests {
    private func bytes(_ text: String) throws -> [UInt8] { try HexText.bytes(of: text.utf8) }

    private func steps(_ stream: [UInt8]) -> [IntelliVueDeframer.Step] {
        var deframer = IntelliVueDeframer()
        var position = 0
        var steps: [IntelliVueDeframer.Step] = []
        while let step = deframer.step(stream, from: &position) { steps.append(step) }
        return steps
    }

    @Test("the check sequence has its published values")
    func checkSequence() throws {
        let digits = Array("123456789".utf8)
        #expect(IntelliVueFrame.checkSequence(of: digits, in: 0..<9) == 0x906E)
        #expect(IntelliVueFrame.checkSequence(of: [0x3A, 0x71], in: 0..<2) == 0x269B)
        #expect(IntelliVueFrame.checkSequence(of: [0x3A, 0x91], in: 0..<2) == 0xC195)
    }

    @Test("the written examples come out byte for byte")
    func workedExamples() throws {
        let release = "C0 11 01 00 1A 09 18 7D E1 16 61 80 30 80 02 01 01 A0 80 62 80 80 01 00 00 00 00 00 00 00 00 00 41 08 C1"
        #expect(IntelliVueFrame.encode(IntelliVueAssociation.releaseRequest) == (try bytes(release)))
        let created = "C0 11 01 00 1C E1 00 00 02 00 02 00 14 00 01 00 01 00 0E 00 21 00 00 00 00 00 00 00 00 0D 06 00 00 C3 09 C1"
        #expect(IntelliVueFrame.encode(IntelliVueBuilder.createEventResult(invokeID: 1)) == (try bytes(created)))
        let poll =
            "C0 11 01 00 24 E1 00 00 02 00 01 00 1C 00 01 00 07 00 16 00 21 00 00 00 00 00 00 00 00 0C 16 00 08 00 01 00 01 00 06 08 03 9D 3B C1"
        let request = IntelliVuePollRequest(
            action: IntelliVueAction.singlePoll, pollNumber: 1, objectClass: IntelliVueClass.numerics, group: IntelliVueGroup.metricValues)
        #expect(IntelliVueFrame.encode(request.message(invokeID: 1)) == (try bytes(poll)))
    }

    @Test("a real frame is read: result, action F13B, relative time 1954816, no objects")
    func realResult() throws {
        let frame = try bytes(
            """
            C0 11 01 00 32 E1 00 00 02 00 02 00 2A 00 01 00 07 00 24 00 21 00 00 00 00 F1 3B 00 1A 00 01 00 00 00 1D D4 00
            FF FF FF FF FF FF FF FF 00 01 00 06 00 00 00 00 00 00 F8 57 C1
            """)
        var deframer = IntelliVueDeframer()
        var position = 0
        #expect(deframer.step(frame, from: &position) == .frame)
        guard case .operation(let operation)? = IntelliVueMessage.parse(deframer.frame, in: deframer.userData) else {
            Issue.record("no operation")
            return
        }
        #expect(operation.kind == .result && operation.invokeID == 1 && operation.command == 7)
        guard case .answer(let answer) = IntelliVuePollAnswer.parse(deframer.frame, in: operation.body) else {
            Issue.record("no answer to a poll")
            return
        }
        #expect(answer.action == 0xF13B && answer.pollNumber == 1 && answer.sequence == 0)
        #expect(answer.relativeTicks == 1_954_816 && answer.objectClass == 6)
    }

    @Test("C0, C1 and 7D survive the way through a frame")
    func escapes() {
        let content: [UInt8] = [0xC0, 0xC1, 0x7D, 0x00, 0x5D, 0xE0, 0xE1]
        let frame = IntelliVueFrame.encode(content)
        #expect(frame.dropFirst().dropLast().allSatisfy { $0 != 0xC0 && $0 != 0xC1 })
        var deframer = IntelliVueDeframer()
        var position = 0
        #expect(deframer.step(frame, from: &position) == .frame)
        #expect(Array(deframer.frame[deframer.userData]) == content)
    }

    @Test("every kind of damage is refused under its own name, and the next frame is read")
    func refusals() {
        let good = IntelliVueFrame.encode([1, 2, 3])
        var badSum = good
        badSum[6] ^= 0x10
        var badHeader = good
        badHeader[1] = 0x12
        var badLength = good
        badLength[4] = 9
        let endless = [0xC0] + [UInt8](repeating: 0x55, count: 1501)
        #expect(steps(badSum + good) == [.rejected(.badChecksum, count: 1), .frame])
        #expect(steps(badHeader + good) == [.rejected(.badHeader, count: 1), .frame])
        #expect(steps(badLength + good) == [.rejected(.badLength, count: 1), .frame])
        #expect(steps([0xC0, 0x11, 0x01] + good) == [.rejected(.truncated, count: 1), .frame])
        #expect(steps([0xC0, 0x11, 0x7D, 0xC1] + good) == [.rejected(.truncated, count: 1), .frame])
        #expect(steps([0xC0, 0x11, 0x7D] + good) == [.rejected(.truncated, count: 1), .frame])
        #expect(steps([9, 9, 9] + good) == [.rejected(.garbage, count: 3), .frame])
        #expect(steps(endless + good) == [.rejected(.badLength, count: 1), .frame])
    }

    @Test("a frame knows where it began, in any chunks", arguments: [1, 3, 1000])
    func offsets(size: Int) {
        let stream = [7, 7] + IntelliVueFrame.encode([1]) + IntelliVueFrame.encode([0xC0, 2])
        var deframer = IntelliVueDeframer()
        var offsets: [Int] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            let chunk = Array(stream[start..<min(start + size, stream.count)])
            var position = 0
            while let step = deframer.step(chunk, from: &position) { if step == .frame { offsets.append(deframer.frameOffset) } }
        }
        #expect(offsets == [2, 2 + IntelliVueFrame.encode([1]).count])
    }

    @Test("FLOAT: numbers are exact, special patterns are none, absurd exponents are told")
    func floats() {
        #expect(IntelliVueFloat.meaning(of: 0x0000_003C) == .number(60))
        #expect(IntelliVueFloat.meaning(of: 0xFF00_03B6) == .number(95))
        #expect(IntelliVueFloat.meaning(of: 0xFEFF_FFFF) == .number(-0.01))
        #expect(IntelliVueFloat.meaning(of: 0x0200_0003) == .number(300))
        for bits: UInt32 in [0x007F_FFFF, 0x0080_0000, 0x007F_FFFE, 0x0080_0002, 0x037F_FFFF] {
            #expect(IntelliVueFloat.meaning(of: bits) == .noNumber)
        }
        #expect(IntelliVueFloat.meaning(of: 0x7F00_0001) == .absurd)
        #expect(IntelliVueFloat.meaning(of: 0x8000_0001) == .absurd)
        #expect(IntelliVueFloat.bits(of: 95, decimals: 1) == 0xFF00_03B6)
        #expect(IntelliVueFloat.bits(of: nil) == IntelliVueFloat.notANumber)
    }

    @Test("user information survives the way through request and accept")
    func userInfo() {
        var granted = IntelliVueUserInfo.client
        granted.systemType = 0x0080_0000
        granted.minimumPollTicks = 4000
        #expect(IntelliVueUserInfo.client.bytes.count == 72)
        let request = IntelliVueAssociation.request()
        #expect(request[1] == 0xEC)
        #expect(IntelliVueUserInfo.parse(request, in: 0..<request.count) == .client)
        let accept = IntelliVueAssociation.accept(granted)
        #expect(IntelliVueUserInfo.parse(accept, in: 0..<accept.count) == granted)
        #expect(IntelliVueUserInfo.parse(accept, in: 0..<140) == nil)
    }

    @Test("a poll request is read as it was written")
    func pollRequest() {
        let request = IntelliVuePollRequest(
            action: IntelliVueAction.extendedPoll, pollNumber: 5, objectClass: 6, group: 0, periodTicks: 480_000)
        let message = request.message(invokeID: 9)
        guard case .operation(let operation)? = IntelliVueMessage.parse(message, in: 0..<message.count) else {
            Issue.record("no operation")
            return
        }
        #expect(operation.kind == .invoke && operation.invokeID == 9 && operation.command == 7)
        #expect(IntelliVuePollRequest.parse(message, in: operation.body) == request)
    }
}
