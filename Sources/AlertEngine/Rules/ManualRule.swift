import VitalsModel

/// What only people see: a scale that crosses a value (MOAA/S at most 3), or an alert that a person calls.
public struct ManualRule: RuleCondition, Hashable {
    /// The word in a plan.
    public static let kind = "manual"

    /// What a person gives.
    public enum Input: Sendable, Hashable {
        /// A score of a scale, beyond a limit.
        case score(ScaleID, side: LimitSide, limit: Double, countsLimit: Bool)
        /// A call by name.
        case call
    }

    /// What a person gives.
    public var input: Input
    /// How urgent.
    public var priority: AlertPriority
    /// The signals whose values decide.
    public var signals: [Signal] { [] }
    /// The side that is bad; nil for a rule that is asked by time.
    public var side: LimitSide? { nil }
    /// The unit of what is compared.
    public var unit: String { "{score}" }

    /// Creates a condition.
    public init(input: Input, priority: AlertPriority) {
        self.input = input
        self.priority = priority
    }

    /// Whether a person calls it by name.
    public var isCalled: Bool { input == .call }

    /// A call for help is never shelved: nobody but a person makes it.
    public var canBeShelved: Bool { input != .call }

    /// The condition in words.
    public var statement: String {
        switch input {
        case .score(let scale, let side, let limit, let counts): "\(scale) \(side.words(limit, countingLimit: counts))"
        case .call: "called by a person"
        }
    }

    /// What people have given so far means.
    public func findingAtTime(in context: RuleContext) -> TimedFinding {
        switch input {
        case .call:
            guard let call = context.facts.calls[context.rule] else { return .fine(until: nil) }
            return .breach(TimedBreach(since: call.at, valueAt: call.at, priority: priority, words: call.words))
        case .score(let scale, let side, let limit, let counts):
            guard let score = context.facts.scores[scale] else { return .waiting(until: nil) }
            guard side.isBeyond(score.score, limit, countingLimit: counts) else { return .fine(until: nil) }
            return .breach(
                TimedBreach(
                    since: score.at, value: score.score, valueAt: score.at, limit: limit, priority: priority,
                    words: "\(scale) \(score.score.shortText)"))
        }
    }
}
