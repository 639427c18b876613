import CLinux
import Glibc

/// A call to the operating system that failed: what was tried, on what, why not, and what to do next.
public struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was tried, so that it reads well after "cannot": `open the serial port`.
    public var operation: String
    /// The file, device or socket; empty where there is none.
    public var path: String
    /// The `errno` value that tells the kind of failure, such as `ENOENT`.
    public var code: Int32
    /// Why, in words; by default the system's own words for `code`.
    public var cause: String
    /// What a person does next; empty where nothing can be said.
    public var remedy: String

    /// Creates an error. Without a `cause` the system's own words for `code` are used.
    public init(_ operation: String, path: String = "", code: Int32, cause: String? = nil, remedy: String = "") {
        self.operation = operation
        self.path = path
        self.code = code
        self.cause = cause ?? SystemError.words(for: code)
        self.remedy = remedy
    }

    /// One line: `cannot open the serial port /dev/ttyUSB0: Permission denied (EACCES); add the user ...`.
    public var description: String {
        let object = path.isEmpty ? "" : " \(path)"
        let advice = remedy.isEmpty ? "" : "; \(remedy)"
        return "cannot \(operation)\(object): \(cause) (\(SystemError.name(of: code)))\(advice)"
    }

    /// The system's words for an `errno` value, such as `Permission denied`.
    static func words(for code: Int32) -> String {
        clinux_error_text(code).map { String(cString: $0) } ?? "error \(code)"
    }

    /// The name of an `errno` value, such as `EACCES`; the number where it has none.
    static func name(of code: Int32) -> String {
        clinux_error_name(code).map { String(cString: $0) } ?? "\(code)"
    }
}

/// Makes a system call again as long as a signal interrupts it.
///
/// Not for `close`: Linux gives the descriptor free even when it answers `EINTR`, and a second call could close another's.
func uninterrupted<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}
