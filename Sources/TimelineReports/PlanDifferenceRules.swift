import AlertEngine
import VitalsModel

/// What changed in the rules of a plan: rules that went, rules that came, and what changed in those that stayed.
struct RuleListComparison {
    var old: [AlertRule]
    var new: [AlertRule]

    /// The changes in the order of the new plan, removed rules first.
    var changes: [PlanChange] {
        let pairs = pairs
        let kept = Set(pairs.map(\.old.id))
        let known = Set(pairs.map(\.new.id))
        return old.filter { !kept.contains($0.id) }.map(removal) + pairs.flatMap { RuleComparison(old: $0.old, new: $0.new).changes }
            + new.filter { !known.contains($0.id) }.map(addition) + familyOrders
    }

    /// The same rule in both plans: by its id, else by its place among those of one family that have new ids, since a grade is
    /// named after its limit.
    private var pairs: [(old: AlertRule, new: AlertRule)] {
        let oldIDs = Set(old.map(\.id))
        let newIDs = Set(new.map(\.id))
        let gone = old.filter { !newIDs.contains($0.id) }
        return new.compactMap { rule in
            if oldIDs.contains(rule.id) { return old.first { $0.id == rule.id }.map { ($0, rule) } }
            let siblings = new.filter { !oldIDs.contains($0.id) && Self.isGrade($0, of: rule) }
            let candidates = gone.filter { Self.isGrade($0, of: rule) }
            guard rule.family != nil, siblings.count == candidates.count, let place = siblings.firstIndex(where: { $0.id == rule.id })
            else { return nil }
            return (candidates[place], rule)
        }
    }

    private static func isGrade(_ one: AlertRule, of other: AlertRule) -> Bool { one.family == other.family && watchesSame(one, other) }

    private static func watchesSame(_ one: AlertRule, _ other: AlertRule) -> Bool {
        guard one.condition.signals == other.condition.signals, one.condition.side == other.condition.side else { return false }
        return one.condition.side != nil || type(of: one.condition).kind == type(of: other.condition).kind
    }

    private func removal(_ rule: AlertRule) -> PlanChange {
        let words = PlanWords.statement(rule.condition)
        let others = new.filter { Self.watchesSame($0, rule) }.map { "\($0.id) (\($0.condition.statement))" }
        let rest =
            others.isEmpty
            ? "\(words) is no longer watched by any rule" : "\(words); what is left is \(others.joined(separator: ", "))"
        return PlanChange("rule \(rule.id) removed", rest, .looser, "watches less")
    }

    private func addition(_ rule: AlertRule) -> PlanChange {
        PlanChange("rule \(rule.id) added", "\(PlanWords.condition(rule)), priority \(rule.priority.rawValue)", .tighter, "watches more")
    }

    /// The last rule of a family that is true is announced, so their order counts.
    private var familyOrders: [PlanChange] {
        var seen: Set<String> = []
        return new.compactMap(\.family).filter { seen.insert($0).inserted }.compactMap { family in
            func order(_ rules: [AlertRule], among others: [AlertRule]) -> [RuleID] {
                let known = Set(others.filter { $0.family == family }.map(\.id))
                return rules.filter { $0.family == family && known.contains($0.id) }.map(\.id)
            }
            let (before, after) = (order(old, among: new), order(new, among: old))
            guard before != after else { return nil }
            func words(_ order: [RuleID]) -> String { order.map(\.rawValue).joined(separator: ", ") }
            return PlanChange("family \(family)", "order \(words(before)) -> \(words(after))", .neutral, "the last one is the gravest")
        }
    }
}
