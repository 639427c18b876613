/// What one scenario came to, as lines for a person and as a JSON object.
public struct ScenarioOutcome: Sendable, Hashable {
    /// How it ended.
    public enum Result: Sendable, Hashable {
        /// Everything as expected.
        case asExpected
        /// Not as expected; the lines of `ScenarioRun.differences()`.
        case different([String])
        /// The text, or the plan that it names, has faults.
        case unreadable(ScenarioFault)
    }

    /// The scenario's file as the caller names it.
    public var file: String
    /// How it ended.
    public var result: Result

    /// Creates an outcome.
    public init(file: String, result: Result) {
        self.file = file
        self.result = result
    }

    /// Runs a scenario that could be read.
    public init(of scenario: Scenario, file: String) {
        self.file = file
        guard scenario.hasExpectations else {
            result = .different(["! it expects nothing: write `expect` and what is to be announced, or `nothing`"])
            return
        }
        do {
            let differences = try ScenarioRun(scenario).differences()
            result = differences.isEmpty ? .asExpected : .different(differences)
        } catch {
            // Nothing is stored between two lives of the daemon here, so nothing can fail in it.
            result = .different(["! \(error)"])
        }
    }

    /// Lines for a person; none for a scenario that is as expected, unless all are listed.
    public func lines(isVerbose: Bool, usesColour: Bool) -> [String] {
        switch result {
        case .asExpected: isVerbose ? ["ok \(file)"] : []
        case .different(let differences):
            ["FAILED \(file)"] + differences.map { "  " + (usesColour ? Self.coloured($0) : $0) }
        case .unreadable(let fault): fault.all.map { "\(file):\($0.line): \($0.what)" }
        }
    }

    /// What is missing red, what came unasked green, as differences are shown everywhere.
    private static func coloured(_ line: String) -> String {
        switch line.first {
        case "-", "!": "\u{1B}[31m\(line)\u{1B}[0m"
        case "+": "\u{1B}[32m\(line)\u{1B}[0m"
        default: line
        }
    }
}

extension ScenarioOutcome: Encodable {
    private enum Key: String, CodingKey { case file, ok, differences, faults }

    /// `{"file":..,"ok":..,"differences":[..]}`; where the scenario could not be read also `"faults":[..]`.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(file, forKey: .file)
        try values.encode(result == .asExpected, forKey: .ok)
        switch result {
        case .asExpected: try values.encode([String](), forKey: .differences)
        case .different(let differences): try values.encode(differences, forKey: .differences)
        case .unreadable(let fault):
            try values.encode([String](), forKey: .differences)
            try values.encode(fault.all.map { "line \($0.line): \($0.what)" }, forKey: .faults)
        }
    }
}

/// What all scenarios together came to.
public struct ScenarioSummary: Sendable, Hashable, Encodable {
    /// All of them.
    public var scenarios: Int
    /// Those that were not as expected.
    public var failed: Int
    /// Those that could not be read.
    public var unreadable: Int
    /// How long it took, seconds, to a tenth.
    public var seconds: Double

    /// Counts outcomes.
    public init(of outcomes: [ScenarioOutcome], took duration: Duration) {
        scenarios = outcomes.count
        failed = outcomes.count { if case .different = $0.result { true } else { false } }
        unreadable = outcomes.count { if case .unreadable = $0.result { true } else { false } }
        let (seconds, attoseconds) = duration.components
        self.seconds = (Double(seconds) + Double(attoseconds) * 1e-18).roundedToTenth
    }

    /// `64 scenarios, 0 failed, 0.8 s`.
    public var line: String {
        let hurt = unreadable > 0 ? ", \(unreadable) unreadable" : ""
        return "\(scenarios) \(scenarios == 1 ? "scenario" : "scenarios"), \(failed) failed\(hurt), \(seconds) s"
    }
}

extension Double {
    fileprivate var roundedToTenth: Double { (self * 10).rounded() / 10 }
}
