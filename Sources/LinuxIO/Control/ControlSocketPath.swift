import Glibc

/// The file of the control socket, before and after the server binds it.
public enum ControlSocketPath {
    private static let operation = "serve the control socket"

    /// Makes the path free for a new socket: removes one that nobody serves any more, and nothing else.
    ///
    /// Two daemons that start in the same instant both find the path free; the lock of the store keeps one of them out.
    /// - Throws: `SystemError`: `EADDRINUSE` where another daemon answers, `EEXIST` where the file is no stream socket,
    ///   `ENAMETOOLONG` beyond 107 bytes, `ENOENT` where the directory is missing.
    public static func prepare(_ path: String) throws(SystemError) {
        let address = try address(of: path)
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno != ENOENT { throw failure(path, errno) }
            return try checkDirectory(of: path)
        }
        guard status.st_mode & S_IFMT == S_IFSOCK else { throw otherFile(path) }
        switch try answer(at: address, path: path) {
        case 0, EAGAIN: throw otherDaemon(path)
        case ECONNREFUSED: try remove(path)
        case EPROTOTYPE: throw otherFile(path)
        case let code: throw failure(path, code)
        }
    }

    /// Sets who may connect: whoever may write to the socket's file, such as 0o660 for owner and group.
    /// - Throws: `SystemError`.
    public static func setMode(_ path: String, _ mode: UInt32) throws(SystemError) {
        guard chmod(path, mode_t(mode)) == 0 else {
            throw SystemError(
                "set the mode of the control socket", path: path, code: errno, remedy: "check that the daemon owns the socket's directory")
        }
    }

    private static func address(of path: String) throws(SystemError) -> UnixSocketAddress {
        guard path.hasPrefix("/") else {
            throw SystemError(
                operation, path: path, code: EINVAL, cause: "the path is not absolute",
                remedy: "give the whole path, such as /run/vigil/vigil.sock")
        }
        guard let address = UnixSocketAddress(path: path) else {
            let cause = "the path has \(path.utf8.count) bytes, and a socket's has at most \(UnixSocketAddress.maximumPathBytes)"
            throw SystemError(operation, path: path, code: ENAMETOOLONG, cause: cause, remedy: "choose a shorter path")
        }
        return address
    }

    /// Tries to connect, without waiting; answers 0 where somebody serves the socket, else the `errno` value.
    private static func answer(at address: UnixSocketAddress, path: String) throws(SystemError) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let client = socket(AF_UNIX, type, 0)
        guard client >= 0 else { throw failure(path, errno) }
        defer { _ = close(client) }
        return address.withPointer { connect(client, $0, $1) == 0 ? 0 : errno }
    }

    private static func remove(_ path: String) throws(SystemError) {
        // ENOENT: somebody else has removed it, which is as good.
        guard unlink(path) == 0 || errno == ENOENT else { throw failure(path, errno) }
    }

    private static func checkDirectory(of path: String) throws(SystemError) {
        let end = path.lastIndex(of: "/") ?? path.startIndex
        let directory = end == path.startIndex ? "/" : String(path[..<end])
        var status = stat()
        guard stat(directory, &status) == 0 else {
            throw SystemError(
                operation, path: path, code: errno, cause: "its directory \(directory) cannot be used: \(SystemError.words(for: errno))",
                remedy: "create \(directory) (under systemd: RuntimeDirectory=vigil)")
        }
    }

    private static func otherDaemon(_ path: String) -> SystemError {
        SystemError(
            operation, path: path, code: EADDRINUSE, cause: "another vigild serves this socket",
            remedy: "stop it (systemctl stop vigild), or give this one a socket of its own")
    }

    private static func otherFile(_ path: String) -> SystemError {
        SystemError(
            operation, path: path, code: EEXIST, cause: "there is a file of another kind, which is left alone",
            remedy: "move it away, or configure another socket path")
    }

    private static func failure(_ path: String, _ code: Int32) -> SystemError {
        SystemError(operation, path: path, code: code, remedy: "check the owner and the mode of the socket and of its directory")
    }
}
