import LinuxIO
import MonitorTesting

/// What tests ask of a process that they started.
extension ChildProcess {
    /// What it has written so far.
    var text: String {
        // A program that has written nothing yet has no file.
        (try? readWholeFile(output)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

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
        try await eventually("the end of process \(pid)\n\(text)", within: limit, every: .milliseconds(5)) { exitCode() }
    }

    /// Sends a signal and waits for the end.
    @discardableResult
    func end(by signal: Int32, within limit: Duration = .seconds(30)) async throws -> Int32 {
        send(signal)
        return try await end(within: limit)
    }
}
