import Glibc

/// A plain client of a Unix stream socket: the follower that latencies are measured at. Blocking, no library in between.
final class UnixStream {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var chunk = [UInt8](repeating: 0, count: 65_536)

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Connects, and waits up to `seconds` until somebody listens.
    static func connect(_ path: String, within seconds: Int64, while isAlive: () -> Bool) throws(BenchmarkFailure) -> UnixStream {
        let deadline = Stopwatch.now + seconds * 1_000_000_000
        while true {
            if let descriptor = attempt(path) { return UnixStream(descriptor: descriptor) }
            let failure = BenchmarkFailure.system("connect to", path)
            guard Stopwatch.now < deadline, isAlive() else { throw failure }
            Stopwatch.pause(milliseconds: 10)
        }
    }

    private static func attempt(_ path: String) -> Int32? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        let result = withUnixAddress(path) { Glibc.connect(descriptor, $0, $1) }
        if result == 0 { return descriptor }
        let code = errno
        close(descriptor)
        errno = code
        return nil
    }

    /// Calls `body` with the socket address of a path; -1 with ENAMETOOLONG for one above 107 bytes.
    static func withUnixAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            errno = ENAMETOOLONG
            return -1
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }

    /// Sends a short text, such as the head of a request.
    func send(_ text: String) throws(BenchmarkFailure) {
        let bytes = Array(text.utf8)
        let sent = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard sent == bytes.count else { throw .system("write to", "the socket") }
    }

    /// Takes what has come for `milliseconds`, and forgets it.
    func forget(for milliseconds: Int32) throws(BenchmarkFailure) {
        let end = Stopwatch.now + Int64(milliseconds) * 1_000_000
        repeat {
            _ = try receive(for: Int32(max(0, (end - Stopwatch.now) / 1_000_000)))
            buffer.removeAll(keepingCapacity: true)
        } while Stopwatch.now < end
    }

    /// Waits until `marker` has come and answers when that was; nil after `seconds` without it.
    func wait(for marker: [UInt8], seconds: Int64 = 5) throws(BenchmarkFailure) -> Int64? {
        let deadline = Stopwatch.now + seconds * 1_000_000_000
        while !contains(marker) {
            guard Stopwatch.now < deadline else { return nil }
            _ = try receive(for: 1000)
        }
        return Stopwatch.now
    }

    /// Whether `marker` is among what has come since it was last forgotten.
    func contains(_ marker: [UInt8]) -> Bool {
        guard let first = marker.first else { return true }
        return buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            var start = 0
            while start + marker.count <= bytes.count, let hit = memchr(base + start, Int32(first), bytes.count - start) {
                start = base.distance(to: UnsafeRawPointer(hit))
                if start + marker.count <= bytes.count, memcmp(hit, marker, marker.count) == 0 { return true }
                start += 1
            }
            return false
        }
    }

    private func receive(for milliseconds: Int32) throws(BenchmarkFailure) -> Int {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, milliseconds) > 0 else { return 0 }
        let count = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { throw BenchmarkFailure("the peer closed the socket in the middle of a measurement; its log says why") }
        buffer += chunk[..<count]
        return count
    }
}
