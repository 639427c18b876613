import VitalsModel

/// A limit that need not be passed all the time: a share of a window of a stream, or m of the last n cuff readings. A dropout or one
/// better reading in between does not begin the count anew.
public struct CountRule: RuleCondition, Hashable {
    /// The word in a plan.
    public static let kind = "count"

    /// How often values must be beyond the limit.
    public enum Tally: Sendable, Hashable {
        /// Streaming: this share, 0 to 1, of the good samples of a window.
        case share(Double, over: Duration)
        /// Intermittent: so many of the last good readings, none of them older than `within`.
        case readings(Int, of: Int, within: Duration?)
    }

    /// The limit.
    public var threshold: ThresholdRule
    /// How often.
    public var tally: Tally

    /// Creates a condition.
    public init(_ threshold: ThresholdRule, tally: Tally) {
        self.threshold = threshold
        self.tally = tally
    }

    /// The signals whose values decide; only the samples of the one that decides are counted.
    public var signals: [Signal] { threshold.signals }
    /// The side that is bad.
    public var side: LimitSide? { threshold.side }
    /// The number that values are held against.
    public var fixedLimit: Double? { threshold.limit }

    /// The condition in words.
    public var statement: String {
        switch tally {
        case .share(let share, let window): "\(threshold.statement) in \((share * 100).shortText) % of \(SpanText.words(window))"
        case .readings(let needed, let last, let within):
            "\(needed) of \(last) readings \(threshold.statement)" + (within.map { " within \(SpanText.words($0))" } ?? "")
        }
    }

    /// How far back it looks.
    public var lookback: RuleLookback? {
        switch tally {
        case .share(_, let window): RuleLookback(Set(signals), over: window)
        // Doubtful readings are kept too and take places; more of them in a row than this is another alert's business.
        case .readings(_, let last, _): RuleLookback(Set(signals), samples: last * 4)
        }
    }

    /// The same with another limit.
    public func with(limit: Double) -> (any RuleCondition)? {
        var changed = self
        changed.threshold.limit = limit
        return changed
    }

    /// What a value means, with those before it.
    public func finding(for value: Double, in context: RuleContext) -> RuleFinding {
        guard let signal = context.deciding(signals, for: value) else { return .notEvaluable("no value yet") }
        let limit = threshold.limit
        switch tally {
        case .share(let share, let length):
            let window = SampleWindow(of: signal, over: length, in: context)
            guard window.isCovered else { return .notEvaluable("good values do not span 80 % of \(SpanText.words(length))") }
            let found = Self.share(beyond(window.samples), of: window.samples.count)
            if found >= share { return .breach(limit: limit, baseline: nil) }
            return found < share / 2 ? present(value, in: context) : .between(limit: limit, baseline: nil)
        case .readings(let needed, let last, let within):
            let readings = readings(of: signal, last: last, within: within, in: context)
            return beyond(readings) >= needed ? .breach(limit: limit, baseline: nil) : present(value, in: context)
        }
    }

    /// The present value, and how often the limit was passed.
    public func measurement(of value: Double, in context: RuleContext) -> RuleMeasurement {
        guard let signal = context.deciding(signals, for: value) else { return RuleMeasurement(value: value, words: nil) }
        let words: String
        switch tally {
        case .share(_, let length):
            let samples = SampleWindow(of: signal, over: length, in: context).samples
            let percent = (Self.share(beyond(samples), of: samples.count) * 100).rounded(.down)
            words = "\(threshold.statement) in \(percent.shortText) % of \(SpanText.words(length))"
        case .readings(_, let last, let within):
            let readings = readings(of: signal, last: last, within: within, in: context)
            words = "\(beyond(readings)) of \(readings.count) readings \(threshold.statement)"
        }
        return RuleMeasurement(value: value, words: words)
    }

    /// Where the present value lies when too few are beyond the limit: it ends an alert only inside the clear limit.
    private func present(_ value: Double, in context: RuleContext) -> RuleFinding {
        let finding = threshold.finding(for: value, in: context)
        if case .inside = finding { return finding }
        return .between(limit: threshold.limit, baseline: nil)
    }

    private func beyond(_ samples: [SampleHistory.Sample]) -> Int {
        samples.count { threshold.side?.isBeyond($0.value, threshold.limit, countingLimit: threshold.countsLimit) ?? false }
    }

    private static func share(_ count: Int, of all: Int) -> Double { all == 0 ? 0 : Double(count) / Double(all) }

    private func readings(
        of signal: Signal, last: Int, within: Duration?, in context: RuleContext
    ) -> [SampleHistory.Sample] {
        let good = context.history[signal]?.samples.filter(\.isValid).suffix(last) ?? []
        return good.filter { sample in within.map { context.now - sample.at <= $0 } ?? true }
    }
}
