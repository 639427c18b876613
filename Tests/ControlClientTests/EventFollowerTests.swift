import ControlClient
import ControlProtocol
import Hummingbird
import NIOCore
import NIOPosix
import Locking
import MonitorTesting
import Testing
import VitalsModel

// One after the other: they measure silence, and one of them keeps a processor busy for seconds.
@Suite(.serialized) struct EventFollowerTests {
    @Test func tellsStateThenEntriesThenLife() async throws {
        let daemon = ScriptedDaemon { _, _, stream in
            try await stream.send(.state, Sample.state(0))
            try await stream.send(.entry, Sample.entry(1), id: "e1-1")
            try await stream.send(.current, [String: String]())
            try await stream.send(.heartbeat, Sample.heartbeat)
            try await pause(.seconds(300))
        }
        try await daemon.serving {
            let items = try await daemon.follow { $0.count == 4 }
            #expect(items == [.state(Sample.state(0)), .entry(Sample.entry(1)), .current, .heartbeat(Sample.heartbeat)])
        }
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max), 42])
    func missesNothingAndRepeatsNothingOverRandomCuts(seed: UInt64) async throws {
        print("seed \(seed)")
        let last: Int64 = 300
        let daemon = ScriptedDaemon { connection, after, stream in
            var random = SeededRandom(seed: seed &+ UInt64(connection))
            // A daemon that is already further than the follower; it sends what it has, some of it twice or without a number
            // first, and is cut in the middle of a line.
            var wire = ServerSentEvent(name: "state", data: try ControlJSON.text(Sample.state(after?.number ?? 0))).wireText
            let first = (after?.number ?? 0) + 1
            for number in first...max(first, last) where number <= last {
                if random.next() % 4 == 0 {
                    wire += ServerSentEvent(name: "unrecorded", data: try ControlJSON.text(Sample.entry(number, numbered: false))).wireText
                }
                let entry = ServerSentEvent(id: "e1-\(number)", name: "entry", data: try ControlJSON.text(Sample.entry(number)))
                for _ in 0...(random.next() % 5 == 0 ? 1 : 0) { wire += entry.wireText }
            }
            let whole = Array(wire.utf8)
            let cut = connection > 40 ? whole.count : Int(random.next() % 20_000)
            var sent = 0
            while sent < min(cut, whole.count) {
                let size = min(Int(random.next() % 700) + 1, min(cut, whole.count) - sent)
                try await stream.write(ByteBuffer(bytes: whole[sent..<sent + size]))
                sent += size
            }
            if sent < whole.count { throw ScriptedDaemon.Cut() }
            try await pause(.seconds(300))
        }
        try await daemon.serving {
            let items = try await daemon.follow { items in items.contains { $0.event?.rawValue == "n\(last)" } }
            let told = items.compactMap(\.event?.rawValue)
            let firstWrong = zip(told, (1...last).map { "n\($0)" }).first { $0 != $1 }
            #expect(firstWrong == nil)
            #expect(told.count == Int(last))
            #expect(daemon.requests.count > 3, "the script was to cut the stream")
            let losses = items.count { if case .lost = $0 { true } else { false } }
            let returns = items.count { if case .back = $0 { true } else { false } }
            #expect(losses == returns)
        }
    }

    @Test func tellsEntriesThatTheFirstStateHoldsAlready() async throws {
        let daemon = ScriptedDaemon { _, _, stream in
            try await stream.send(.state, Sample.state(5))
            for number: Int64 in 4...6 { try await stream.send(.entry, Sample.entry(number), id: "e1-\(number)") }
            try await pause(.seconds(300))
        }
        try await daemon.serving {
            let items = try await daemon.follow { $0.last?.number == 6 }
            #expect(items.compactMap(\.number) == [4, 5, 6])
        }
    }

    @Test func resumesAfterTheStateWhenNoEntryCameBefore() async throws {
        let daemon = ScriptedDaemon { connection, after, stream in
            try await stream.send(.state, Sample.state(connection == 0 ? 7 : 8))
            if connection == 0 { throw ScriptedDaemon.Cut() }
            #expect(after == ResumeToken(epoch: "e1", number: 7))
            try await stream.send(.entry, Sample.entry(8), id: "e1-8")
            try await pause(.seconds(300))
        }
        try await daemon.serving {
            let items = try await daemon.follow { $0.last?.number == 8 }
            #expect(items.compactMap(\.number) == [8])
        }
        #expect(daemon.requests == ["GET /v1/events", "GET /v1/events?after=e1-7"])
    }

    @Test func saysThatASilentDaemonIsLostAndThatItIsBack() async throws {
        let daemon = ScriptedDaemon { connection, _, stream in
            try await stream.send(.state, Sample.state(0))
            if connection == 0 { try await pause(.seconds(300)) }
            try await stream.send(.entry, Sample.entry(1), id: "e1-1")
            try await pause(.seconds(300))
        }
        try await daemon.serving {
            let start = ContinuousClock.now
            let items = try await daemon.follow(silence: .milliseconds(400)) { $0.last?.number == 1 }
            #expect(ContinuousClock.now - start < .seconds(240))
            try #require(items.count == 5)
            guard case .lost(let loss) = items[1], case .back(let silence) = items[2] else {
                Issue.record("the loss and its end are to be told: \(items)")
                return
            }
            #expect(loss.silence >= .milliseconds(350))
            #expect(loss.reason == "it does not answer")
            #expect(silence >= loss.silence)
        }
    }

    @Test func dropsAnOldEntryThatItHasForgotten() async throws {
        let last: Int64 = 10_050
        let daemon = ScriptedDaemon { _, _, stream in
            try await stream.send(.state, Sample.state(0))
            for number in 1...last { try await stream.send(.entry, Sample.entry(number), id: "e1-\(number)") }
            try await stream.send(.entry, Sample.entry(1), id: "e1-1")
            try await stream.send(.entry, Sample.entry(last + 1), id: "e1-\(last + 1)")
            try await pause(.seconds(300))
        }
        try await daemon.serving {
            let items = try await daemon.follow { $0.last?.number == last + 1 }
            #expect(items.count == Int(last) + 2)
        }
    }

    @Test func heartbeatsKeepAQuietStreamAlive() async throws {
        let daemon = ScriptedDaemon { _, _, stream in
            try await stream.send(.state, Sample.state(0))
            // Longer in all than the silence that is borne, each pause far shorter, also on a busy machine.
            for _ in 0..<60 {
                try await pause(.milliseconds(200))
                try await stream.send(.heartbeat, Sample.heartbeat)
            }
            try await stream.send(.entry, Sample.entry(1), id: "e1-1")
            try await pause(.seconds(300))
        }
        try await daemon.serving {
            let items = try await daemon.follow(silence: .seconds(10)) { $0.last?.number == 1 }
            #expect(items.count == 62)
        }
        #expect(daemon.requests.count == 1)
    }

    @Test func tellsOfAnotherStore() async throws {
        let daemon = ScriptedDaemon { connection, _, stream in
            let epoch: StoreEpoch = connection == 0 ? "e1" : "e2"
            try await stream.send(.state, Sample.state(connection == 0 ? 9 : 3, epoch: epoch))
            if connection == 0 { throw ScriptedDaemon.Cut() }
            try await stream.send(.entry, Sample.entry(4, epoch: epoch), id: "e2-4")
            try await pause(.seconds(300))
        }
        try await daemon.serving {
            let items = try await daemon.follow { $0.last?.number == 4 }
            #expect(items.contains(.epochChanged(from: ResumeToken(epoch: "e1", number: 9), to: ResumeToken(epoch: "e2", number: 3))))
        }
    }

    @Test func passesByWhatItCannotReadAndSaysSo() async throws {
        let daemon = ScriptedDaemon { _, _, stream in
            try await stream.send(.state, Sample.state(0))
            try await stream.write(ByteBuffer(string: "id: e1-1\nevent: entry\ndata: {\"kind\":\"invented\"}\n\n"))
            try await stream.write(ByteBuffer(string: "event: later_version\ndata: {}\n\n"))
            try await stream.send(.entry, Sample.entry(2), id: "e1-2")
            try await pause(.seconds(300))
        }
        try await daemon.serving {
            let items = try await daemon.follow { $0.last?.number == 2 }
            #expect(items.count == 3)
            guard case .unreadable(event: "entry", _) = items[1] else {
                Issue.record("an unreadable entry is to be told: \(items)")
                return
            }
        }
    }

    @Test func throwsAtTheStartWhenNobodyIsThere() async throws {
        let client = ControlClient(socket: "/tmp/vigil-test-nobody.sock")
        await #expect(throws: ControlClientError.unreachable(socket: "/tmp/vigil-test-nobody.sock", why: "there is no such socket")) {
            for try await _ in client.follow() {}
        }
        try await client.shutdown()
    }

    @Test func waitsForADaemonThatComesLater() async throws {
        let daemon = ScriptedDaemon { _, _, stream in
            try await stream.send(.state, Sample.state(0))
            try await pause(.seconds(300))
        }
        let client = ControlClient(socket: daemon.socket, timing: .test(silence: .seconds(20)))
        let lost = Mutex(false)
        let following = Task {
            for try await item in client.follow(waitsForDaemon: true) {
                if case .lost = item { lost.withLock { $0 = true } }
                if case .state = item { return true }
            }
            return false
        }
        try await until("the loss is told") { lost.withLock { $0 } }
        try await daemon.serving {
            let cameBack = try await following.value
            #expect(cameBack)
        }
        try await client.shutdown()
    }

    @Test func endsWhenItsTaskIsCancelled() async throws {
        let daemon = ScriptedDaemon { _, _, stream in
            try await stream.send(.state, Sample.state(0))
            try await pause(.seconds(300))
        }
        try await daemon.serving {
            let client = ControlClient(socket: daemon.socket, timing: .test(silence: .seconds(30)))
            let hasState = Mutex(false)
            let following = Task {
                var count = 0
                for try await _ in client.follow() {
                    count += 1
                    hasState.withLock { $0 = true }
                }
                return count
            }
            try await until("the state is told") { hasState.withLock { $0 } }
            let start = ContinuousClock.now
            following.cancel()
            let count = try await following.value
            #expect(count == 1)
            #expect(ContinuousClock.now - start < .seconds(25))
            try await client.shutdown()
        }
    }
}

