import Glibc

@testable import LinuxIO

/// A Unix socket with a name; its file stays when it is closed, as after a crash.
final class BoundSocket: Sendable {
    let descriptor: Int32

    init?(_ path: String, type: __socket_type) {
        descriptor = socket(AF_UNIX, Int32(type.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let fd = descriptor
        guard fd >= 0, let address = UnixSocketAddress(path: path), address.withPointer({ bind(fd, $0, $1) }) == 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// What came as one datagram; nil where nothing did.
    func receive() -> String? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
