import AlertEngine
import SessionFlow
import VitalsModel

extension PlanPage {
    /// One rule: the words that a person signs, and the numbers for other programs (times in seconds).
    public struct Rule: Encodable, Sendable {
        /// The id.
        public var id: RuleID
        /// The word of its kind.
        public var kind: String
        /// The family.
        public var family: String?
        /// What the nurse reads.
        public var title: String
        /// The priority.
        public var priority: AlertPriority
        /// About the patient, the equipment or a duty.
        public var type: AlertType
        /// The signals that decide, the preferred one first.
        public var signals: [Signal]
        /// The whole condition: `SpO2 below 92 % for 20 s, ends when at least 93 % for 10 s`.
        public var condition: String
        /// The one number that decides, in `unit`.
        public var limit: Double?
        /// UCUM; empty without a limit.
        public var unit: String
        /// The side that is bad.
        public var side: String?
        /// What turns values beyond the limit into an alert, and others into its end.
        public var confirmation: Confirmation?
        /// The phases in which the rule is armed, in order.
        public var phases: [SessionPhase]
        /// What becomes of an alert that nobody saw.
        public var latching: String
        /// How much worse it is announced again, in `unit` of the signal.
        public var worsen: Double?
        /// Whether it may be shelved or switched off for a session.
        public var canBeShelved: Bool
        /// What a session may change of it, in words; nil where the plan says nothing of it.
        public var bounds: String?
        /// The rules that call nobody while this one alerts.
        public var inhibits: [RuleID]
        /// What to do.
        public var action: String
        /// Why this limit, with its source.
        public var reason: String

        private enum CodingKeys: String, CodingKey {
            case id, kind, family, title, priority, type, signals, condition, limit, unit, side, confirmation, phases, latching, worsen
            case bounds, inhibits, action, reason
            case canBeShelved = "can_be_shelved"
        }
    }

    /// The numbers of a confirmation; those of the other cadence are left out.
    public struct Confirmation: Encodable, Sendable {
        var onDelay: Double?
        var samples: Int?
        var offDelay: Double?
        var readings: Int?
        var window: Double?
        var clearReadings: Int?

        private enum CodingKeys: String, CodingKey {
            case samples, readings
            case onDelay = "for_s"
            case offDelay = "clear_for_s"
            case window = "within_s"
            case clearReadings = "clear_readings"
        }

        /// The numbers of one rule; nil for a rule on time alone.
        init?(_ rule: AlertRule) {
            let confirmation = rule.confirmation
            guard rule.condition.side != nil, let cadence = rule.condition.signals.first?.cadence else { return nil }
            switch cadence {
            case .streaming:
                onDelay = confirmation.onDelay.inSeconds
                samples = confirmation.minimumSamples
                offDelay = confirmation.offDelay.inSeconds
            case .intermittent:
                readings = confirmation.readings
                window = confirmation.readings > 1 ? confirmation.window?.inSeconds : nil
                clearReadings = confirmation.clearReadings
            }
        }
    }
}

extension PlanPage.Rule {
    /// The page's words of a rule of a plan.
    init(_ rule: AlertRule, in plan: SessionPlan) {
        id = rule.id
        kind = Swift.type(of: rule.condition).kind
        family = rule.family
        title = rule.title
        priority = rule.priority
        type = rule.type
        signals = rule.condition.signals
        condition = PlanWords.condition(rule)
        limit = rule.condition.decidingNumber
        unit = rule.condition.decidingUnit
        side = rule.condition.side?.rawValue
        confirmation = PlanPage.Confirmation(rule)
        phases = plan.phases.filter(rule.phases.contains)
        latching = rule.latching.rawValue
        worsen = rule.worsenStep
        canBeShelved = rule.condition.canBeShelved
        bounds = PlanWords.bounds(rule)
        inhibits = rule.inhibits
        action = rule.action
        reason = rule.reason
    }

    /// The priority as bedside monitors print it.
    var priorityText: String { AlertWords.priority(priority, type).trimmingTrailingBlanks }

    /// The rule as label and text, in the order of reading: what, when, then what for.
    var facts: [(label: String, text: String)] {
        var facts = [("Alerts", condition), ("Armed in", phases.map(\.rawValue).joined(separator: ", "))]
        facts.append(("Unseen", PlanWords.latching(Latching(rawValue: latching) ?? .always)))
        if let worsen {
            let unit = signals.first?.unit.symbol ?? ""
            facts.append(("Again", "announced again when \(worsen.exactText) \(unit) worse than when it was acknowledged"))
        }
        if !canBeShelved { facts.append(("Fixed", "can be neither shelved nor switched off")) }
        facts.append(("Bounds", bounds ?? "no session may change its limit or its delay"))
        if !inhibits.isEmpty { facts.append(("Silences", inhibits.map(\.rawValue).joined(separator: ", "))) }
        return facts + [("Do", action), ("Why", reason)]
    }
}
