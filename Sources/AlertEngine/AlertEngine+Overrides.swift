import VitalsModel

/// What a session changes of a rule (alarms.md section 6, "Per-session overrides"): inside the bounds that the plan gives, and no
/// further than the session.
extension AlertEngine {
    /// What an override would mean.
    public struct OverrideEffect: Sendable, Hashable {
        /// Whether the rule would alert later or less than now.
        public var isLoosening: Bool
        /// Whether a second person must agree: a high rule is loosened.
        public var needsWitness: Bool
    }

    /// Checks an override without making it.
    ///
    /// - Throws: `EngineRefusal` with the bound.
    public func check(_ change: RuleOverride, of rule: RuleID) throws(EngineRefusal) -> OverrideEffect {
        guard let index = rules.firstIndex(where: { $0.id == rule }) else { throw .unknownRule(rule) }
        let plan = planRules[index]
        if change.isOff, !plan.condition.canBeShelved { throw .neverShelved(rule) }
        try checkLimit(change.limit, of: plan, index)
        try checkDelay(change.onDelay, of: plan)
        if change.priority != nil, plan.condition.side == nil {
            throw .beyondBounds(rule, "the priority of kind \(type(of: plan.condition).kind) follows from what it finds")
        }
        if let priority = change.priority, !plan.condition.canBeShelved, priority < plan.priority {
            throw .beyondBounds(rule, "a deep limit keeps its priority \(plan.priority.rawValue)")
        }
        try checkPriority(change.priority, index)
        let isLoosening = loosens(change, index)
        return OverrideEffect(isLoosening: isLoosening, needsWitness: isLoosening && gravestPriority(index) == .high)
    }

    /// The gravest alert that rests on a rule: its own, what its condition can rise to, and the composites that need it.
    private func gravestPriority(_ index: Int) -> AlertPriority {
        let own = [planRules[index].priority, rules[index].priority, planRules[index].condition.gravestPriority].compactMap { $0 }
        let composed = composites.filter { conditions[$0].members.contains(rules[index].id) }.map(gravestPriority)
        return (own + composed).max() ?? .high
    }

    /// Within a family, and where one rule silences another, the graver stays the more urgent.
    private func checkPriority(_ priority: AlertPriority?, _ index: Int) throws(EngineRefusal) {
        guard let priority else { return }
        let above = graver[index] + inhibitors[index]
        let below = rules.indices.filter { graver[$0].contains(index) || inhibitors[$0].contains(index) }
        if let other = above.first(where: { rules[$0].priority < priority }) ?? below.first(where: { rules[$0].priority > priority }) {
            throw .beyondBounds(
                rules[index].id,
                "as \(priority.rawValue) it would be out of order with \(rules[other].id), which is \(rules[other].priority.rawValue)")
        }
    }

    private func checkLimit(_ limit: Double?, of plan: AlertRule, _ index: Int) throws(EngineRefusal) {
        guard let limit else { return }
        guard plan.condition.with(limit: limit) != nil else {
            throw .beyondBounds(plan.id, "a rule of kind \(type(of: plan.condition).kind) has no limit that a session can change")
        }
        guard let bounds = plan.bounds?.limit else { throw .beyondBounds(plan.id, "the plan gives no bounds for its limit") }
        guard bounds.contains(limit) else {
            throw .beyondBounds(
                plan.id, "the limit \(limit.shortText) is not between \(bounds.lowerBound.shortText) and \(bounds.upperBound.shortText)")
        }
        for other in rules.indices where other != index { try checkOrder(limit, index, other) }
    }

    /// Within a family the graver rule stays the deeper one.
    private func checkOrder(_ limit: Double, _ index: Int, _ other: Int) throws(EngineRefusal) {
        let isGraver = graver[index].contains(other)
        guard isGraver || graver[other].contains(index), let side = conditions[index].side, conditions[other].side == side,
            let neighbour = conditions[other].fixedLimit
        else { return }
        let isInOrder =
            isGraver ? side.isBeyond(neighbour, limit, countingLimit: false) : side.isBeyond(limit, neighbour, countingLimit: false)
        guard isInOrder else {
            throw .beyondBounds(
                rules[index].id,
                "the limit \(limit.shortText) would lie \(isGraver ? "at or beyond" : "inside") that of \(rules[other].id), \(neighbour.shortText)"
            )
        }
    }

