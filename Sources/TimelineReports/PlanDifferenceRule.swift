import AlertEngine
import VitalsModel

/// What changed in one rule.
struct RuleComparison {
    var old: AlertRule
    var new: AlertRule

    /// The changes, one for each field.
    var changes: [PlanChange] {
        let found =
            ([kind, signals, condition] + confirmation + [priority, type, latching, family, phases, worsen, bounds, inhibits] + texts)
            .compactMap { $0 }
        // A graded rule is named after its limit; the new name alone says nothing new.
        return found.isEmpty && old.id != new.id ? [PlanChange(subject, "renamed", .neutral)] : found
    }

    private var subject: String { old.id == new.id ? old.id.rawValue : "\(old.id) -> \(new.id)" }

    private var kind: PlanChange? {
        let kinds = [old, new].map { Swift.type(of: $0.condition).kind }
        guard kinds[0] != kinds[1] else { return nil }
        let words = "kind \(kinds[0]) -> \(kinds[1])"
        switch (old.condition.canBeShelved, new.condition.canBeShelved) {
        case (true, false): return PlanChange(subject, words, .tighter, "can no longer be shelved or switched off")
        case (false, true): return PlanChange(subject, words, .looser, "can be shelved or switched off")
        default: return PlanChange(subject, words, .either)
        }
    }

    private var signals: PlanChange? {
        guard old.condition.signals != new.condition.signals else { return nil }
        return PlanChange(subject, "signal \(names(old)) -> \(names(new))", .either, "watches something else")
    }

    private func names(_ rule: AlertRule) -> String {
        rule.condition.signals.isEmpty ? "none" : PlanWords.names(rule.condition.signals)
    }

    private var condition: PlanChange? {
        let (before, after) = (old.condition, new.condition)
        guard before.statement != after.statement else { return nil }
        let comparison = ConditionComparison(old: before, new: after)
        let effects: [PlanChange.Direction: String] = [.looser: "alerts later", .tighter: "alerts earlier"]
        return PlanChange(subject, conditionWords(comparison), comparison.direction, effects[comparison.direction])
    }

    private func conditionWords(_ comparison: ConditionComparison) -> String {
        guard comparison.isOnlyLimitChanged, let before = comparison.old.decidingNumber, let after = comparison.new.decidingNumber else {
            return "condition \(comparison.old.statement) -> \(comparison.new.statement)"
        }
        let symbol = Unit(rawValue: comparison.old.decidingUnit)?.symbol ?? comparison.old.decidingUnit
        return "limit \(before.exactText) -> \(after.exactText) \(symbol)"
    }

    // MARK: Confirmation

    private var confirmation: [PlanChange?] {
        let (before, after) = (old.confirmation, new.confirmation)
        return [
            .of(subject, "delay", before.onDelay, after.onDelay, effect: .alertsLater, text: \.exactText),
            .of(subject, "values needed", before.minimumSamples, after.minimumSamples, effect: .alertsLater) { "\($0)" },
            readings, window,
            .of(subject, "time inside the limit before it ends", before.offDelay, after.offDelay, effect: .endsLater, text: \.exactText),
            .of(subject, "readings inside the limit before it ends", before.clearReadings, after.clearReadings, effect: .endsLater) {
                "\($0)"
            },
            clearDistance,
        ]
    }

    /// The window belongs to the readings where there was or is only one.
    private var readings: PlanChange? {
        let (before, after) = (old.confirmation, new.confirmation)
        var change = PlanChange.of(subject, "readings needed", before.readings, after.readings, effect: .alertsLater) { "\($0)" }
        if before.window == nil, let window = after.window { change?.words += " within \(window.exactText)" }
        return change
    }

    private var window: PlanChange? {
        guard let before = old.confirmation.window, let after = new.confirmation.window else { return nil }
        return .of(subject, "readings needed within", before, after, effect: .alertsEarlier, text: \.exactText)
    }

    private var clearDistance: PlanChange? {
        guard let before = old.condition.clearDistance, let after = new.condition.clearDistance else { return nil }
        let symbol = new.condition.signals.first?.unit.symbol ?? ""
        return .of(subject, "deadband", before, after, effect: .endsLater) { "\($0.exactText) \(symbol)" }
    }

    // MARK: Gravity and handling

    private var priority: PlanChange? {
        guard old.priority != new.priority else { return nil }
        let isLower = new.priority < old.priority
        return PlanChange(
            subject, "priority \(old.priority.rawValue) -> \(new.priority.rawValue)", isLower ? .looser : .tighter,
            isLower ? "less urgent" : "more urgent")
    }

    private var type: PlanChange? {
        old.type == new.type ? nil : PlanChange(subject, "type \(old.type.rawValue) -> \(new.type.rawValue)", .neutral)
    }

    private var latching: PlanChange? {
        let order: [Latching] = [.never, .brief, .always]
        let places = [old, new].map { order.firstIndex(of: $0.latching) ?? 0 }
        guard places[0] != places[1] else { return nil }
        let isLess = places[1] < places[0]
        return PlanChange(
            subject, "latching \(old.latching.rawValue) -> \(new.latching.rawValue)", isLess ? .looser : .tighter,
            isLess ? "can go unseen" : "stays to be seen")
    }

    private var family: PlanChange? {
        guard old.family != new.family else { return nil }
        return PlanChange(subject, "family \(old.family ?? "none") -> \(new.family ?? "none")", .neutral)
    }

    private var phases: PlanChange? {
        func words(_ rule: AlertRule) -> String { rule.phases.sorted().map(\.rawValue).joined(separator: ", ") }
        return .of(subject, "armed in \(words(old)) -> \(words(new))", old.phases, new.phases)
    }

    private var worsen: PlanChange? {
        guard old.worsenStep != new.worsenStep else { return nil }
        func words(_ rule: AlertRule) -> String {
            rule.worsenStep.map { "\($0.exactText) \(rule.condition.signals.first?.unit.symbol ?? "")" } ?? "never"
        }
        return .of(
            subject, "announced again when worse by \(words(old)) -> \(words(new))", pairs: [(old.worsenStep, new.worsenStep)],
            effect: .callsLater)
    }

    private var bounds: PlanChange? {
        guard old.bounds != new.bounds else { return nil }
        let words = [old, new].map { PlanWords.bounds($0) ?? "none" }
        return PlanChange(subject, "bounds of what a session may change: \(words[0]) -> \(words[1])", .either)
    }

    private var inhibits: PlanChange? {
        guard old.inhibits != new.inhibits else { return nil }
        let words = [old, new].map { $0.inhibits.isEmpty ? "none" : $0.inhibits.map(\.rawValue).joined(separator: ", ") }
        return PlanChange(subject, "silences \(words[0]) -> \(words[1])", .either)
    }

    // MARK: Texts

    private var texts: [PlanChange?] {
        [("title", old.title, new.title), ("action", old.action, new.action), ("reason", old.reason, new.reason)].map {
            label, before, after in
            before == after ? nil : PlanChange(subject, "\(label) \"\(before)\" -> \"\(after)\"", .neutral, changesAlerts: false)
        }
    }
}
