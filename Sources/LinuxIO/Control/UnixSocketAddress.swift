import Glibc

/// The address of a Unix socket: a path, or a name without a file.
struct UnixSocketAddress {
    /// The longest path: `sun_path` has 108 bytes, and one ends it (unix(7)).
    static let maximumPathBytes = 107

    private var address = sockaddr_un()
    private let length: socklen_t

    /// Makes the address of a path, or, where `path` begins with `@`, of the abstract name after it. Nil where it is empty
    /// or too long.
    init?(path: String) {
        let bytes = Array(path.utf8)
        guard !bytes.isEmpty, bytes.count <= UnixSocketAddress.maximumPathBytes, !bytes.contains(0) else { return nil }
        let isAbstract = bytes[0] == UInt8(ascii: "@")
        let header = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        // An abstract name begins with a zero byte and has no end mark; its length tells where it ends.
        length = socklen_t(header + bytes.count + (isAbstract ? 0 : 1))
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { target in
            target.copyBytes(from: bytes)
            if isAbstract { target[0] = 0 }
        }
    }

    /// Calls with the address in the form that `bind`, `connect` and `sendto` take.
    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}
