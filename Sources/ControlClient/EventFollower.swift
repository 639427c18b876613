import AsyncHTTPClient
import ControlProtocol
import NIOCore
import NIOHTTP1
import VitalsModel

/// The daemon's event stream as one endless sequence: it reconnects by itself, resumes where it stood, misses nothing and
/// tells nothing twice, and says when it hears nothing.
///
/// It works only while its consumer asks for the next item, and keeps no more than one burst: a console that stands still
/// costs no memory, is cut off after `ControlTiming.silence`, and resumes without a gap.
///
/// The sequence ends only by cancellation of its task. It throws when the first connection fails (unless it was told to wait),
/// and whenever the daemon refuses the request as such.
public struct EventFollower: AsyncSequence, Sendable {
    /// What is told.
    public typealias Element = FollowerItem

    let transport: SocketTransport
    let timing: ControlTiming
    let token: ResumeToken?
    let room: RoomID?
    let includesReadings: Bool
    let waitsForDaemon: Bool

    /// Creates a reader; it connects with its first `next()`.
    public func makeAsyncIterator() -> Iterator { Iterator(self) }

    /// One reader of the stream.
    public struct Iterator: AsyncIteratorProtocol {
        private let follower: EventFollower
        private var memory: FollowerMemory
        private var parser = ServerSentEventParser()
        private var body: HTTPClientResponse.Body.AsyncIterator?
        private var waiting: [FollowerItem] = []
        private var taken = 0
        private var pause: ReconnectPause
        private var hasEverConnected = false
        private var isLost = false
        private var lastHeard = ContinuousClock.now

        init(_ follower: EventFollower) {
            self.follower = follower
            memory = FollowerMemory(token: follower.token)
            pause = ReconnectPause(timing: follower.timing)
        }

        /// The next item, or nil once the task is cancelled.
        ///
        /// - Throws: `ControlClientError`; see `EventFollower`.
        public mutating func next() async throws -> FollowerItem? {
            while true {
                if Task.isCancelled { return nil }
                if let item = takeWaiting() { return item }
                if body == nil { try await connect() } else { try await listen() }
            }
        }

        private mutating func takeWaiting() -> FollowerItem? {
            guard taken < waiting.count else { return nil }
            defer {
                taken += 1
                if taken == waiting.count {
                    waiting.removeAll(keepingCapacity: true)
                    taken = 0
                }
            }
            return waiting[taken]
        }

        private mutating func connect() async throws {
            if isLost {
                guard await pause.wait() else { return }
            }
            do {
                let response = try await follower.transport.send(
                    ControlRoute.events.method, follower.target(after: memory.token), deadline: .now() + TimeAmount(follower.timing.silence)
                )
                guard response.status == .ok else {
                    throw try await follower.transport.refusal(response, request: ControlRoute.events.rawValue)
                }
                parser = ServerSentEventParser()
                body = response.body.makeAsyncIterator()
            } catch let error as ControlClientError {
                if error.category != .unavailable || !(hasEverConnected || follower.waitsForDaemon) { throw error }
                lose(error.reason)
            } catch is CancellationError {
                return
            }
        }

        private mutating func listen() async throws {
            do {
                if let bytes = try await body?.next() {
                    receive(parser.receive(bytes.readableBytesView))
                } else if !Task.isCancelled {
                    lose("the daemon ended the stream")
                }
            } catch {
                guard let error = follower.transport.explained(error) as? ControlClientError else { return }
                lose(error.reason)
            }
        }

        private mutating func receive(_ events: [ServerSentEvent]) {
            guard !events.isEmpty else { return }
            let silence = ContinuousClock.now - lastHeard
            lastHeard = .now
            hasEverConnected = true
            if isLost {
                isLost = false
                pause.reset()
                waiting.append(.back(after: silence))
            }
            for event in events { waiting += memory.receive(event) }
        }

        private mutating func lose(_ reason: String) {
            body = nil
            guard !isLost else { return }
            isLost = true
            waiting.append(.lost(FollowerLoss(silence: ContinuousClock.now - lastHeard, reason: reason)))
        }
    }

    private func target(after token: ResumeToken?) -> String {
        var items: [(name: String, value: String)] = []
        if let token { items.append(("after", token.description)) }
        if let room { items.append(("room", room.rawValue)) }
        if includesReadings { items.append(("readings", "true")) }
        return ControlRoute.events.path + PercentEncoding.query(items)
    }
}

extension ControlClientError {
    /// The reason alone, without the advice.
    var reason: String {
        switch self {
        case .unreachable(_, let why), .unintelligible(_, let why): why
        case .notPermitted: "this user may not connect"
        case .refused(let body, _): body.description
        }
    }
}
