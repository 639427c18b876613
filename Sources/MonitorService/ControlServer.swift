import ControlProtocol
import HTTPTypes
import Hummingbird
import LinuxIO
import Logging
import NIOCore
import ServiceLifecycle
import VitalsModel

/// HTTP and JSON over the Unix socket. Decides nothing: it reads requests, asks `ControlHandling`, writes answers.
struct ControlServer: Service {
    /// The longest body of a request.
    private static let longestBody = 64 * 1024

    let socket: String
    let handling: any ControlHandling
    let logger: Logger
    /// Told when the socket accepts connections.
    let whenReady: @Sendable () async -> Void

    func run() async throws {
        try ControlSocketPath.prepare(socket)
        let application = Application(
            router: router(), configuration: ApplicationConfiguration(address: .unixDomainSocket(path: socket), serverName: nil),
            onServerRunning: { _ in
                do {
                    // Users of the socket's group may connect; who they are is the kernel's word.
                    try ControlSocketPath.setMode(socket, 0o660)
                } catch {
                    logger.error("the socket keeps the mode it was made with: \(error)")
                }
                await whenReady()
            }, logger: logger)
        try await application.run()
    }

    private func router() -> Router<ControlRequestContext> {
        let router = Router(context: ControlRequestContext.self)
        router.add(middleware: RefusalMiddleware(logger: logger))
        for route in ControlRoute.allCases {
            let path = RouterPath(stringLiteral: route.path)
            router.on(path, method: HTTPRequest.Method(rawValue: route.method) ?? .get) { request, context in
                try await answer(route, request, context)
            }
        }
        return router
    }

    private func answer(_ route: ControlRoute, _ request: Request, _ context: ControlRequestContext) async throws -> Response {
        let query = request.uri.queryParameters
        let session = SessionID(context.parameters.get("session") ?? "")
        switch route {
        case .health: return try json(await handling.health())
        case .state: return try json(await handling.state())
        case .devices: return try json(await handling.devices())
        case .events: return events(try await handling.follower(try EventQuery(query)))
        case .sessions: return try json(await handling.sessions(onlyOpen: query["open"] == "true"))
        case .session: return try json(await handling.session(session))
        case .timeline: return try json(await handling.timeline(session, try TimelineRange(query)))
        case .startSession:
            return try json(
                await handling.start(try await body(StartSession.self, request), by: try await context.actor()), status: .created)
        default: return try await act(route, on: session, request, context)
        }
    }

    /// What people do to an open session: a body in, the entries out.
    private func act(
        _ route: ControlRoute, on session: SessionID, _ request: Request, _ context: ControlRequestContext
    ) async throws -> Response {
        switch route {
        case .changePhase: try await action(request, context) { try await handling.changePhase(session, $0, by: $1) }
        case .acknowledge: try await action(request, context) { try await handling.acknowledge(session, $0, by: $1) }
        case .pauseAudio: try await action(request, context) { try await handling.pauseAudio(session, $0, by: $1) }
        case .shelve: try await action(request, context) { try await handling.shelve(session, $0, by: $1) }
        case .liftShelf: try await action(request, context) { try await handling.liftShelf(session, $0, by: $1) }
        case .changeLimits: try await action(request, context) { try await handling.changeLimits(session, $0, by: $1) }
        case .takeBaseline: try await action(request, context) { try await handling.takeBaseline(session, $0, by: $1) }
        case .countersign: try await action(request, context) { try await handling.countersign(session, $0, by: $1) }
        case .call: try await action(request, context) { try await handling.call(session, $0, by: $1) }
        case .score: try await action(request, context) { try await handling.score(session, $0, by: $1) }
        case .commandCuff: try await action(request, context) { try await handling.commandCuff(session, $0, by: $1) }
        case .writeNote: try await action(request, context) { try await handling.writeNote(session, $0, by: $1) }
        case .health, .state, .devices, .events, .sessions, .session, .timeline, .startSession:
            throw ErrorBody(code: "unknown_route", error: "\(route.rawValue) is no action", expected: "")
        }
    }

    private func action<Body: Decodable>(
        _ request: Request, _ context: ControlRequestContext, _ act: (Body, Actor) async throws -> ActionResult
    ) async throws -> Response {
        try json(await act(try await body(Body.self, request), try await context.actor()))
    }

    private func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try ControlJSON.encode(value))))
    }

    private func body<Body: Decodable>(_ type: Body.Type, _ request: Request) async throws -> Body {
        let buffer = try await request.body.collect(upTo: Self.longestBody)
        do {
            return try ControlJSON.decode(type, from: buffer.readableBytesView)
        } catch {
            throw ErrorBody(
                code: "wrong_json", error: ControlJSON.explanation(of: error),
                expected: "a JSON object as GET /v1/health's openapi.yaml describes it for this route")
        }
    }

    private func events(_ follower: Follower) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                try await follower.run { event in try await writer.write(ByteBuffer(string: event.wireText)) }
                try await writer.finish(nil)
            })
    }
}

/// The parts of the event stream that a request asks for.
struct EventQuery: Sendable {
    var token: ResumeToken?
    var room: RoomID?
    var readings: Bool

    init(_ query: Parameters) throws {
        if let text = query["after"] {
            guard let token = ResumeToken(String(text)) else {
                throw ErrorBody(code: "wrong_query", error: "after=\(text) is not a resume token", expected: "<store epoch>-<number>")
            }
            self.token = token
        }
        room = query["room"].map { RoomID(String($0)) }
        readings = query["readings"] == "true"
    }
}

/// The part of a timeline that a request asks for.
public struct TimelineRange: Sendable {
    /// Seconds since the session's start.
    public var from: Double?
    /// Seconds since the session's start.
    public var to: Double?
    /// Only these signals.
    public var signals: Set<Signal>?
    /// Thinned to so many points a series.
    public var mostPoints: Int?

    /// Creates a range; the default is everything.
    public init(from: Double? = nil, to: Double? = nil, signals: Set<Signal>? = nil, mostPoints: Int? = nil) {
        self.from = from
        self.to = to
        self.signals = signals
        self.mostPoints = mostPoints
    }

    init(_ query: Parameters) throws {
        from = try Self.number(query, "from")
        to = try Self.number(query, "to")
        mostPoints = try Self.number(query, "max_points").map { number in
            guard number >= 2, number <= 10_000_000 else {
                throw ErrorBody(code: "wrong_query", error: "max_points=\(number.shortText)", expected: "a number from 2 to 10000000")
            }
            return Int(number)
        }
        if let text = query["signals"] {
            signals = try Set(
                text.split(separator: ",").map { word in
                    guard let signal = Signal(rawValue: String(word)) else {
                        throw ErrorBody(
                            code: "wrong_query", error: "\"\(word)\" is not a signal",
                            expected: "one of \(Signal.allCases.map(\.rawValue).joined(separator: ", "))")
                    }
                    return signal
                })
        }
    }

    private static func number(_ query: Parameters, _ key: String) throws -> Double? {
        guard let text = query[key[...]] else { return nil }
        guard let number = Double(String(text)), number.isFinite else {
            throw ErrorBody(code: "wrong_query", error: "\(key)=\(text) is not a number", expected: "seconds since the session's start")
        }
        return number
    }
}
