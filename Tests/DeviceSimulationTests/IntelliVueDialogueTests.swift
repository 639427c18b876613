import DeviceProtocols
import DeviceSimulation
import MonitorTesting
import Testing
import VitalsModel

/// A client that says only what a test lets it say.
struct ScriptedClient {
    var monitor: IntelliVueMonitor
    var now = testStart

    init(_ configure: (inout IntelliVueMonitor.Configuration) -> Void = { _ in }) {
        var configuration = IntelliVueMonitor.Configuration(patient: patient(), start: testStart, wall: testWall, cuff: .manual)
        configure(&configuration)
        monitor = IntelliVueMonitor(configuration)
    }

    mutating func say(_ userData: [UInt8]) -> [[UInt8]] {
        ScriptedClient.userData(monitor.receive(IntelliVueFrame.encode(userData), at: now))
    }

    mutating func wait(_ duration: Duration) -> [[UInt8]] {
        now = now + duration
        return ScriptedClient.userData(monitor.advance(to: now))
    }

    /// Asks for an association and answers the create event.
    mutating func associate() {
        _ = say(IntelliVueAssociation.request())
        _ = say(IntelliVueBuilder.createEventResult(invokeID: 1))
    }

    static func userData(_ frames: [[UInt8]]) -> [[UInt8]] {
        var deframer = IntelliVueDeframer()
        return frames.flatMap { frame -> [[UInt8]] in
            var found: [[UInt8]] = []
            var position = 0
            while let step = deframer.step(frame, from: &position) {
                if step == .frame { found.append(Array(deframer.frame[deframer.userData])) }
            }
            return found
        }
    }

    static func operation(_ userData: [UInt8]) -> IntelliVueOperation? {
        guard case .operation(let operation) = IntelliVueMessage.parse(userData, in: userData.indices) else { return nil }
        return operation
    }
}

@Suite("The simulated monitor keeps the rules of the dialogue")
struct IntelliVueDialogueTests {
    private let singlePoll = IntelliVuePollRequest(
        action: IntelliVueAction.singlePoll, pollNumber: 1, objectClass: IntelliVueClass.numerics, group: IntelliVueGroup.metricValues)
    private func extendedPoll(seconds: UInt32) -> IntelliVuePollRequest {
        IntelliVuePollRequest(
            action: IntelliVueAction.extendedPoll, pollNumber: 2, objectClass: IntelliVueClass.numerics, group: 0,
            periodTicks: seconds * IntelliVueTicks.perSecond)
    }

    @Test("it accepts, grants no more than it has, and repeats the create event until it is answered")
    func createEvent() throws {
        var client = ScriptedClient()
        let answers = client.say(IntelliVueAssociation.request())
        #expect(answers.count == 2 && answers[0].first == 0x0E)
        let granted = try #require(IntelliVueUserInfo.parse(answers[0], in: answers[0].indices))
        #expect(granted.largestReceived == 996 && granted.systemType == 0x0080_0000)
        let event = try #require(ScriptedClient.operation(answers[1]))
        #expect(event.command == IntelliVueCommand.confirmedEventReport)
        let repeated = client.wait(.seconds(4))
        #expect(repeated.count == 2 && repeated.allSatisfy { ScriptedClient.operation($0)?.invokeID == event.invokeID })
        _ = client.say(IntelliVueBuilder.createEventResult(invokeID: event.invokeID))
        #expect(client.monitor.isAssociated)
        #expect(client.wait(.seconds(5)).isEmpty)
    }

    @Test("it refuses polls before the create event was answered, and serves one answer to a single poll after")
    func polls() throws {
        var client = ScriptedClient()
        _ = client.say(IntelliVueAssociation.request())
        let early = client.say(singlePoll.message(invokeID: 7))
        #expect(early.count == 1 && ScriptedClient.operation(early[0])?.kind == .error)
        _ = client.say(IntelliVueBuilder.createEventResult(invokeID: 1))
        let answer = client.say(singlePoll.message(invokeID: 8))
        #expect(answer.count == 1)
        #expect(ScriptedClient.operation(answer[0])?.kind == .result && ScriptedClient.operation(answer[0])?.invokeID == 8)
        #expect(client.wait(.seconds(5)).isEmpty)
    }

    @Test("an extended poll is served each 1.024 s for its period, no longer")
    func extended() {
        var client = ScriptedClient()
        client.associate()
        var count = client.say(extendedPoll(seconds: 6).message(invokeID: 3)).count
        count += client.wait(.seconds(9)).count
        // At 0, 1.024 ... 5.12 s.
        #expect(count == 6)
        #expect(client.monitor.sentCounts[.heartRate] == 6)
    }

    @Test("what is too long goes out as linked results that all fit, and ends with an empty result")
    func linked() throws {
        var client = ScriptedClient { $0.longestMessage = 300 }
        client.associate()
        let parts = client.say(extendedPoll(seconds: 0).message(invokeID: 4))
        let operations = parts.compactMap(ScriptedClient.operation)
        #expect(operations.count == parts.count && parts.count > 3)
        let states = operations.compactMap { operation -> UInt8? in if case .linked(let part) = operation.kind { part.state } else { nil } }
        #expect(states == [1] + [UInt8](repeating: 2, count: parts.count - 3) + [3])
        #expect(operations.last?.kind == .result)
        #expect(parts.allSatisfy { $0.count + 6 <= 300 })
        #expect(operations.allSatisfy { $0.invokeID == 4 })
    }

    @Test("a silent client is dropped with an abort: after 10 s for a short poll period, after three periods for a longer one")
    func timeout() {
        var client = ScriptedClient()
        client.associate()
        #expect(client.wait(.milliseconds(9900)).isEmpty)
        let last = client.wait(.milliseconds(200))
        #expect(last.map(\.first) == [0x19])
        #expect(!client.monitor.isAssociated && client.wait(.seconds(60)).isEmpty)
        var slow = ScriptedClient()
        var info = IntelliVueUserInfo.client
        info.minimumPollTicks = 5 * IntelliVueTicks.perSecond
        _ = slow.say(IntelliVueAssociation.request(info))
        _ = slow.say(IntelliVueBuilder.createEventResult(invokeID: 1))
        #expect(slow.wait(.milliseconds(14_900)).isEmpty)
        #expect(slow.wait(.milliseconds(200)).map(\.first) == [0x19])
    }

    @Test("a release is answered and ends everything; without an association it is not answered")
    func release() {
        var client = ScriptedClient()
        #expect(client.say(IntelliVueAssociation.releaseRequest).isEmpty)
        client.associate()
        _ = client.say(extendedPoll(seconds: 60).message(invokeID: 3))
        #expect(client.say(IntelliVueAssociation.releaseRequest) == [IntelliVueAssociation.releaseResponse])
        #expect(client.wait(.seconds(5)).isEmpty)
    }

    @Test("random bytes never stop it", arguments: [1, 2, 3] as [UInt64])
    func hostileBytes(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var client = ScriptedClient()
        client.associate()
        for _ in 0..<2000 {
            var bytes = IntelliVueFrame.encode(extendedPoll(seconds: 1).message(invokeID: 3))
            for _ in 0..<3 { bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
            _ = client.monitor.receive(bytes, at: client.now)
            _ = client.say((0..<Int.random(in: 1...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
        client.associate()
        #expect(!client.say(IntelliVueAssociation.request()).isEmpty, "seed \(seed)")
    }
}
