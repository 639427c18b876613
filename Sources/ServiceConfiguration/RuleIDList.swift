import VitalsModel

extension Field {
    /// The ids of other rules of the plan, each once; whether they exist is seen when all rules are read (`PlanLint`).
    func ruleIDs() -> [RuleID]? {
        guard let items = filledList() else { return nil }
        var found: [RuleID] = []
        for item in items {
            guard let id = item.identifier().map({ RuleID($0) }) else { return nil }
            if found.contains(id) { item.error("\(id) stands here twice; keep one") } else { found.append(id) }
        }
        return found.count == items.count ? found : nil
    }
}
