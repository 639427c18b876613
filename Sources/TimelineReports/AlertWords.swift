import VitalsModel

/// The words of an alert line.
enum AlertWords {
    /// A value of a streaming signal that is younger than this, in seconds, is shown without its age.
    static let freshSeconds = 5.0
    /// A value of a streaming signal that is older than this, in seconds, is not shown as a value any more.
    static let staleSeconds = 30.0
    /// A cuff measurement is minutes old by nature; its age is shown from this on, in seconds.
    static let cuffFreshSeconds = 60.0

    /// Priority in text as bedside monitors print it (alarms.md, section 1): stars for the patient, exclamation marks for
    /// equipment and duties. 8 columns.
    static func priority(_ priority: AlertPriority, _ type: AlertType) -> String {
        let isPatient = type == .physiological
        return switch priority {
        case .high: isPatient ? "*** HIGH" : "!!! HIGH"
        case .medium: isPatient ? "**  MED " : "!!  MED "
        case .low: isPatient ? "*   LOW " : "!   LOW "
        }
    }

    /// What changed, in at most 9 letters.
    static func change(_ change: AlertChange) -> String {
        switch change {
        case .raised: "raised"
        case .clearing: "clearing"
        case .resumed: "resumed"
        case .held: "held"
        case .reoccurred: "again"
        case .latched: "unseen"
        case .acknowledged: "acked"
        case .reminder: "reminder"
        case .worsened: "worse"
        case .escalated: "escalated"
        case .deescalated: "lesser"
        case .audioPaused: "silenced"
        case .restored: "restored"
        case .limitsChanged: "limits"
        case .closed: "ended"
        }
    }

    /// Signal, value and limit: `SBP 188>180`, `SpO2 86<88 12s old`, `HR -- (134 40s)`, `SpO2 no data 12s`.
    static func finding(_ alert: AlertTransition) -> String {
        // Seconds say how long nothing came, or how long a duty is overdue.
        guard alert.type == .physiological || (alert.unit ?? "s") != "s" else { return overdue(alert) }
        let label = alert.signal?.label ?? ScreenText.column(ScreenText.plain(alert.rule.rawValue), 10).trimmingTrailingBlanks
        guard let value = alert.value else { return alert.signal == nil ? label : "\(label) --" }
        let age = alert.valueAge ?? 0
        let number = ScreenText.number(value)
        let isStreaming = alert.signal?.cadence != .intermittent
        if alert.condition == .held || (isStreaming && age >= staleSeconds) {
            return "\(label) -- (\(number) \(ScreenText.roughDuration(seconds: age)))"
        }
        let isOld = age >= (isStreaming ? freshSeconds : cuffFreshSeconds)
        return "\(label) \(comparison(alert, value))" + (isOld ? " \(ScreenText.roughDuration(seconds: age)) old" : "")
    }

    /// How an episode ended, in words.
    static func end(_ end: EpisodeEnd?) -> String {
        switch end {
        case .cleared: "back to normal"
        case .acknowledged: "seen after it was over"
        case .unknown: "outcome unknown, the device never came back"
        case .disarmed: "not watched in this phase"
        case .sessionEnd: "session ended"
        case nil: "over"
        }
    }

    // A transition does not say which side of the limit is bad, but its worst value does.
    private static func comparison(_ alert: AlertTransition, _ value: Double) -> String {
        let number = ScreenText.number(value)
        guard let limit = alert.limit else { return number }
        let limitText = ScreenText.number(limit)
        let worst = alert.peak ?? value
        let badIsAbove = worst != limit ? worst > limit : value < limit
        if value == limit { return "\(number)=\(limitText)" }
        guard (value > limit) == badIsAbove else { return "\(number) lim \(limitText)" }
        return "\(number)\(badIsAbove ? ">" : "<")\(limitText)"
    }

    private static func overdue(_ alert: AlertTransition) -> String {
        let time = alert.value.map { " " + ScreenText.roughDuration(seconds: $0) } ?? ""
        guard let signal = alert.signal else {
            return ScreenText.column(ScreenText.plain(alert.rule.rawValue), 18 - time.count).trimmingTrailingBlanks + time
        }
        return alert.condition == .closed ? "\(signal.label) data" : "\(signal.label) no data\(time)"
    }
}

extension String {
    /// The text without blanks at its end.
    var trimmingTrailingBlanks: String {
        guard let last = lastIndex(where: { $0 != " " }) else { return "" }
        return String(self[...last])
    }
}
