import Glibc
import Locking

/// A program that was started beside the present one, in its process group, so that Ctrl-C ends both. It is killed by its number
/// when it is let go.
public final class ChildProcess: Sendable {
    /// Its number.
    public let pid: pid_t
    /// The file that takes what it writes.
    public let output: String
    private let status = Mutex<Int32?>(nil)

    /// Starts a program, with nothing to read.
    ///
    /// - Parameters:
    ///   - program: its file.
    ///   - arguments: without the program's own name.
    ///   - output: the file that takes both its outputs; what was there is kept.
    /// - Throws: `SystemError` where it cannot be started.
    public init(_ program: String, _ arguments: [String], output: String) throws(SystemError) {
        self.output = output
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        let words = ([program] + arguments).map { strdup($0) }
        defer { for word in words { free(word) } }
        pid = try Self.spawn(program, words + [nil], &actions)
    }

    deinit {
        guard status.withLock({ $0 }) == nil else { return }
        _ = Glibc.kill(pid, SIGKILL)
        _ = waitpid(pid, nil, 0)
    }

    /// The present threads may block signals or ignore them; a program starts with none of that.
    private static func spawn(
        _ program: String, _ words: [UnsafeMutablePointer<CChar>?], _ actions: inout posix_spawn_file_actions_t
    ) throws(SystemError) -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var pid: pid_t = 0
        let code = posix_spawn(&pid, program, &actions, &attributes, words, environ)
        guard code == 0 else { throw SystemError("start", path: program, code: code, remedy: "check that it is built and may be run") }
        return pid
    }

    /// Sends a signal.
    public func send(_ signal: Int32) { _ = Glibc.kill(pid, signal) }

    /// Whether it still runs.
    public var isRunning: Bool { exitCode() == nil }

    /// Its exit code, or 128 and the number of the signal that ended it; nil while it runs.
    public func exitCode() -> Int32? {
        status.withLock { status in
            if status == nil {
                var word: Int32 = 0
                if waitpid(pid, &word, WNOHANG) == pid {
                    status = word & 0x7F == 0 ? (word >> 8) & 0xFF : 128 + (word & 0x7F)
                }
            }
            return status
        }
    }
}
