import VitalsModel

/// Which rules point at which, to find circles.
struct RuleGraph {
    var edges: [RuleID: [RuleID]]

    /// The shortest way from a rule back to itself over at least one other, without its end; nil when there is none.
    func circle(through start: RuleID) -> [RuleID]? {
        var paths = [[start]]
        var seen: Set<RuleID> = []
        while !paths.isEmpty {
            let path = paths.removeFirst()
            for next in path.last.flatMap({ edges[$0] }) ?? [] {
                if next == start, path.count > 1 { return path }
                if next != start, seen.insert(next).inserted { paths.append(path + [next]) }
            }
        }
        return nil
    }

    /// One circle for each set of rules that runs in one, in the order of `rules`.
    func circles(of rules: [RuleID]) -> [[RuleID]] {
        var told: Set<RuleID> = []
        return rules.compactMap { rule in
            guard !told.contains(rule), let circle = circle(through: rule) else { return nil }
            told.formUnion(circle)
            return circle
        }
    }
}
