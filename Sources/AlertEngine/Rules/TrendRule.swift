import VitalsModel

/// A value that falls or rises too fast, before it reaches a limit: the slope of the good samples of a window.
public struct TrendRule: RuleCondition, Hashable {
    /// The word in a plan.
    public static let kind = "trend"

    /// The signals whose values decide, the preferred one first; only its own samples, of one
    /// source, make the slope.
    public var signals: [Signal]
    /// `below` for a fall, `above` for a rise.
    public var side: LimitSide?
    /// The slope that alerts, in the signal's unit per minute: negative for a fall.
    public var limit: Double
    /// How much flatter the slope must be to end the alert, not negative.
    public var deadband: Double
    /// The window.
    public var window: Duration
    /// How many good samples the window must hold.
    public var points: Int

    /// Creates a condition.
    public init(signals: [Signal], side: LimitSide, limit: Double, deadband: Double, window: Duration, points: Int) {
        self.signals = signals
        self.side = side
        self.limit = limit
        self.deadband = deadband
        self.window = window
        self.points = points
    }

    /// The slope that alerts.
    public var fixedLimit: Double? { limit }

    /// Per minute; of a rate, which is per minute itself, `/min2`.
    public var unit: String {
        guard let unit = signals.first?.unit else { return "1" }
        return unit == .perMinute ? "/min2" : "\(unit.rawValue)/min"
    }

    /// The condition in words.
    public var statement: String {
        let verb = side == .below ? "falls" : "rises"
        return "\(verb) by \(abs(limit).shortText) \(signals.first?.unit.symbol ?? "") or more per minute, over \(SpanText.words(window))"
    }

    /// How far back it looks.
    public var lookback: RuleLookback? { RuleLookback(Set(signals), over: window) }

    /// The same with another slope.
    public func with(limit: Double) -> (any RuleCondition)? {
        var changed = self
        changed.limit = limit
        return changed
    }

    /// What a value means: what it makes of the slope.
    public func finding(for value: Double, in context: RuleContext) -> RuleFinding {
        guard let side, let found = samples(for: value, in: context), found.samples.count >= points, found.isCovered,
            let line = TrendLine(found.samples)
        else {
            return .notEvaluable(
                "a slope needs \(points) good values of \(signals.first?.rawValue ?? "the signal") over \(SpanText.words(window * 4 / 5))")
        }
        // A limit that was changed may be flatter than the deadband; a level course ends the alert all the same.
        return side.finding(for: line.slope, limit: limit, countsLimit: true, deadband: min(deadband, abs(limit)), baseline: nil)
    }

    /// The slope, with the values that it leads from and to.
    public func measurement(of value: Double, in context: RuleContext) -> RuleMeasurement {
        guard let found = samples(for: value, in: context), let first = found.samples.first, let last = found.samples.last,
            let line = TrendLine(found.samples)
        else { return RuleMeasurement(value: 0, words: nil) }
        return RuleMeasurement(
            value: line.slope, words: "from \(first.value.shortText) to \(last.value.shortText) in \(SpanText.words(found.span))")
    }

    private func samples(for value: Double, in context: RuleContext) -> SampleWindow? {
        context.deciding(signals, for: value).map { SampleWindow(of: $0, over: window, in: context).ofLastSource }
    }
}
