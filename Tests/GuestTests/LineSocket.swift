import Dispatch
import Glibc
import LinuxIO
import Locking
import VitalsModel

/// Something in or around the guest that did not go as it must.
struct GuestFailure: Error, CustomStringConvertible {
    let description: String
}

/// One end of a Unix socket over which lines go back and forth. Its waiting happens on a thread of its own.
final class LineSocket: Sendable {
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "guest-line")
    private let unread = Mutex<[UInt8]>([])

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { _ = close(descriptor) }

    /// Connects to a socket that somebody listens at.
    static func connect(to path: String) throws -> LineSocket {
        let descriptor = try makeSocket()
        guard withAddress(of: path, { Glibc.connect(descriptor, $0, $1) }) == 0 else {
            defer { _ = close(descriptor) }
            throw SystemError("connect to the socket", path: path, code: errno)
        }
        return LineSocket(descriptor: descriptor)
    }

    /// Listens at a path; `accept` gives the first who comes.
    static func listen(at path: String) throws -> Listener { try Listener(path: path) }

    /// Somebody is awaited here.
    final class Listener: Sendable {
        private let descriptor: Int32

        fileprivate init(path: String) throws {
            descriptor = try makeSocket()
            guard withAddress(of: path, { bind(descriptor, $0, $1) }) == 0, Glibc.listen(descriptor, 1) == 0 else {
                let code = errno
                _ = close(descriptor)
                throw SystemError("listen at the socket", path: path, code: code)
            }
        }

        deinit { _ = close(descriptor) }

        /// The one who came, or nil as long as there is none.
        func accept() -> LineSocket? {
            var row = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&row, 1, 0) == 1 else { return nil }
            let client = Glibc.accept(descriptor, nil, nil)
            return client < 0 ? nil : LineSocket(descriptor: client)
        }
    }

    /// Runs a dialogue on the socket's own thread, one at a time.
    func dialogue<Answer: Sendable>(_ body: @escaping @Sendable (LineSocket) throws -> Answer) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body(self) }) }
        }
    }

    /// Writes a line, whole.
    func send(_ line: String) throws {
        var rest = Array(line.utf8)[...]
        rest.append(UInt8(ascii: "\n"))
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw SystemError("write to the guest", code: errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Reads a line, without its end.
    ///
    /// - Throws: `GuestFailure` where none comes in time.
    func receive(by deadline: BootInstant) throws -> String {
        while true {
            if let line = nextLine() { return line }
            var row = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let rest = deadline - BootClock.now().boot
            guard rest > .zero else { throw GuestFailure(description: "no answer in time") }
            guard poll(&row, 1, Int32(clamping: rest.nanoseconds / 1_000_000 + 1)) > 0 else { continue }
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = bytes.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw GuestFailure(description: "the line was closed: the guest has ended") }
            unread.withLock { $0 += bytes.prefix(count) }
        }
    }

    private func nextLine() -> String? {
        unread.withLock { unread in
            guard let end = unread.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            defer { unread.removeSubrange(...end) }
            return String(decoding: unread[..<end], as: UTF8.self)
        }
    }

    private static func makeSocket() throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError("make a socket", code: errno) }
        return descriptor
    }

    private static func withAddress(of path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }
}
