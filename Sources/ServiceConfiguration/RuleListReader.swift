import AlertEngine
import VitalsModel

/// The rules of a plan, and whether all of them could be read.
struct RuleList {
    var rules: [PlacedRule]
    /// False when a rule had faults; then nothing is said about what the rules lack together.
    var isComplete: Bool
}

/// Reads the rules of a plan, and spreads graded ones.
///
/// A graded rule gives `grades`: each grade is a rule of its own that takes what it does not say from the rule around it,
/// is named after its limit (`spo2-low-94`), and belongs to one family, by default the rule's id.
struct RuleListReader {
    var outline: PlanOutline

    func read(_ field: Field?) -> RuleList {
        guard let items = field?.filledList() else { return RuleList(rules: [], isComplete: false) }
        let results = items.flatMap(readItem)
        let rules = results.compactMap { $0 }
        let unique = refuseSameIDs(rules)
        return RuleList(rules: unique, isComplete: unique.count == results.count)
    }

    /// The rules of one item of the list; nil for each with faults.
    private func readItem(_ item: Field) -> [PlacedRule?] {
        guard let map = item.map() else { return [nil] }
        let id = map.required("id", "the name that alerts and the record carry, as in sbp-high")?.identifier()
        let grades = map.ownField("grades")
        defer { map.finish() }
        guard let grades else {
            return [
                RuleReader(map: map, outline: outline).read { _ in
                    id
                } family: {
                    $0
                }
            ]
        }
        guard let list = grades.filledList() else {
            map.skipRest()
            return [nil]
        }
        return list.map { readGrade($0, of: map, id: id) }
    }

    /// One grade of the rule `map` with the id `id`.
    private func readGrade(_ grade: Field, of map: MapReader, id: String?) -> PlacedRule? {
        guard let gradeMap = grade.map(fallback: map) else {
            map.skipRest()
            return nil
        }
        defer { gradeMap.finish() }
        let own = gradeMap.ownField("id")
        return RuleReader(map: gradeMap, outline: outline).read { limit in
            if let own { return own.identifier() }
            guard let id else { return nil }
            if let suffix = limit?.idSuffix { return "\(id)-\(suffix)" }
            grade.error("has no whole number as limit to be named after; give it an id of its own")
            return nil
        } family: {
            $0 ?? id
        }
    }

    private func refuseSameIDs(_ rules: [PlacedRule]) -> [PlacedRule] {
        var lines: [RuleID: Int] = [:]
        return rules.filter { placed in
            if let line = lines[placed.rule.id] {
                placed.error("the rule id \(placed.rule.id) is already taken on line \(line); choose another", at: "id")
                return false
            }
            lines[placed.rule.id] = placed.map.place(of: "id").place.line
            return true
        }
    }
}
