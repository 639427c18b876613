import AlertEngine
import VitalsModel

extension RuleKind {
    /// `deep`: a fixed limit so deep that it alerts within 5 s and can be neither shelved nor switched off.
    static let deep = RuleKind(
        word: DeepRule.kind, watching: .values, standardType: .physiological, standardPhases: RuleKind.attended,
        longestOnDelay: DeepRule.longestOnDelay,
        condition: { readThreshold($0).map(DeepRule.init) },
        limit: { ($0 as? DeepRule).flatMap { fixedLimit($0.threshold) } },
        check: { placed, _ in
            (placed.rule.condition as? DeepRule).map { checkFixedLimit($0.threshold, of: placed) }
            if placed.rule.confirmation.readings > 1 {
                placed.error("a deep limit does not wait for a second reading; use kind threshold or readings: 1", at: "readings")
            }
            if placed.rule.priority != .high {
                placed.warning("a deep limit is meant for what must be answered at once; is its priority not high?", at: "priority")
            }
        })
}
