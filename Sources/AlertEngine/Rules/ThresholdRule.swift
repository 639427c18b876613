import VitalsModel

/// A fixed limit with a clear limit on its safe side (deadband), so that a value at the limit does not chatter.
public struct ThresholdRule: RuleCondition, Hashable {
    /// The word in a plan.
    public static let kind = "threshold"

    /// The signals whose values decide, the preferred one first.
    public var signals: [Signal]
    /// The side that is bad.
    public var side: LimitSide?
    /// The limit, in the signal's unit.
    public var limit: Double
    /// Whether a value on the limit is beyond it (`at_least`, `at_most`).
    public var countsLimit: Bool
    /// The distance of the clear limit from the limit, in the signal's unit, not negative.
    public var deadband: Double

    /// Creates a condition.
    public init(signals: [Signal], side: LimitSide, limit: Double, countsLimit: Bool, deadband: Double) {
        self.signals = signals
        self.side = side
        self.limit = limit
        self.countsLimit = countsLimit
        self.deadband = deadband
    }

    /// The number that values are held against.
    public var fixedLimit: Double? { limit }

    /// When it alerts, in words.
    public var statement: String {
        guard let side else { return "never" }
        return side.words(limit, countsLimit: countsLimit, of: signals)
    }
    /// When the alert ends, in words: with a deadband on the clear limit, without one on the safe side of the limit.
    public var ending: String {
        guard let side else { return "never" }
        let clearLimit = side == .above ? limit - deadband : limit + deadband
        // A value on the limit clears only where it does not alert.
        return side.opposite.words(clearLimit, countsLimit: deadband > 0 || !countsLimit, of: signals)
    }
    /// The deadband.
    public var clearDistance: Double? { deadband }

    /// The same with another limit.
    public func with(limit: Double) -> (any RuleCondition)? {
        var changed = self
        changed.limit = limit
        return changed
    }

    /// What a value means.
    public func finding(for value: Double, in context: RuleContext) -> RuleFinding {
        guard let side else { return .inside(limit: limit, baseline: nil) }
        return side.finding(for: value, limit: limit, countsLimit: countsLimit, deadband: deadband, baseline: nil)
    }
}

extension LimitSide {
    /// The safe side.
    var opposite: LimitSide { self == .above ? .below : .above }

    /// This side of a number in words: `above 110 /min`, `at most 107 /min`.
    func words(_ number: Double, countsLimit: Bool, of signals: [Signal]) -> String {
        "\(words(number, countingLimit: countsLimit)) \(signals.unitSymbol)"
    }

    /// Where a value lies between a limit and its clear limit.
    func finding(for value: Double, limit: Double, countsLimit: Bool, deadband: Double, baseline: Double?) -> RuleFinding {
        if isBeyond(value, limit, countingLimit: countsLimit) { return .breach(limit: limit, baseline: baseline) }
        let clearLimit = self == .above ? limit - deadband : limit + deadband
        // With a deadband of zero the limit itself clears; with one, the clear limit does.
        return isBeyond(value, clearLimit, countingLimit: false)
            ? .between(limit: limit, baseline: baseline) : .inside(limit: limit, baseline: baseline)
    }
}

extension [Signal] {
    /// The unit that all signals of one rule share, as people read it.
    var unitSymbol: String { first?.unit.symbol ?? "" }
}
