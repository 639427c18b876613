import AlertEngine
import SessionFlow
import VitalsModel

/// What a plan says, in a clinician's words.
enum PlanWords {
    /// Signal, condition, confirmation and end: `SpO2 below 92 % for 20 s, ends when at least 93 % for 10 s`.
    static func condition(_ rule: AlertRule) -> String {
        let condition = rule.condition
        guard condition.side != nil else {
            let subject = condition.signals.isEmpty ? "" : "\(names(condition.signals)): "
            return "\(subject)\(condition.statement); ends when \(condition.ending)"
        }
        return "\(names(condition.signals)) \(condition.statement)\(confirmation(rule)), \(end(rule))"
    }

    /// Signal and condition alone: `SpO2 below 92 %`.
    static func statement(_ condition: any RuleCondition) -> String {
        guard !condition.signals.isEmpty else { return condition.statement }
        return "\(names(condition.signals))\(condition.side == nil ? ":" : "") \(condition.statement)"
    }

    /// What a condition watches, as a heading: `Heart rate, above`.
    static func watched(_ condition: any RuleCondition) -> String {
        guard let signal = condition.signals.first else { return "Duties" }
        let title = signal.title
        let side = condition.side.map { $0 == .above ? ", too high" : ", too low" } ?? ""
        return title.prefix(1).uppercased() + title.dropFirst() + side
    }

    /// The signals of a rule: the preferred one, and what stands in for it.
    static func names(_ signals: [Signal]) -> String { signals.map(\.title).joined(separator: " or else ") }

    private static func confirmation(_ rule: AlertRule) -> String {
        let confirmation = rule.confirmation
        if rule.condition.signals.first?.cadence == .intermittent {
            guard confirmation.readings > 1 else { return ", at the first reading" }
            return ", \(confirmation.readings) readings" + (confirmation.window.map { " within \($0.exactText)" } ?? "")
        }
        guard confirmation.onDelay > .zero || confirmation.minimumSamples > 1 else { return ", at the first value" }
        // Two samples only say that one alone is not enough; more is a choice of the plan that must be seen.
        let samples = confirmation.minimumSamples > 2 ? " and \(confirmation.minimumSamples) values" : ""
        return " for \(confirmation.onDelay.exactText)\(samples)"
    }

    private static func end(_ rule: AlertRule) -> String {
        let (confirmation, ending) = (rule.confirmation, rule.condition.ending)
        if rule.condition.signals.first?.cadence == .intermittent {
            return confirmation.clearReadings > 1
                ? "ends after \(confirmation.clearReadings) readings \(ending)" : "ends with the first reading \(ending)"
        }
        return "ends when \(ending)" + (confirmation.offDelay > .zero ? " for \(confirmation.offDelay.exactText)" : "")
    }

    /// What becomes of an alert that nobody saw.
    static func latching(_ latching: Latching) -> String {
        switch latching {
        case .always: "stays on the screen until somebody has seen it, also when its cause is gone"
        case .brief: "stays until seen when it lasted less than 30 s; a longer one goes with its cause"
        case .never: "goes with its cause"
        }
    }

    /// How the baseline is taken.
    static func baseline(_ method: BaselineMethod) -> [String] {
        [
            "Pressures: the median of at least \(method.cuffReadings) good cuff readings of the last \(method.cuffWithin.exactText); "
                + "with more than \(method.cuffSpread.exactText) mmHg between them a further reading is asked for.",
            "Streams: the median of the last \(method.streamWindow.exactText), of which at least \(method.streamMinimum.exactText) must "
                + "be good.",
            "The baseline is frozen at the first dose. Without one, the rules on the baseline do not alert, and Vigil says so.",
        ]
    }

    /// What happens to alerts that nobody answers, and to answered ones that stay.
    static func response(_ times: ResponseTimes) -> [String] {
        let priorities = AlertPriority.allCases.reversed()
        let reminders = priorities.map { priority in
            times.reminder[priority].map {
                "An acknowledged \(priority.rawValue) alert that is still there comes again after \($0.exactText)."
            }
                ?? "An acknowledged \(priority.rawValue) alert does not come again by itself."
        }
        let escalations = priorities.map { priority in
            guard let steps = times.escalation[priority], !steps.isEmpty else {
                return "A \(priority.rawValue) alert that nobody answers does not escalate."
            }
            return "A \(priority.rawValue) alert that nobody answers escalates after \(sequence(steps.map(\.exactText)))."
        }
        let hold =
            "When the device falls silent during an alert, the alert is held for \(times.hold.exactText); then its outcome is unknown, "
            + "and it stays to be seen."
        return escalations + reminders + [hold]
    }

    /// `a`, `a and b`, `a, b and c`.
    static func sequence(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return "\(words.dropLast().joined(separator: ", ")) and \(last)"
    }

    /// Seconds as a plan writes them.
    static func time(_ seconds: Double) -> String { Duration.nanoseconds(Int64((seconds * 1e9).rounded())).exactText }

    /// The route in words.
    static func route(_ word: String) -> String {
        switch word {
        case "iv": "intravenous (iv)"
        case "im": "intramuscular (im)"
        case "oral": "by mouth (oral)"
        case "nasal": "by the nose (nasal)"
        case "none": "no drug (none)"
        default: word
        }
    }

    /// What a session may change of a rule: `limit 85 to 94 %, delay 10 s to 60 s`; nil where nothing.
    static func bounds(_ rule: AlertRule) -> String? {
        let symbol = rule.condition.signals.first?.unit.symbol ?? ""
        let limit = rule.bounds?.limit.map { "limit \($0.lowerBound.exactText) to \($0.upperBound.exactText) \(symbol)" }
        let delay = rule.bounds?.onDelay.map { "delay \($0.lowerBound.exactText) to \($0.upperBound.exactText)" }
        let parts = [limit, delay].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// What goes before the rules of a stream: `median of 3 values`.
    static func filter(_ width: Int?) -> String { (width ?? 1) > 1 ? "median of \(width ?? 1) values" : "each value" }
}
