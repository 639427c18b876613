import AlertEngine
import VitalsModel

extension RuleKind {
    /// `threshold`: a fixed limit, one of `above`, `below`, `at_least`, `at_most`, with a `deadband`.
    static let threshold = RuleKind(
        word: ThresholdRule.kind, watching: .values, standardType: .physiological, standardPhases: RuleKind.attended,
        condition: { readThreshold($0) },
        limit: { ($0 as? ThresholdRule).flatMap(fixedLimit) },
        check: { placed, _ in (placed.rule.condition as? ThresholdRule).map { checkFixedLimit($0, of: placed) } })

    /// Reads a fixed limit; `deep` has the same keys.
    static func readThreshold(_ input: RuleInput) -> ThresholdRule? {
        let given = limitKeys.compactMap { key in input.map.field(key.word).map { (key: key, field: $0) } }
        let deadband = input.map.field("deadband")?.number(in: 0...100) ?? input.signals.first.map(StandardDeadband.of) ?? 0
        guard let first = given.first else {
            let (place, path) = (input.map.place, input.map.path.text)
            input.map.log.error("the limit is missing: give one of above, below, at_least, at_most", at: place, path: path)
            return nil
        }
        for second in given.dropFirst() {
            second.field.error("a rule has one limit, and \(first.key.word) is already given; make a second rule for the other side")
        }
        guard let limit = first.field.number(in: 0...1000), given.count == 1 else { return nil }
        return ThresholdRule(
            signals: input.signals, side: first.key.side, limit: limit, countsLimit: first.key.counts, deadband: deadband)
    }

    /// The limit of a fixed rule.
    static func fixedLimit(_ rule: ThresholdRule) -> RuleLimit? {
        rule.side.map { RuleLimit(measure: .fixed, number: rule.limit, side: $0) }
    }

    /// Refuses a limit that no plausible value crosses, that every one crosses, or whose clear limit none reaches.
    static func checkFixedLimit(_ rule: ThresholdRule, of placed: PlacedRule) {
        guard let side = rule.side, let signal = rule.signals.first else { return }
        let range = PlausibleRange.of(signal)
        let key = limitKeys.first { placed.map.field($0.word) != nil }?.word ?? "kind"
        let (worst, best) = side == .above ? (range.upperBound, range.lowerBound) : (range.lowerBound, range.upperBound)
        let words =
            "\(NumberText.text(rule.limit)); plausible values of \(signal.rawValue) lie between "
            + "\(NumberText.text(range.lowerBound)) and \(NumberText.text(range.upperBound)) \(signal.unit.symbol)"
        guard side.isBeyond(worst, rule.limit, countingLimit: rule.countsLimit) else {
            placed.error("can never alert: no value is \(side.rawValue) \(words)", at: key)
            return
        }
        guard !side.isBeyond(best, rule.limit, countingLimit: rule.countsLimit) else {
            placed.error("always alerts: every value is \(side.rawValue) \(words)", at: key)
            return
        }
        let clearLimit = side == .above ? rule.limit - rule.deadband : rule.limit + rule.deadband
        if side.isBeyond(best, clearLimit, countingLimit: false) {
            placed.error(
                "can never clear: the clear limit would be \(NumberText.text(clearLimit)), and no plausible value of "
                    + "\(signal.rawValue) reaches it; make the deadband smaller", at: "deadband")
        }
    }

    /// The keys of a limit, of which a rule has one.
    static let limitKeys: [(word: String, side: LimitSide, counts: Bool)] = [
        ("above", .above, false), ("below", .below, false), ("at_least", .above, true), ("at_most", .below, true),
    ]
}
