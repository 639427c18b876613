import Glibc

/// Tells systemd how the service stands (sd_notify(3)), without libsystemd.
public enum SystemdNotification {
    /// Sends a state such as `READY=1`, `WATCHDOG=1`, `STATUS=...` or `STOPPING=1`; several are parted by line ends.
    /// - Parameter socketPath: by default what systemd put into `NOTIFY_SOCKET`.
    /// - Returns: false where no one asked to be told.
    /// - Throws: `SystemError`.
    @discardableResult
    public static func send(_ state: String, to socketPath: String? = environment("NOTIFY_SOCKET")) throws(SystemError) -> Bool {
        guard let socketPath, !socketPath.isEmpty else { return false }
        guard socketPath.hasPrefix("/") || socketPath.hasPrefix("@"), let address = UnixSocketAddress(path: socketPath) else {
            throw failure(socketPath, EINVAL, cause: "it is no path of a Unix socket")
        }
        let type = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { throw failure(socketPath, errno) }
        defer { _ = close(descriptor) }
        let bytes = Array(state.utf8)
        let sent = uninterrupted {
            address.withPointer { sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, $1) }
        }
        guard sent == bytes.count else { throw failure(socketPath, errno) }
        return true
    }

    /// How often at least systemd wants `WATCHDOG=1`; nil where it does not watch this process. Send at half of it.
    public static func watchdogInterval() -> Duration? {
        watchdogInterval(microseconds: environment("WATCHDOG_USEC"), process: environment("WATCHDOG_PID"), own: getpid())
    }

    static func watchdogInterval(microseconds: String?, process: String?, own: Int32) -> Duration? {
        guard let microseconds = microseconds.flatMap(Int64.init), microseconds > 0 else { return nil }
        if let process, Int32(process) != own { return nil }
        return .microseconds(microseconds)
    }

    /// A variable of this process' environment.
    public static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    private static func failure(_ path: String, _ code: Int32, cause: String? = nil) -> SystemError {
        SystemError(
            "notify systemd through", path: path, code: code, cause: cause, remedy: "check NOTIFY_SOCKET and the unit's NotifyAccess=")
    }
}
