import AlertEngine
import VitalsModel

/// Holds composites against the rules that they rest on.
struct CompositeLint {
    var list: RuleList

    private var composites: [(placed: PlacedRule, condition: CompositeRule)] {
        list.rules.compactMap { placed in (placed.rule.condition as? CompositeRule).map { (placed, $0) } }
    }

    func run() {
        let found = composites
        for (placed, condition) in found {
            checkMembers(placed, condition)
            checkPhases(placed, condition)
        }
        let edges = Dictionary(found.map { ($0.placed.rule.id, $0.condition.members) }, uniquingKeysWith: { first, _ in first })
        for circle in RuleGraph(edges: edges).circles(of: found.map(\.placed.rule.id)) {
            guard let placed = found.first(where: { $0.placed.rule.id == circle[0] })?.placed else { continue }
            let way = (circle + [circle[0]]).map(\.rawValue).joined(separator: " rests on ")
            placed.error("can never be decided: \(way)", at: "kind")
        }
    }

    private func checkMembers(_ placed: PlacedRule, _ condition: CompositeRule) {
        for (key, members) in [("all", condition.all), ("any", condition.any), ("none", condition.none)] {
            for member in members { checkMember(member, placed, at: key) }
        }
        for member in condition.none where condition.all.contains(member) {
            placed.error("can never alert: \(member) is to alert and not to alert", at: "none")
        }
        if !condition.any.isEmpty, condition.any.allSatisfy(condition.none.contains) {
            placed.error("can never alert: each rule of any stands in none as well", at: "none")
        }
    }

    private func checkMember(_ member: RuleID, _ placed: PlacedRule, at key: String) {
        if member == placed.rule.id {
            placed.error("a composite cannot rest on itself; remove \(member)", at: key)
        } else {
            list.checkExists(member, for: placed, at: key)
        }
    }

    /// Whether its members are ever armed together with it; with a `within` one may have alerted a phase earlier.
    private func checkPhases(_ placed: PlacedRule, _ condition: CompositeRule) {
        let phases = { (id: RuleID) in list.rule(id)?.rule.phases }
        let needed = condition.all.compactMap(phases), either = condition.any.compactMap(phases)
        guard needed.count == condition.all.count, either.count == condition.any.count, !placed.rule.phases.isEmpty else { return }
        var common = needed.reduce(placed.rule.phases) { $0.intersection($1) }
        if !either.isEmpty { common.formIntersection(either.flatMap { $0 }) }
        guard common.isEmpty else { return }
        let words = "its members and itself are armed together in no phase"
        if condition.within == .zero {
            placed.error("can never alert: \(words); change phases", at: "phases")
        } else {
            placed.warning("\(words), so it can alert only for a short time after a phase began", at: "phases")
        }
    }
}

extension RuleList {
    /// The rule of that id.
    func rule(_ id: RuleID) -> PlacedRule? { rules.first { $0.rule.id == id } }

    /// Refuses an id that no rule has. While some rules could not be read it may be one of theirs.
    func checkExists(_ id: RuleID, for placed: PlacedRule, at key: String) {
        guard isComplete, rule(id) == nil else { return }
        let hint = NearestWord.hint(for: id.rawValue, among: rules.map(\.rule.id.rawValue))
        let grades = rules.filter { $0.rule.family == id.rawValue }.map(\.rule.id.rawValue)
        let isFamily = grades.isEmpty ? hint : "; it is a family, name one of \(grades.joined(separator: ", "))"
        placed.error("this plan has no rule \(id)\(isFamily)", at: key)
    }
}
