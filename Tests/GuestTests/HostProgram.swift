import Foundation
import Glibc
import LinuxIO
import Locking

/// A program of this machine that a test starts and ends by its number; its output goes to a file.
final class HostProgram: Sendable {
    let name: String
    private let pid: pid_t
    private let output: String
    private let status = Mutex<Int32?>(nil)

    /// Starts a program, which is looked for on the path and where administrators have theirs.
    init(_ name: String, _ arguments: [String], output: String) throws {
        self.name = name
        self.output = output
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin") + ":/usr/sbin:/sbin"
        let words = (["/usr/bin/env", "PATH=\(path)", "LC_ALL=C.UTF-8", name] + arguments).map { strdup($0) }
        defer { for word in words { free(word) } }
        pid = try Self.spawn(words + [nil], &actions)
    }

    deinit {
        guard exitCode == nil else { return }
        _ = kill(pid, SIGKILL)
        _ = waitpid(pid, nil, 0)
    }

    /// Threads of the test have signals blocked, SIGTERM among them; a program starts with none of that.
    private static func spawn(_ words: [UnsafeMutablePointer<CChar>?], _ actions: inout posix_spawn_file_actions_t) throws -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var pid: pid_t = 0
        let code = posix_spawn(&pid, "/usr/bin/env", &actions, &attributes, words, environ)
        guard code == 0 else { throw SystemError("start", path: "/usr/bin/env", code: code) }
        return pid
    }

    /// Runs a program to its end and answers its output.
    ///
    /// - Throws: `GuestFailure` with the output where it fails or takes too long.
    @discardableResult
    static func run(_ name: String, _ arguments: [String], in folder: TemporaryFolder) async throws -> String {
        let program = try HostProgram(name, arguments, output: folder.path("\(name).txt"))
        let code = try await eventually("the end of \(name)", every: .milliseconds(20)) { program.exitCode }
        guard code == 0 else {
            throw GuestFailure(description: "\(name) \(arguments.joined(separator: " ")) ended with \(code): \(program.text)")
        }
        return program.text
    }

    /// Its exit code once it has ended, or 128 and the number of the signal that ended it.
    var exitCode: Int32? {
        status.withLock { status in
            var word: Int32 = 0
            if status == nil, waitpid(pid, &word, WNOHANG) == pid {
                status = word & 0x7F == 0 ? (word >> 8) & 0xFF : 128 + (word & 0x7F)
            }
            return status
        }
    }

    /// What it has written so far.
    var text: String { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }

    /// Asks it to end and waits for that.
    func end() async throws {
        if exitCode == nil { _ = kill(pid, SIGTERM) }
        _ = try await eventually("the end of \(name)", within: .seconds(20)) { exitCode }
    }
}

/// A folder that goes with all that is in it. Short, because a socket's path has at most 107 bytes.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = "/tmp/vigil-guest-\(String(UInt32.random(in: 0 ... .max), radix: 36))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            print("left behind: \(path): \(error)")
        }
    }

    /// A path in the folder.
    func path(_ name: String) -> String { "\(path)/\(name)" }
}
