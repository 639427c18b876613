import Glibc
import LinuxIO

/// One program between a pseudo-terminal and a socket, whose latency is measured.
protocol LatencyTarget: AnyObject {
    /// What is measured, in words.
    var name: String { get }
    /// The line that bytes are sent on.
    var line: PseudoTerminal { get }
    /// Where lines come out.
    var follower: UnixStream { get }
    /// The next bytes; the last of them completes what is waited for.
    func nextBytes() -> [UInt8]
    /// What the awaited line holds.
    var marker: [UInt8] { get }
}

extension LatencyTarget {
    /// Sends all bytes but the last, lets them be taken, sends the last, and answers how long its line took, in nanoseconds.
    func measure() throws -> Int64 {
        let bytes = nextBytes()
        try line.write(Array(bytes.dropLast()))
        // Everything that belongs to earlier bytes has come and is forgotten before the clock starts.
        try follower.forget(for: 3)
        let last = Array(bytes.suffix(1))
        let start = Stopwatch.now
        try line.write(last)
        guard let end = try follower.wait(for: marker) else {
            throw BenchmarkFailure("\(name): no line within 5 s; the log of the program in the scratch folder says why")
        }
        return end - start
    }
}

/// The bare relay as a program of its own, as the daemon is one.
final class RelayTarget: LatencyTarget {
    let name: String
    let line: PseudoTerminal
    let follower: UnixStream
    private(set) var marker: [UInt8] = []
    private let program: ChildProcess
    private var count = 0

    init(_ name: String, in folder: borrowing ScratchFolder, file: String, commits: Bool) throws {
        self.name = name
        line = try PseudoTerminal.open()
        let socket = folder.file("\(file).sock")
        let database = commits ? ["--database", folder.file("\(file).db")] : []
        let arguments = ["relay", "--device", line.slavePath, "--socket", socket] + database
        program = try ChildProcess(try ProgramFiles.ownProgram(), arguments, output: folder.file("\(file).log"))
        follower = try UnixStream.connect(socket, within: 10) { true }
    }

    func nextBytes() -> [UInt8] {
        count += 1
        // About as long as an entry of ours on the wire.
        marker = Array("spo2 97 \(count)\n".utf8)
        return Array(String(repeating: "-", count: 230).utf8) + marker
    }
}
