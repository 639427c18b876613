import AsyncHTTPClient
import ControlProtocol
import NIOCore
import NIOHTTP1
import VitalsModel

/// The daemon, as the programs that people type see it: one method a route of `ControlRoute`.
///
/// Every method throws `ControlClientError`, or `CancellationError` when its task was cancelled. A client must be shut down
/// after its last request; `connected(to:)` does so by itself.
public final class ControlClient: Sendable {
    /// The path of the daemon's socket.
    public let socket: String
    /// How long the client waits.
    public let timing: ControlTiming
    private let transport: SocketTransport
    private let streaming: SocketTransport

    /// Creates a client of the daemon that serves `socket`. Nothing is connected before the first request.
    public init(socket: String, timing: ControlTiming = .standard) {
        self.socket = socket
        self.timing = timing
        transport = SocketTransport(socket: socket, connect: timing.connect, read: timing.answer)
        // A stream without a byte for `silence` is broken off by the transport itself: that is how a follower hears of it.
        streaming = SocketTransport(socket: socket, connect: timing.connect, read: timing.silence)
    }

    /// Closes every connection. To be called once, after the last request.
    public func shutdown() async throws {
        try await streaming.shutdown()
        try await transport.shutdown()
    }

    /// Runs `body` with a client and shuts it down afterwards, also when `body` throws.
    public static func connected<Result>(
        to socket: String, timing: ControlTiming = .standard, _ body: (ControlClient) async throws -> Result
    ) async throws -> Result {
        let client = ControlClient(socket: socket, timing: timing)
        do {
            let result = try await body(client)
            try await client.shutdown()
            return result
        } catch {
            // The error of the body is the one to tell; a failure to close connections on the way out adds nothing to it.
            try? await client.shutdown()
            throw error
        }
    }

    /// Version and liveness.
    public func health() async throws -> Health { try await answer(.health) }

    /// The whole state.
    public func state() async throws -> ClinicState { try await answer(.state) }

    /// The ports of the machine and the sources.
    public func devices() async throws -> DeviceList { try await answer(.devices) }

    /// Sessions, newest first; only those that hold a room with `onlyOpen`.
    public func sessions(onlyOpen: Bool = false) async throws -> [SessionSummary] {
        let list: SessionList = try await answer(.sessions, query: onlyOpen ? [("open", "true")] : [])
        return list.sessions
    }

    /// Opens a session.
    public func startSession(_ request: StartSession) async throws -> SessionSummary {
        try await answer(.startSession, body: request)
    }

    /// One session with what is open in it.
    public func session(_ session: SessionID) async throws -> SessionDetail { try await answer(.session, session: session) }

    /// Changes the phase, also to `closed` and `aborted`.
    public func changePhase(_ request: ChangePhase, of session: SessionID) async throws -> ActionResult {
        try await answer(.changePhase, session: session, body: request)
    }

    /// Acknowledges one episode, or all below high priority.
    public func acknowledge(_ request: Acknowledge, in session: SessionID) async throws -> ActionResult {
        try await answer(.acknowledge, session: session, body: request)
    }

    /// Silences the bell of one alert for a while.
    public func pauseAudio(_ request: PauseAudio, in session: SessionID) async throws -> ActionResult {
        try await answer(.pauseAudio, session: session, body: request)
    }

    /// Shelves a rule.
    public func shelve(_ request: ShelveRule, in session: SessionID) async throws -> ActionResult {
        try await answer(.shelve, session: session, body: request)
    }

    /// Takes a shelf back.
    public func liftShelf(_ request: LiftShelf, in session: SessionID) async throws -> ActionResult {
        try await answer(.liftShelf, session: session, body: request)
    }

    /// Changes the limits of a rule, or asks a second person for it.
    public func changeLimits(_ request: ChangeLimits, in session: SessionID) async throws -> ActionResult {
        try await answer(.changeLimits, session: session, body: request)
    }

    /// Accepts the baseline, or asks a second person for it.
    public func takeBaseline(_ request: TakeBaseline, in session: SessionID) async throws -> ActionResult {
        try await answer(.takeBaseline, session: session, body: request)
    }

