/// A fault in a scenario's text: where, what, and what was expected instead.
public struct ScenarioFault: Error, Hashable, CustomStringConvertible {
    /// What is at fault.
    public enum Cause: Sendable, Hashable {
        /// The scenario.
        case text
        /// The plan that it names is not there.
        case planMissing
        /// The plan that it names has errors.
        case planFaulty
    }

    /// The line, from 1.
    public var line: Int
    /// What is wrong and what to write.
    public var what: String
    /// What is at fault.
    public var cause: Cause
    /// Further faults that were found beside this one.
    public var further: [ScenarioFault] = []

    /// Creates a fault.
    public init(line: Int, what: String, cause: Cause = .text) {
        self.line = line
        self.what = what
        self.cause = cause
    }

    /// This fault and those beside it, in the order of the lines.
    public var all: [ScenarioFault] { ([self] + further.flatMap(\.all)).sorted { $0.line < $1.line } }

    /// The faults with their lines.
    public var description: String { all.map { "line \($0.line): \($0.what)" }.joined(separator: "\n") }
}

/// Why a plan that a scenario names cannot be had.
public struct ScenarioPlanFault: Error, Sendable, Hashable {
    /// Whether it is missing or has errors.
    public var cause: ScenarioFault.Cause
    /// What happened, and what to do.
    public var what: String

    /// Creates a fault.
    public init(cause: ScenarioFault.Cause, what: String) {
        self.cause = cause
        self.what = what
    }
}
