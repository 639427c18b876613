import VitalsModel

/// A limit at a distance from this person's own baseline. Without a baseline it is not evaluable, and says so.
public struct DeltaRule: RuleCondition, Hashable {
    /// The word in a plan.
    public static let kind = "delta"

    /// Which of two distances counts when both are given.
    public enum Mode: String, Sendable, Hashable { case any, all }

    /// The signals whose values decide, the preferred one first. The baseline is that of the first of them that has one.
    public var signals: [Signal]
    /// The side that is bad.
    public var side: LimitSide?
    /// The distance in the signal's unit, above zero; nil when only `percent` counts.
    public var absolute: Double?
    /// The distance in percent of the baseline, above zero; nil when only `absolute` counts.
    public var percent: Double?
    /// Which counts when both are given.
    public var mode: Mode
    /// The distance of the clear limit from the limit, in the signal's unit.
    public var deadband: Double

    /// Creates a condition.
    public init(signals: [Signal], side: LimitSide, absolute: Double?, percent: Double?, mode: Mode, deadband: Double) {
        self.signals = signals
        self.side = side
        self.absolute = absolute
        self.percent = percent
        self.mode = mode
        self.deadband = deadband
    }

    /// When it alerts, in words: a distance that is reached counts.
    public var statement: String {
        let distances = [absolute.map { "\($0.exactText) \(signals.unitSymbol)" }, percent.map { "\($0.exactText) %" }]
        let given = distances.compactMap { $0 }.joined(separator: mode == .any ? " or " : " and ")
        return "at least \(given) \(side?.rawValue ?? "from") the baseline"
    }
    /// When the alert ends, in words: what the limit was is another number for each person.
    public var ending: String {
        guard deadband > 0 else { return "\(side?.opposite.rawValue ?? "inside") that limit" }
        return "\(deadband.exactText) \(signals.unitSymbol) or more \(side?.opposite.rawValue ?? "inside") that limit"
    }
    /// The distance, where it is one.
    public var decidingNumber: Double? { absolute != nil && percent != nil ? nil : absolute ?? percent }
    /// The unit of the distance.
    public var decidingUnit: String {
        guard decidingNumber != nil else { return "" }
        return absolute == nil ? Unit.percent.rawValue : signals.first?.unit.rawValue ?? ""
    }
    /// The deadband.
    public var clearDistance: Double? { deadband }

    /// What a value means.
    public func finding(for value: Double, in context: RuleContext) -> RuleFinding {
        guard let side, let baseline = signals.lazy.compactMap({ context.baseline?.value(of: $0) }).first else {
            return .notEvaluable("no baseline of \(signals.first?.rawValue ?? "the signal")")
        }
        let distances = [absolute, percent.map { baseline * $0 / 100 }].compactMap { $0 }
        guard let distance = mode == .any ? distances.min() : distances.max() else {
            return .notEvaluable("the rule gives no distance")
        }
        let limit = side == .above ? baseline + distance : baseline - distance
        return side.finding(for: value, limit: limit, countsLimit: true, deadband: deadband, baseline: baseline)
    }
}
