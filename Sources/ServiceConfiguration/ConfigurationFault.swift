/// One thing that is wrong, or doubtful, in a configuration or plan file, with its place.
public struct ConfigurationFault: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Whether the file can be used in spite of it.
    public enum Severity: String, Sendable, Hashable, Codable {
        /// The file is refused.
        case error
        /// The file is taken; a person should look.
        case warning
    }

    /// Whether the file can be used in spite of it.
    public var severity: Severity
    /// The file as the caller named it.
    public var file: String
    /// The line, from 1.
    public var line: Int
    /// The column in Unicode scalars, from 1.
    public var column: Int
    /// Where in the structure of the file: `rules[3].above`; lists count from 0. Empty for the file as a whole.
    public var keyPath: String
    /// What is wrong, with the value, and what to do.
    public var message: String

    /// Creates a fault.
    public init(severity: Severity, file: String, line: Int, column: Int, keyPath: String, message: String) {
        self.severity = severity
        self.file = file
        self.line = line
        self.column = column
        self.keyPath = keyPath
        self.message = message
    }

    /// One line as compilers print it: `FILE:LINE:COLUMN: error: rules[3].above: message`.
    public var description: String {
        let path = keyPath.isEmpty ? "" : "\(keyPath): "
        return "\(file):\(line):\(column): \(severity.rawValue): \(path)\(message)"
    }
}

/// What reading a file gave: a value only when there is no error, and every fault in the order of the file.
public struct ReadResult<Value: Sendable>: Sendable {
    /// The checked value; nil when any fault is an error.
    public var value: Value?
    /// What could be read, also where faults forbid to use it: to look for further faults; nil when nothing could.
    public var draft: Value?
    /// Every error and warning, ordered by line and column.
    public var faults: [ConfigurationFault]

    /// Creates a result. A value is dropped when any of `faults` is an error.
    public init(value: Value?, faults: [ConfigurationFault]) {
        self.faults = faults
        draft = value
        self.value = faults.contains { $0.severity == .error } ? nil : value
    }

    /// The faults for which the file is refused.
    public var errors: [ConfigurationFault] { faults.filter { $0.severity == .error } }
    /// The faults with which the file is taken.
    public var warnings: [ConfigurationFault] { faults.filter { $0.severity == .warning } }
}
