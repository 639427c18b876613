import Glibc
import LinuxIO

/// Why a benchmark could not run: the message, and the exit code of sysexits(3).
public struct BenchmarkFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What happened, and what to do next.
    public var description: String
    /// The exit code.
    public var status: Int32

    /// Creates a failure.
    public init(_ description: String, status: Int32 = EX_SOFTWARE) {
        self.description = description
        self.status = status
    }

    /// The last failed call of this thread.
    static func system(_ operation: String, _ path: String) -> BenchmarkFailure {
        BenchmarkFailure(SystemError(operation, path: path, code: errno).description, status: EX_OSERR)
    }
}
