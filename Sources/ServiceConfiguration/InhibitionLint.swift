import AlertEngine
import VitalsModel

/// Looks at `inhibits`: the rules that call nobody while another one alerts, because that one says more.
struct InhibitionLint {
    var list: RuleList

    func run() {
        for placed in list.rules {
            for target in placed.rule.inhibits { check(target, inhibitedBy: placed) }
        }
        let edges = Dictionary(list.rules.map { ($0.rule.id, $0.rule.inhibits) }, uniquingKeysWith: { first, _ in first })
        for circle in RuleGraph(edges: edges).circles(of: list.rules.map(\.rule.id)) {
            let way = (circle + [circle[0]]).map(\.rawValue).joined(separator: " inhibits ")
            list.rule(circle[0])?.error("nobody would be called: \(way)", at: "inhibits")
        }
    }

    private func check(_ target: RuleID, inhibitedBy placed: PlacedRule) {
        guard target != placed.rule.id else {
            placed.error("a rule cannot inhibit itself; remove \(target)", at: "inhibits")
            return
        }
        guard let rule = list.rule(target)?.rule else {
            list.checkExists(target, for: placed, at: "inhibits")
            return
        }
        guard rule.condition.canBeShelved else {
            placed.error("\(target) is a deep limit, which nothing silences; remove it", at: "inhibits")
            return
        }
        let (highest, own) = (rule.priorities.upperBound, placed.rule.priorities.lowerBound)
        guard highest > own else { return }
        placed.error(
            "\(target) can be of \(highest.rawValue) priority and would be silenced by a rule of \(own.rawValue) priority; remove it",
            at: "inhibits")
    }
}

extension AlertRule {
    /// The priorities that its condition can give it; escalation because nobody answers comes on top.
    fileprivate var priorities: ClosedRange<AlertPriority> {
        var possible = [priority] + [condition.gravestPriority].compactMap { $0 }
        if let missing = condition as? MissingRule { possible += missing.priorities.values }
        return (possible.min() ?? priority)...(possible.max() ?? priority)
    }
}
