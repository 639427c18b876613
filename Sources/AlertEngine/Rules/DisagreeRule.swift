import VitalsModel

/// Two sources of one thing that tell different numbers: at least one of them is wrong, and nobody knows which.
public struct DisagreeRule: RuleCondition, Hashable {
    /// The word in a plan.
    public static let kind = "disagree"
    /// How far apart in time two values may be to be compared.
    public static let togetherness: Duration = .seconds(3)

    /// What the signal is held against.
    public enum Comparison: Sendable, Hashable {
        /// Another signal of the same thing: the pulse rate beside the heart rate.
        case signal(Signal)
        /// The same signal of another source.
        case sources
    }

    /// The signal.
    public var signal: Signal
    /// What it is held against.
    public var comparison: Comparison
    /// The distance that is still agreement, in the signal's unit.
    public var gap: Double
    /// How much closer the values must come to end the alert, not negative.
    public var deadband: Double

    /// Creates a condition.
    public init(signal: Signal, comparison: Comparison, gap: Double, deadband: Double) {
        self.signal = signal
        self.comparison = comparison
        self.gap = gap
        self.deadband = deadband
    }

    /// The signals whose values decide: its own alone, since a stand-in would be held against itself.
    public var signals: [Signal] { [signal] }
    /// The side that is bad: too far apart.
    public var side: LimitSide? { .above }
    /// The distance that is still agreement.
    public var fixedLimit: Double? { gap }
    /// A value that comes late says nothing of a disagreement by itself, and a rule that looks back is not asked for such values.
    public var lookback: RuleLookback? { RuleLookback([signal], samples: 1) }

    /// The condition in words.
    public var statement: String {
        let other =
            switch comparison {
            case .signal(let other): "from \(other.rawValue)"
            case .sources: "between two sources"
            }
        return "more than \(gap.shortText) \(signal.unit.symbol) \(other)"
    }

    /// The same with another gap.
    public func with(limit: Double) -> (any RuleCondition)? {
        var changed = self
        changed.gap = limit
        return changed
    }

    /// What a value means beside the other one.
    public func finding(for value: Double, in context: RuleContext) -> RuleFinding {
        guard let other = other(in: context) else {
            let what =
                switch comparison {
                case .signal(let other): other.rawValue
                case .sources: "\(signal.rawValue) of a second source"
                }
            return .notEvaluable("no \(what) within \(SpanText.words(Self.togetherness))")
        }
        let distance = abs(value - other.value)
        return LimitSide.above.finding(
            for: distance, limit: gap, countsLimit: false, deadband: min(deadband, gap), baseline: nil)
    }

    /// The gap, and both values.
    public func measurement(of value: Double, in context: RuleContext) -> RuleMeasurement {
        guard let other = other(in: context) else { return RuleMeasurement(value: 0, words: nil) }
        let name =
            switch comparison {
            case .signal: signal.rawValue
            case .sources: context.signals[signal]?.source?.rawValue ?? "one source"
            }
        return RuleMeasurement(
            value: abs(value - other.value), words: "\(name) \(value.shortText), \(other.name) \(other.value.shortText)")
    }

    /// The other value with its name; nil where there is none of about the same time.
    private func other(in context: RuleContext) -> (name: String, value: Double)? {
        guard let received = context.signals[signal]?.received else { return nil }
        let candidate: (name: String, value: Double?, at: BootInstant?)
        switch comparison {
        case .signal(let other):
            let track = context.signals[other]
            candidate = (other.rawValue, track?.value, track?.received)
        case .sources:
            let standby = context.signals[signal]?.standby
            candidate = (standby?.source.rawValue ?? "", standby?.value, standby?.received)
        }
        guard let value = candidate.value, let at = candidate.at, at + Self.togetherness >= received, received + Self.togetherness >= at
        else { return nil }
        return (candidate.name, value)
    }
}