    /// Countersigns a request, or takes it back.
    public func countersign(_ request: Countersign, in session: SessionID) async throws -> ActionResult {
        try await answer(.countersign, session: session, body: request)
    }

    /// Calls an alert that no device can see, or takes it back.
    public func call(_ request: PersonsCallChange, in session: SessionID) async throws -> ActionResult {
        try await answer(.call, session: session, body: request)
    }

    /// Writes down a score.
    public func score(_ request: ScaleScore, in session: SessionID) async throws -> ActionResult {
        try await answer(.score, session: session, body: request)
    }

    /// Starts a cuff of the session's room, or stops it and the automatic measurements.
    public func commandCuff(_ request: CommandCuff, in session: SessionID) async throws -> ActionResult {
        try await answer(.commandCuff, session: session, body: request)
    }

    /// Writes a note.
    public func writeNote(_ request: WriteNote, in session: SessionID) async throws -> ActionResult {
        try await answer(.writeNote, session: session, body: request)
    }

    /// Readings and entries of a session.
    public func timeline(of session: SessionID, _ query: TimelineQuery = TimelineQuery()) async throws -> Timeline {
        try await answer(.timeline, session: session, query: query.items)
    }

    /// The event stream, reconnecting by itself.
    ///
    /// - Parameters:
    ///   - token: Where to resume; nil begins with the present state.
    ///   - room: Only what belongs to this room; nil for all.
    ///   - includesReadings: Whether each reading is wanted too.
    ///   - waitsForDaemon: Whether a daemon that is not there at the start is waited for, and not thrown.
    public func follow(
        after token: ResumeToken? = nil, room: RoomID? = nil, includesReadings: Bool = false, waitsForDaemon: Bool = false
    ) -> EventFollower {
        EventFollower(
            transport: streaming, timing: timing, token: token, room: room, includesReadings: includesReadings,
            waitsForDaemon: waitsForDaemon)
    }

    private func answer<Answer: Decodable>(
        _ route: ControlRoute, session: SessionID? = nil, query: [(name: String, value: String)] = [], body: (any Encodable)? = nil
    ) async throws -> Answer {
        let path = session.map { route.path(session: PercentEncoding.encoded($0.rawValue)) } ?? route.path
        let target = path + PercentEncoding.query(query)
        let name = "\(route.method) \(target)"
        let bytes = try body.map { try ControlJSON.encode($0) }
        let response = try await transport.send(route.method, target, body: bytes, deadline: .now() + TimeAmount(timing.answer))
        guard (200..<300).contains(response.status.code) else { throw try await transport.refusal(response, request: name) }
        let answered = try await transport.body(of: response)
        do {
            return try ControlJSON.decode(Answer.self, from: answered.readableBytesView)
        } catch {
            throw ControlClientError.unintelligible(request: name, why: ControlJSON.explanation(of: error))
        }
    }
}

/// Which part of a timeline is wanted.
public struct TimelineQuery: Sendable, Hashable {
    /// Seconds since the session's start; nil from the beginning.
    public var from: Double?
    /// Seconds since the session's start; nil to the end.
    public var to: Double?
    /// The signals; empty for all.
    public var signals: [Signal]
    /// How many points at most; nil for all.
    public var maximumPoints: Int?

    /// Creates a query; without arguments it asks for everything.
    public init(from: Double? = nil, to: Double? = nil, signals: [Signal] = [], maximumPoints: Int? = nil) {
        self.from = from
        self.to = to
        self.signals = signals
        self.maximumPoints = maximumPoints
    }

    /// The query's parts as the route names them.
    var items: [(name: String, value: String)] {
        var items: [(name: String, value: String)] = []
        if let from { items.append(("from", "\(from)")) }
        if let to { items.append(("to", "\(to)")) }
        if !signals.isEmpty { items.append(("signals", signals.map(\.rawValue).joined(separator: ","))) }
        if let maximumPoints { items.append(("max_points", "\(maximumPoints)")) }
        return items
    }
}
