import AsyncHTTPClient
import ControlProtocol
import NIOCore
import NIOHTTP1

/// HTTP over one Unix socket: requests out, answers or `ControlClientError` back.
struct SocketTransport: Sendable {
    /// The longest answer that is taken, in bytes: far above a whole session's timeline.
    static let longestAnswer = 256 * 1024 * 1024

    /// The path of the socket.
    let socket: String
    private let http: HTTPClient
    private let authority: String

    /// Creates a transport; `read` is the longest time between two parts of an answer.
    init(socket: String, connect: Duration, read: Duration) {
        var configuration = HTTPClient.Configuration()
        configuration.timeout = .init(connect: TimeAmount(connect), read: TimeAmount(read))
        configuration.redirectConfiguration = .disallow
        // A daemon that is not there is to be told at once; who wants to wait for it tries again.
        configuration.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
        self.socket = socket
        authority = "http+unix://\(PercentEncoding.encoded(socket))"
    }

    /// Closes every connection. To be called once, after the last request.
    func shutdown() async throws { try await http.shutdown() }

    /// Sends a request and returns the answer as soon as its head is there, whatever its status.
    ///
    /// - Throws: `ControlClientError.unreachable` or `.notPermitted`; `CancellationError`.
    func send(_ method: String, _ target: String, body: [UInt8]? = nil, deadline: NIODeadline) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: authority + target)
        request.method = .init(rawValue: method)
        // One connection a request: a connection kept from before a restart of the daemon would fail the next action.
        request.headers.add(name: "connection", value: "close")
        request.headers.add(name: "accept", value: "application/json, text/event-stream")
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(body)
        }
        do {
            return try await http.execute(request, deadline: deadline)
        } catch {
            throw explained(error)
        }
    }

    /// The whole body of an answer.
    func body(of response: HTTPClientResponse, limit: Int = SocketTransport.longestAnswer) async throws -> ByteBuffer {
        do {
            return try await response.body.collect(upTo: limit)
        } catch let error as NIOTooManyBytesError {
            throw ControlClientError.unintelligible(request: socket, why: "it is longer than \(error.maxBytes ?? limit) bytes")
        } catch {
            throw explained(error)
        }
    }

    /// A refusal from its answer; one without our JSON is put into words by its status.
    func refusal(_ response: HTTPClientResponse, request: String) async throws -> ControlClientError {
        let status = Int(response.status.code)
        let bytes = try await body(of: response, limit: 1024 * 1024)
        do {
            return .refused(try ControlJSON.decode(ErrorBody.self, from: bytes.readableBytesView), status: status)
        } catch {
            let why = "HTTP status \(status), and \(ControlJSON.explanation(of: error))"
            return .unintelligible(request: request, why: why)
        }
    }

    /// The error of the network layers in our words.
    func explained(_ error: any Error) -> any Error {
        switch error {
        case is CancellationError, is ControlClientError: error
        case let error as HTTPClientError: explained(error)
        // The head or the body of an answer was cut off.
        case HTTPParserError.invalidEOFState: unreachable("it closed the connection")
        case let error as IOError: explained(errno: error.errnoCode, error.description)
        default: unreachable("\(error)")
        }
    }

    private func explained(_ error: HTTPClientError) -> any Error {
        switch error {
        case .cancelled: CancellationError()
        case .connectTimeout: unreachable("it does not accept connections")
        case .readTimeout, .deadlineExceeded: unreachable("it does not answer")
        case .remoteConnectionClosed: unreachable("it closed the connection")
        default: unreachable("\(error)")
        }
    }

    // The numbers of errno(3) on Linux; this target does without the C library.
    private func explained(errno: Int32, _ text: String) -> ControlClientError {
        switch errno {
        case 2: unreachable("there is no such socket")
        case 13: .notPermitted(socket: socket)
        case 32, 104: unreachable("it closed the connection")
        case 111: unreachable("nobody listens there any more")
        default: unreachable(text)
        }
    }

    private func unreachable(_ why: String) -> ControlClientError { .unreachable(socket: socket, why: why) }
}
