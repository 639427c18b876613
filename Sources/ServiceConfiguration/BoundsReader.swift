import AlertEngine
import VitalsModel

/// Reads `bounds` of a rule: how far one session may depart from the plan (alarms.md section 6, "Per-session overrides").
///
///     bounds: {limit: [85, 94], for: [10 s, 60 s]}
///
/// Without `bounds`, or without one of its keys, a session cannot change that. The plan's own limit and delay lie inside; a deep rule
/// can only be made stricter.
struct BoundsReader {
    var map: MapReader
    var kind: RuleKind
    var signals: [Signal]

    /// The bounds of a rule with this condition and confirmation; nil where it gives none, or with faults reported.
    func read(of condition: (any RuleCondition)?, _ confirmation: Confirmation?) -> OverrideBounds? {
        guard let field = map.field("bounds"), let bounds = field.map() else { return nil }
        guard let condition, let confirmation else {
            // What the bounds would be held against could not be read.
            bounds.skipRest()
            return nil
        }
        let (limit, delay) = (bounds.field("limit"), bounds.field("for"))
        bounds.finish()
        if limit == nil, delay == nil { field.error("gives no bounds; give limit, for, or both") }
        return OverrideBounds(
            limit: limit.flatMap { readLimit($0, of: condition) }, onDelay: delay.flatMap { readDelay($0, of: confirmation) })
    }

    // MARK: Limit

    private func readLimit(_ field: Field, of condition: any RuleCondition) -> ClosedRange<Double>? {
        guard let own = condition.fixedLimit, condition.with(limit: own) != nil else {
            field.error("a rule of kind \(kind.word) has no limit that a session could change; remove it")
            return nil
        }
        guard let ends = pair(field, { $0.number(in: -1000...1000) }) else { return nil }
        guard (ends[0]...ends[1]).contains(own) else {
            field.error("the plan's own limit \(NumberText.text(own)) is not between these bounds")
            return nil
        }
        for (index, end) in ends.enumerated() where !isPlausible(end, of: condition) {
            field.list()?[index].error("\(NumberText.text(end)) can not be a limit of this rule: \(plausibleWords)")
            return nil
        }
        guard condition.canBeShelved || !isLooser(ends, than: own, condition.side) else {
            field.error("a deep limit is never loosened: \(NumberText.text(own)) is the loosest bound")
            return nil
        }
        return ends[0]...ends[1]
    }

    /// Whether some plausible value is beyond the limit and some other clears it. Slopes and shares have no such range.
    private func isPlausible(_ limit: Double, of condition: any RuleCondition) -> Bool {
        guard let signal = signals.first, let side = condition.side, condition.unit == signal.unit.rawValue else { return true }
        let range = PlausibleRange.of(signal)
        let deadband = (condition as? ThresholdRule ?? (condition as? DeepRule)?.threshold)?.deadband ?? 0
        let clearLimit = side == .above ? limit - deadband : limit + deadband
        let (worst, best) = side == .above ? (range.upperBound, range.lowerBound) : (range.lowerBound, range.upperBound)
        return side.isBeyond(worst, limit, countingLimit: true) && !side.isBeyond(best, clearLimit, countingLimit: false)
    }

    private var plausibleWords: String {
        guard let signal = signals.first else { return "" }
        let range = PlausibleRange.of(signal)
        return "plausible values of \(signal.rawValue) lie between \(NumberText.text(range.lowerBound)) and "
            + "\(NumberText.text(range.upperBound)) \(signal.unit.symbol), and its clear limit must lie there too"
    }

    private func isLooser(_ ends: [Double], than own: Double, _ side: LimitSide?) -> Bool {
        switch side {
        case .above: ends[1] > own
        case .below: ends[0] < own
        case nil: false
        }
    }

    // MARK: Delay

    private func readDelay(_ field: Field, of confirmation: Confirmation) -> ClosedRange<Duration>? {
        guard kind.watching == .values, signals.first?.cadence == .streaming else {
            field.error("only a rule on the values of a stream has a delay that a session could change; remove it")
            return nil
        }
        guard let ends = pair(field, { $0.duration(in: .zero...kind.longestOnDelay) }) else { return nil }
        guard (ends[0]...ends[1]).contains(confirmation.onDelay) else {
            field.error("the plan's own delay \(DurationText.text(confirmation.onDelay)) is not between these bounds")
            return nil
        }
        guard kind.word != DeepRule.kind || ends[1] == confirmation.onDelay else {
            field.error("a deep limit is never loosened: \(DurationText.text(confirmation.onDelay)) is the longest delay")
            return nil
        }
        return ends[0]...ends[1]
    }

    /// The lower and the upper end, in that order.
    private func pair<End: Comparable>(_ field: Field, _ read: (Field) -> End?) -> [End]? {
        guard let items = field.list() else { return nil }
        guard items.count == 2 else {
            field.error("must be a list of two, the least and the most")
            return nil
        }
        let ends = items.compactMap(read)
        guard ends.count == 2 else { return nil }
        if ends[0] > ends[1] { field.error("the least must stand before the most") }
        return ends[0] > ends[1] ? nil : ends
    }
}
