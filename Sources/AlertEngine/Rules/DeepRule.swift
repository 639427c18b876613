import VitalsModel

/// A limit so deep that it raises within 5 s and can be neither shelved nor switched off.
public struct DeepRule: RuleCondition, Hashable {
    /// The word in a plan.
    public static let kind = "deep"
    /// The longest on-delay that a plan may give it.
    public static let longestOnDelay: Duration = .seconds(5)

    /// The limit.
    public var threshold: ThresholdRule

    /// Creates a condition.
    public init(_ threshold: ThresholdRule) { self.threshold = threshold }

    /// The signals whose values decide.
    public var signals: [Signal] { threshold.signals }
    /// The side that is bad; nil for a rule on time.
    public var side: LimitSide? { threshold.side }
    /// The number that values are held against.
    public var fixedLimit: Double? { threshold.limit }
    /// When it alerts, in words.
    public var statement: String { threshold.statement }
    /// When the alert ends, in words.
    public var ending: String { threshold.ending }
    /// The same with another limit.
    public func with(limit: Double) -> (any RuleCondition)? {
        var changed = self
        changed.threshold.limit = limit
        return changed
    }
    /// Whether it may be shelved.
    public var canBeShelved: Bool { false }
    /// The deadband.
    public var clearDistance: Double? { threshold.deadband }

    /// What a value means.
    public func finding(for value: Double, in context: RuleContext) -> RuleFinding { threshold.finding(for: value, in: context) }
}
