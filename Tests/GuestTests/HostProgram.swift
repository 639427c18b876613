import Foundation
import LinuxIO
import MonitorTesting

/// Programs of this machine that a test starts.
extension ChildProcess {
    /// Starts a program, which is looked for on the path and where administrators have theirs.
    static func start(host name: String, _ arguments: [String], output: String) throws -> ChildProcess {
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin") + ":/usr/sbin:/sbin"
        return try ChildProcess("/usr/bin/env", ["PATH=\(path)", "LC_ALL=C.UTF-8", name] + arguments, output: output)
    }

    /// Runs a program to its end and answers its output.
    ///
    /// - Throws: `GuestFailure` with the output where it fails or takes too long.
    @discardableResult
    static func run(host name: String, _ arguments: [String]) async throws -> String {
        let folder = try TemporaryFolder()
        let program = try start(host: name, arguments, output: folder.path("output"))
        let code = try await eventually("the end of \(name)", every: .milliseconds(20)) { program.exitCode() }
        guard code == 0 else {
            throw GuestFailure(description: "\(name) \(arguments.joined(separator: " ")) ended with \(code): \(program.text)")
        }
        return program.text
    }

    /// What it has written so far.
    var text: String { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }

    /// Asks it to end and waits for that.
    func end() async throws {
        if isRunning { send(SIGTERM) }
        _ = try await eventually("the end of process \(pid)", within: .seconds(20)) { exitCode() }
    }
}
