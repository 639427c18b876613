import ControlProtocol
import Foundation
import Glibc
import LinuxIO
import MonitorTesting

/// A connection to the control socket without any library between: for requests that no proper client sends, and for a
/// consumer that does not read.
final class RawConnection {
    private let descriptor: Int32
    private var body = ChunkedBody()
    private var parser = ServerSentEventParser()
    /// The events of a stream so far.
    private(set) var events: [ServerSentEvent] = []

    /// Connects.
    init(socket path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        let code = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0 else { throw SystemError("connect", path: path, code: errno, remedy: "start vigild first") }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    deinit { close(descriptor) }

    /// Sends bytes as they are.
    func send(_ text: String) async throws {
        var rest = Array(text.utf8)[...]
        try await until("the request is sent") {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            // A daemon that has answered already may have closed its side: the answer is what matters.
            if count < 0, errno == EPIPE || errno == ECONNRESET { return true }
            if count > 0 { rest = rest.dropFirst(count) }
            return rest.isEmpty
        }
    }

    /// Reads what has come; nil at the end of the stream.
    func receive() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(descriptor, &buffer, buffer.count)
        if count > 0 { return Array(buffer.prefix(count)) }
        return count == 0 || errno == ECONNRESET ? nil : []
    }

    /// Takes what has come of an event stream.
    func receiveEvents() throws {
        while let bytes = receive() {
            guard !bytes.isEmpty else { return }
            events += parser.receive(body.receive(bytes))
        }
        throw DeadlineMissed(description: "the daemon ended the stream")
    }

    /// Sends one request and reads its whole answer.
    static func ask(_ socket: String, _ request: String) async throws -> (status: Int, body: String) {
        let connection = try RawConnection(socket: socket)
        try await connection.send(request)
        var answer: [UInt8] = []
        let text = try await eventually("an answer to \(request.prefix(60))") { () -> String? in
            guard let bytes = connection.receive() else { return String(decoding: answer, as: UTF8.self) }
            answer += bytes
            return complete(answer)
        }
        let status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return (status, text.range(of: "\r\n\r\n").map { String(text[$0.upperBound...]) } ?? "")
    }

    /// The answer when its whole body of `content-length` has come.
    private static func complete(_ bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let head = text.range(of: "\r\n\r\n") else { return nil }
        let length = text[..<head.lowerBound].lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
            .flatMap { Int($0.filter(\.isNumber)) }
        guard let length, text[head.upperBound...].utf8.count >= length else { return nil }
        return text
    }
}

/// Takes the framing of HTTP's chunked bodies away (RFC 9112, section 7.1).
struct ChunkedBody {
    private enum Part { case head, size, data(Int), end(Int) }
    private var part = Part.head
    private var line: [UInt8] = []

    init() {}

    mutating func receive(_ bytes: [UInt8]) -> [UInt8] {
        var data: [UInt8] = []
        for byte in bytes {
            switch part {
            case .head, .size: takeLineByte(byte)
            case .data(let left):
                data.append(byte)
                part = left > 1 ? .data(left - 1) : .end(2)
            case .end(let left): part = left > 1 ? .end(left - 1) : .size
            }
        }
        return data
    }

    private mutating func takeLineByte(_ byte: UInt8) {
        guard byte == UInt8(ascii: "\n") else { return line.append(byte) }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        if case .head = part {
            if line.isEmpty { part = .size }
        } else if let size = Int(String(decoding: line, as: UTF8.self), radix: 16), size > 0 {
            part = .data(size)
        }
        line = []
    }
}
