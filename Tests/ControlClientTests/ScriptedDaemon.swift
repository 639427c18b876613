import ControlProtocol
import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Locking
import Testing
import VitalsModel

/// A real HTTP server on a real Unix socket, whose event stream a test writes by hand.
final class ScriptedDaemon: Sendable {
    /// What one connection of `GET /v1/events` is sent: the script gets the connection's number, from 0, and its `after`.
    typealias Script = @Sendable (_ connection: Int, _ after: ResumeToken?, _ stream: inout any ResponseBodyWriter) async throws -> Void

    /// Thrown by a script to break the connection off in the middle.
    struct Cut: Error {}

    let socket: String
    private let script: Script
    private let answers: @Sendable (_ method: String, _ target: String, _ body: String) -> (HTTPResponse.Status, String)
    private let connections = Mutex(0)
    private let seen = Mutex<[String]>([])

    init(
        script: @escaping Script = { _, _, _ in },
        answers: @escaping @Sendable (_ method: String, _ target: String, _ body: String) -> (HTTPResponse.Status, String) = { _, _, _ in
            (.notFound, #"{"code":"unknown_route","error":"no","expected":"yes"}"#)
        }
    ) {
        // Short, because a socket's path has at most 107 bytes.
        socket = "/tmp/vigil-test-\(UInt32.random(in: 0 ... .max)).sock"
        self.script = script
        self.answers = answers
    }

    /// Requests so far, as `METHOD TARGET`.
    var requests: [String] { seen.withLock { $0 } }

    /// Runs the server around a test.
    func serving(_ body: @Sendable @escaping () async throws -> Void) async throws {
        let (ready, isReady) = AsyncStream<Void>.makeStream()
        let responder = CallbackResponder<BasicRequestContext> { request, _ in
            request.uri.path == "/v1/events" ? self.stream(request) : try await self.answer(request)
        }
        var logger = Logger(label: "scripted-daemon")
        logger.logLevel = .critical
        let application = Application(
            responder: responder, configuration: .init(address: .unixDomainSocket(path: socket)),
            onServerRunning: { _ in isReady.finish() }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            for await _ in ready {}
            defer { group.cancelAll() }
            try await body()
        }
        // The next test has another socket; a file that is left behind harms nothing.
        try? FileManager.default.removeItem(atPath: socket)
    }

    private func stream(_ request: Request) -> Response {
        let number = connections.withLock { count in
            defer { count += 1 }
            return count
        }
        seen.withLock { $0.append("GET \(request.uri.string)") }
        let after = request.uri.queryParameters["after"].flatMap { ResumeToken(String($0)) }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream"],
            body: ResponseBody { [script] writer in
                var stream: any ResponseBodyWriter = writer
                try await script(number, after, &stream)
                try await writer.finish(nil)
            })
    }

    private func answer(_ request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: 1 << 20)
        seen.withLock { $0.append("\(request.method.rawValue) \(request.uri.string)") }
        let (status, text) = answers(request.method.rawValue, request.uri.string, String(buffer: body))
        return Response(status: status, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}

extension ResponseBodyWriter {
    /// Sends one event.
    mutating func send(_ name: StreamEventName, _ data: some Encodable, id: String? = nil) async throws {
        try await write(ByteBuffer(string: ServerSentEvent(id: id, name: name.rawValue, data: try ControlJSON.text(data)).wireText))
    }
}

/// Waits for a time on the network's timer, or to the end of its task; for scripts, which have to let time pass.
func pause(_ duration: Duration) async throws {
    let timer = MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: TimeAmount(duration)) {}
    try await withTaskCancellationHandler {
        try await timer.futureResult.get()
    } onCancel: {
        timer.cancel()
    }
}

/// Hands out samples of what the wire carries.
enum Sample {
    static let epoch = StoreEpoch("e1")

    static func entry(_ number: Int64, epoch: StoreEpoch = epoch, numbered: Bool = true) -> EventLine {
        let at = Moment(boot: BootInstant(nanoseconds: number), wall: WallInstant(nanoseconds: number * 1000))
        let draft = EntryDraft(
            event: EventID("n\(number)"), session: "s1", room: "room-1", at: at, actor: .engine,
            content: .note(Note(text: "note \(number)")))
        return EventLine(Entry(number: numbered ? number : nil, epoch: epoch, draft: draft))
    }

    static func state(_ number: Int64, epoch: StoreEpoch = epoch) -> ClinicState {
        ClinicState(
            version: "0", at: "2026-11-22T10:44:30.000000Z", bootNanoseconds: 0, token: "\(epoch)-\(number)", storeIsLate: false, speed: 1,
            rooms: [])
    }

    static let heartbeat = Heartbeat(at: "2026-11-22T10:44:30.000000Z", storeIsLate: false, openSessions: 1)

    /// An answer with a value, or a refusal where the request was not as expected.
    static func answer(_ value: some Encodable, if isExpected: Bool = true) -> (HTTPResponse.Status, String) {
        guard isExpected, let text = try? ControlJSON.text(value) else { return refusal }
        return (.ok, text)
    }

    /// A refusal as the daemon words it.
    static let refusal = (HTTPResponse.Status.notFound, #"{"code":"unknown_route","error":"no","expected":"yes"}"#)
}
