import AlertEngine
import VitalsModel

/// Reads one rule: the keys that all kinds share. A kind's own keys are read by its file in `Kinds/`.
struct RuleReader {
    var map: MapReader
    var outline: PlanOutline

    /// The rule, or nil with its faults reported.
    /// - Parameters:
    ///   - makeID: the id, once the limit is known; nil when there is none.
    ///   - family: the family, given what the file says.
    func read(id makeID: (RuleLimit?) -> String?, family makeFamily: (String?) -> String?) -> PlacedRule? {
        let title = map.required("title", "what the nurse reads")?.line(upTo: 80)
        let action = map.required("action", "what the nurse is to do")?.line(upTo: 200)
        let reason = map.required("reason", "why this limit, and where it comes from")?.text()
        let priority = map.required("priority", "low, medium or high")?.choice(AlertPriority.allCases)
        let type = map.field("type")?.choice([AlertType.physiological, .technical, .advisory])
        let latching = map.field("latching")?.choice([Latching.always, .brief, .never])
        let family = map.field("family")?.identifier()
        let inhibits = map.field("inhibits")?.ruleIDs() ?? []
        guard let kind = readKind() else {
            map.skipRest()
            return nil
        }
        let phases = readPhases(kind)
        let signals = kind.watching == .time ? [] : readSignals()
        let input = RuleInput(map: map, signals: signals, priority: priority ?? .low, outline: outline)
        let condition = kind.condition(input)
        let confirmation = ConfirmationReader(map: map, kind: kind, signals: signals).read()
        let worsen = readWorsen(kind)
        let bounds = BoundsReader(map: map, kind: kind, signals: signals).read(of: condition, confirmation)
        let limit = condition.flatMap(kind.limit)
        let id = condition == nil ? nil : makeID(limit)
        guard let id, let title, let action, let reason, let priority, let phases, let condition, let confirmation else { return nil }
        guard kind.watching == .time || !signals.isEmpty else { return nil }
        let ruleType = type ?? kind.standardType
        let rule = AlertRule(
            id: RuleID(id), title: title, action: action, reason: reason, phases: phases, priority: priority, type: ruleType,
            family: makeFamily(family), latching: latching ?? .standard(priority, ruleType), confirmation: confirmation,
            worsenStep: worsen, inhibits: inhibits, bounds: bounds, condition: condition)
        return PlacedRule(rule: rule, kind: kind, map: map, limit: limit)
    }

    private func readKind() -> RuleKind? {
        let words = RuleKind.all.map(\.word)
        guard let word = map.required("kind", "one of \(words.joined(separator: ", "))")?.word(among: words) else { return nil }
        return RuleKind.all.first { $0.word == word }
    }

    /// `heart_rate` is taken from the ECG, else from the pulse; nothing else has a stand-in (DESIGN.md 3, point 10).
    private func readSignals() -> [Signal] {
        guard let signal = map.required("signal", "what is watched, as in spo2")?.choice(Signal.allCases) else { return [] }
        return signal == .heartRate ? [.heartRate, .pulseRate] : [signal]
    }

    private func readPhases(_ kind: RuleKind) -> Set<SessionPhase>? {
        let possible = outline.possiblePhases
        guard let field = map.field("phases") else { return kind.standardPhases(outline).intersection(possible) }
        if case .scalar("all", _) = field.node.content { return Set(possible) }
        guard case .list = field.node.content else {
            field.error("must be a list of phases, or the word all, not \(field.node.words)")
            return nil
        }
        guard let items = field.filledList() else { return nil }
        let phases = items.compactMap { item -> SessionPhase? in
            guard let phase = item.choice(SessionPhase.allCases) else { return nil }
            if possible.contains(phase) { return phase }
            item.error("this plan has no phase \(phase.rawValue); its phases are \(possible.map(\.rawValue).joined(separator: ", "))")
            return nil
        }
        return phases.count == items.count ? Set(phases) : nil
    }

    private func readWorsen(_ kind: RuleKind) -> Double? {
        guard kind.watching == .values else {
            map.refuse("worsen", because: "a rule of kind \(kind.word) has no value that could become worse")
            return nil
        }
        return map.field("worsen")?.positiveNumber(upTo: 100)
    }
}