    private func checkDelay(_ seconds: Double?, of plan: AlertRule) throws(EngineRefusal) {
        guard let seconds else { return }
        guard let bounds = plan.bounds?.onDelay else { throw .beyondBounds(plan.id, "the plan gives no bounds for its delay") }
        guard (bounds.lowerBound.inSeconds...bounds.upperBound.inSeconds).contains(seconds) else {
            throw .beyondBounds(
                plan.id,
                "the delay of \(seconds.shortText) s is not between \(bounds.lowerBound.inSeconds.shortText) s and "
                    + "\(bounds.upperBound.inSeconds.shortText) s")
        }
    }

    /// Whether a rule would alert later or less than it does now.
    private func loosens(_ change: RuleOverride, _ index: Int) -> Bool {
        let (now, next) = (rules[index], Self.rule(planRules[index], with: change))
        let wasOff = state.overrides[now.id]?.change.isOff ?? false
        if change.isOff { return !wasOff }
        if next.priority < now.priority || next.confirmation.onDelay > now.confirmation.onDelay { return true }
        guard let side = now.condition.side, let old = now.condition.fixedLimit, let new = next.condition.fixedLimit else { return false }
        return side.isBeyond(new, old, countingLimit: false)
    }

    /// Changes a rule for the rest of the session (23). An empty override goes back to the plan.
    ///
    /// - Returns: the transitions, and the entry's payload but for its reason and witness.
    /// - Throws: `EngineRefusal` with the bound.
    public mutating func override(
        _ rule: RuleID, _ change: RuleOverride, at time: BootInstant
    ) throws(EngineRefusal) -> (transitions: [TimedTransition], change: LimitChange) {
        let effect = try check(change, of: rule)
        guard let index = rules.firstIndex(where: { $0.id == rule }) else { throw .unknownRule(rule) }
        let before = state.overrides[rule]?.change ?? RuleOverride()
        let transitions = take(at: time) { engine, now in
            engine.state.limitsVersion += 1
            engine.state.overrides[rule] = VersionedOverride(change: change, version: engine.state.limitsVersion)
            engine.put(change, on: rule)
            engine.cachedDeadline = nil
            var transitions = engine.arm(at: now)
            let limit = engine.conditions[index].fixedLimit
            if engine.state.machines[index].isOpen {
                transitions += engine.transform(index, at: now) { machine, terms in
                    [machine.changeLimits("now \(change.words)", priority: terms.priority, limit: limit)]
                }
            }
            if engine.armed[index] { transitions += engine.reevaluate(index, at: now) }
            return transitions
        }
        return (
            transitions,
            LimitChange(
                rule: rule, change: change, before: before, version: state.limitsVersion, isLoosening: effect.isLoosening, reason: "",
                witness: nil)
        )
    }

    /// Lets a rule hold as the session has changed it.
    mutating func put(_ change: RuleOverride, on rule: RuleID) {
        guard let index = planRules.firstIndex(where: { $0.id == rule }) else { return }
        rules[index] = Self.rule(planRules[index], with: change)
        conditions[index] = rules[index].condition
        armed[index] = rules[index].phases.contains(state.phase) && !change.isOff
    }

    private static func rule(_ plan: AlertRule, with change: RuleOverride) -> AlertRule {
        var rule = plan
        if let limit = change.limit, let condition = plan.condition.with(limit: limit) { rule.condition = condition }
        if let seconds = change.onDelay { rule.confirmation.onDelay = .nanoseconds(Int64(seconds * 1e9)) }
        rule.priority = change.priority ?? plan.priority
        return rule
    }
}
