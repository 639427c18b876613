import ControlProtocol
import Hummingbird
import LinuxIO
import Logging
import NIOCore
import VitalsModel

#if canImport(Glibc)
    import Glibc
#endif

/// A request with its connection, since who acts is the kernel's word on the connection (SO_PEERCRED).
struct ControlRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// The person at the other end.
    ///
    /// - Throws: `ErrorBody` `not_permitted` when the kernel does not tell who it is.
    func actor() async throws -> Actor {
        guard let provider = channel as? any SocketOptionProvider else {
            throw ErrorBody(code: "not_permitted", error: "this connection does not tell who you are", expected: "the Unix socket")
        }
        let credentials: (pid: Int32, uid: UInt32, gid: UInt32) = try await provider.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED)
        ).get()
        return Actor(name: PeerCredentials.userName(credentials.uid), uid: credentials.uid)
    }
}

/// Turns every error into a body that says what happened and what was expected.
struct RefusalMiddleware: RouterMiddleware {
    typealias Context = ControlRequestContext

    let logger: Logger

    func handle(
        _ request: Request, context: ControlRequestContext, next: (Request, ControlRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let refusal as ErrorBody {
            return try response(refusal, status: Self.status(of: refusal.code))
        } catch let error as HTTPError where error.status == .notFound {
            let routes = ControlRoute.allCases.map(\.rawValue).joined(separator: ", ")
            let body = ErrorBody(code: "unknown_route", error: "no route \(request.method.rawValue) \(request.uri.path)", expected: routes)
            return try response(body, status: .notFound)
        } catch let error as any HTTPResponseError {
            let body = ErrorBody(code: "wrong_request", error: "\(error)", expected: "a body of at most 64 KiB")
            return try response(body, status: error.status)
        } catch {
            logger.error("\(request.method.rawValue) \(request.uri.path) failed: \(error)")
            let body = ErrorBody(code: "store_unavailable", error: "\(error)", expected: "vigil doctor checks the installation")
            return try response(body, status: .serviceUnavailable)
        }
    }

    private static func status(of code: String) -> HTTPResponse.Status {
        switch code {
        case "unknown_session", "unknown_room": .notFound
        case "wrong_json", "wrong_query", "unknown_plan": .badRequest
        case "room_busy": .conflict
        case "refused": .unprocessableContent
        case "not_permitted": .forbidden
        default: .internalServerError
        }
    }

    private func response(_ body: ErrorBody, status: HTTPResponse.Status) throws -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try ControlJSON.encode(body))))
    }
}
