import VitalsModel

/// A limit so deep that it raises within 5 s and can be neither shelved nor switched off.
public struct DeepRule: RuleCondition, Hashable {
    public static let kind = "deep"
    /// The longest on-delay that a plan may give it.
    public static let longestOnDelay: Duration = .seconds(5)

    /// The limit.
    public var threshold: ThresholdRule

    /// Creates a condition.
    public init(_ threshold: ThresholdRule) { self.threshold = threshold }

    public var signals: [Signal] { threshold.signals }
    public var side: LimitSide? { threshold.side }
    public var canBeShelved: Bool { false }

    public func finding(for value: Double, in context: RuleContext) -> RuleFinding { threshold.finding(for: value, in: context) }
}
