import Glibc
import LinuxIO
import Locking

/// A process that a test started: its output goes to a file, and it is killed by its number when the test lets it go.
final class ChildProcess: Sendable {
    let pid: pid_t
    private let output: String
    private let status = Mutex<Int32?>(nil)

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - output: The file that takes both its outputs; what was there is kept.
    /// - Throws: `SystemError` where it cannot be started.
    init(_ program: String, _ arguments: [String], output: String) throws {
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

    /// The test's own threads may block signals or ignore them; a program starts with none of that.
    private static func spawn(
        _ program: String, _ words: [UnsafeMutablePointer<CChar>?], _ actions: inout posix_spawn_file_actions_t
    ) throws -> pid_t {
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
        guard code == 0 else { throw SystemError("start", path: program, code: code, remedy: "build it first: swift build") }
        return pid
    }

    /// Sends a signal.
    func send(_ signal: Int32) { _ = Glibc.kill(pid, signal) }

    /// What it has written so far.
    var text: String {
        // A program that has written nothing yet has no file.
        (try? readWholeFile(output)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Whether it still runs.
    var isRunning: Bool { reaped() == nil }

    /// Resident memory in KiB, 0 once it has ended.
    var residentKiB: Int {
        // It may end at any moment; a process that is gone has no memory.
        let text = (try? readWholeFile("/proc/\(pid)/status")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }

    /// Processor time that it has used, in ticks of `sysconf(_SC_CLK_TCK)`; 0 once it has ended.
    var processorTicks: Int {
        let text = (try? readWholeFile("/proc/\(pid)/stat")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        // The name in parentheses may hold blanks. Then the state, which is no number, and the numbers from field 4 on: 14 and 15 are
        // user and system time (proc(5)).
        let fields = text.drop { $0 != ")" }.split(separator: " ").dropFirst().compactMap { Int($0) }
        return fields.count > 12 ? fields[10] + fields[11] : 0
    }

    /// Waits for its end.
    ///
    /// - Returns: its exit code, or 128 and the number of the signal that ended it.
    @discardableResult
    func end(within limit: Duration = .seconds(30)) async throws -> Int32 {
        try await eventually("the end of process \(pid)\n\(text)", within: limit, every: .milliseconds(5)) { reaped() }
    }

    /// Sends a signal and waits for the end.
    @discardableResult
    func end(by signal: Int32, within limit: Duration = .seconds(30)) async throws -> Int32 {
        send(signal)
        return try await end(within: limit)
    }

    private func reaped() -> Int32? {
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
