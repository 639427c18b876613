import AlertEngine
import VitalsModel

extension RuleKind {
    /// `missing`: no fresh value of a stream that the plan expects. Keys: `stale` (default by the period), `priorities` by phase,
    /// and `high_after`, the time in `dosing` after which it becomes high.
    static let missing = RuleKind(
        word: MissingRule.kind, watching: .presence, standardType: .technical,
        standardPhases: { _ in [.baseline, .dosing, .acute, .recovery] },
        condition: { readMissing($0) },
        check: { placed, outline in checkPriorities(placed, outline) })

    private static func readMissing(_ input: RuleInput) -> MissingRule? {
        let map = input.map
        let staleField = map.field("stale")
        let stale = staleField?.duration(in: .seconds(2) ... .seconds(600))
        let highAfter = map.field("high_after")?.duration(in: .zero ... .seconds(3600))
        let priorities = readPriorities(map.field("priorities"))
        guard !input.signals.isEmpty, staleField == nil || stale != nil else { return nil }
        guard let signal = map.field("signal") else { return nil }
        guard input.signals.allSatisfy({ $0.cadence == .streaming }) else {
            signal.error("\(input.signals[0].rawValue) comes from the cuff; its absence is watched by kind \(CuffOverdueRule.kind)")
            return nil
        }
        guard let period = input.outline.period(ofAny: input.signals) else {
            guard input.outline.isExpectationComplete else { return nil }
            signal.error("can never alert: the plan does not expect \(input.signals[0].rawValue); add it under expect")
            return nil
        }
        if let stale, stale <= period {
            staleField?.error("is not longer than the period of \(DurationText.text(period)), so every pause between values would alert")
            return nil
        }
        return MissingRule(
            signals: input.signals, stale: stale ?? MissingRule.standardStale(period: period), priority: input.priority,
            priorities: priorities, dosingHighAfter: highAfter)
    }

    private static func readPriorities(_ field: Field?) -> [SessionPhase: AlertPriority] {
        guard let map = field?.map() else { return [:] }
        var priorities: [SessionPhase: AlertPriority] = [:]
        for phase in SessionPhase.allCases where phase.isOpen {
            priorities[phase] = map.field(phase.rawValue)?.choice(AlertPriority.allCases)
        }
        map.finish()
        return priorities
    }

    private static func checkPriorities(_ placed: PlacedRule, _ outline: PlanOutline) {
        guard let rule = placed.rule.condition as? MissingRule else { return }
        for phase in rule.priorities.keys.sorted() where !placed.rule.phases.contains(phase) {
            placed.warning("gives a priority for \(phase.rawValue), but the rule is not armed in it", at: "priorities")
        }
        if rule.dosingHighAfter != nil, !placed.rule.phases.contains(.dosing) {
            placed.warning("works only in dosing, and the rule is not armed in it", at: "high_after")
        }
    }
}
