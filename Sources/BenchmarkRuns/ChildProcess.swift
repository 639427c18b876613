import Glibc

/// A program that runs beside the benchmark, in its process group, so that Ctrl-C ends both.
struct ChildProcess: ~Copyable {
    private let process: pid_t

    /// Starts a program; what it prints goes to `log`.
    init(_ program: String, _ arguments: [String], log: String) throws(BenchmarkFailure) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var started: pid_t = 0
        let code = posix_spawn(&started, program, &actions, nil, &words, environ)
        guard code == 0 else {
            errno = code
            throw .system("start", program)
        }
        process = started
    }

    /// Ends the program in order; one that does not end within 5 s is killed.
    deinit {
        kill(process, SIGTERM)
        let deadline = Stopwatch.now + 5_000_000_000
        var status: Int32 = 0
        while waitpid(process, &status, WNOHANG) == 0 {
            if Stopwatch.now > deadline { kill(process, SIGKILL) }
            Stopwatch.pause(milliseconds: 5)
        }
    }

    /// Whether it still runs.
    var isRunning: Bool { kill(process, 0) == 0 }

    /// The file of the present program.
    static func ownProgram() throws(BenchmarkFailure) -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in text.baseAddress.map { readlink("/proc/self/exe", $0, text.count) } ?? -1 }
        }
        guard count > 0 else { throw .system("find the file of this program in", "/proc/self/exe") }
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    /// A program in the same folder as the present one.
    static func sibling(_ name: String) throws(BenchmarkFailure) -> String {
        let own = try ownProgram()
        return own[..<(own.lastIndex(of: "/") ?? own.startIndex)] + "/\(name)"
    }
}
