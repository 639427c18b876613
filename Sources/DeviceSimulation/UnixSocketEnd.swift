import Glibc
import LinuxIO
import Locking

/// A line made of a Unix socket, as virtual machines give their serial ports: it listens, and one client at a time is the other side.
final class UnixSocketEnd: LineEnd {
    private struct Descriptors {
        var listening: Int32
        var client: Int32 = -1
    }

    private let path: String
    private let descriptors: Mutex<Descriptors>

    /// Listens at a path; a socket file without a listener is replaced.
    init(path: String) throws(SystemError) {
        try ControlSocketPath.prepare(path)
        self.path = path
        descriptors = Mutex(Descriptors(listening: try UnixSocketEnd.listen(at: path)))
    }

    deinit { hangUp() }

    var pollDescriptors: [Int32] { descriptors.withLock { [$0.client >= 0 ? $0.client : $0.listening] } }
    var unreadByteCount: Int { 0 }

    func write(_ bytes: [UInt8]) -> Int {
        descriptors.withLock { state in
            takeClient(&state)
            guard state.client >= 0 else { return 0 }
            let count = bytes.withUnsafeBytes { send(state.client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno != EAGAIN, errno != EINTR { dropClient(&state) }
            return max(0, count)
        }
    }

    func read(upTo limit: Int) -> [UInt8] {
        descriptors.withLock { state in
            takeClient(&state)
            guard state.client >= 0 else { return [] }
            var bytes = [UInt8](repeating: 0, count: limit)
            let count = bytes.withUnsafeMutableBytes { recv(state.client, $0.baseAddress, $0.count, 0) }
            if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) { dropClient(&state) }
            return Array(bytes.prefix(max(0, count)))
        }
    }

    func hangUp() {
        descriptors.withLock { state in
            dropClient(&state)
            guard state.listening >= 0 else { return }
            _ = close(state.listening)
            state.listening = -1
            // A socket file that stays behind is harmless: nobody answers at it, and `prepare` replaces it.
            _ = unlink(path)
        }
    }

    private func takeClient(_ state: inout Descriptors) {
        guard state.client < 0, state.listening >= 0 else { return }
        state.client = accept(state.listening, nil, nil)
        guard state.client >= 0 else { return }
        _ = fcntl(state.client, F_SETFL, O_NONBLOCK)
        _ = fcntl(state.client, F_SETFD, FD_CLOEXEC)
    }

    private func dropClient(_ state: inout Descriptors) {
        guard state.client >= 0 else { return }
        _ = close(state.client)
        state.client = -1
    }

    private static func listen(at path: String) throws(SystemError) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard descriptor >= 0, bound == 0, Glibc.listen(descriptor, 4) == 0 else {
            let code = errno
            if descriptor >= 0 { _ = close(descriptor) }
            throw SystemError("listen at the socket", path: path, code: code, remedy: "check that its folder exists and can be written")
        }
        return descriptor
    }
}