extension ScriptedDaemon {
    /// Follows until `isEnough`, and returns what was told; fails after 60 s.
    func follow(silence: Duration = .seconds(20), until isEnough: @Sendable @escaping ([FollowerItem]) -> Bool) async throws
        -> [FollowerItem]
    {
        let client = ControlClient(socket: socket, timing: .test(silence: silence))
        let following = Task {
            var items: [FollowerItem] = []
            for try await item in client.follow() {
                items.append(item)
                if isEnough(items) { break }
            }
            return items
        }
        let deadline = MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: .seconds(240)) { following.cancel() }
        let items = try await following.value
        deadline.cancel()
        try await client.shutdown()
        #expect(isEnough(items), "not told within 240 s: \(items.count) items")
        return items
    }
}

extension ControlTiming {
    /// Waits that are short enough for a test and long enough for a busy machine.
    static func test(silence: Duration) -> ControlTiming {
        ControlTiming(
            connect: .seconds(20), answer: .seconds(20), silence: silence, firstPause: .milliseconds(1), longestPause: .milliseconds(20))
    }
}

extension FollowerItem {
    /// The number of a numbered entry.
    var number: Int64? {
        if case .entry(let line) = self { line.entry.number } else { nil }
    }

    /// The event's id, numbered or not.
    var event: EventID? {
        switch self {
        case .entry(let line), .unrecorded(let line): line.entry.draft.event
        default: nil
        }
    }
}
