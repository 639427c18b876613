/// How urgent an alert is (IEC 60601-1-8): harm if ignored and how fast it comes.
public enum AlertPriority: String, CaseIterable, Sendable, Hashable, Codable, Comparable {
    /// Be aware.
    case low
    /// Act promptly.
    case medium
    /// Act at once.
    case high

    private var rank: Int {
        switch self {
        case .low: 1
        case .medium: 2
        case .high: 3
        }
    }

    /// Orders by urgency.
    public static func < (left: AlertPriority, right: AlertPriority) -> Bool { left.rank < right.rank }

    /// One step more urgent; `high` stays.
    public var raised: AlertPriority { self == .low ? .medium : .high }
}

/// What an alert is about (IHE ACM: SP, ST, SA).
public enum AlertType: String, Sendable, Hashable, Codable {
    /// The patient.
    case physiological
    /// Equipment, link or Vigil itself.
    case technical
    /// Something due or not evaluable.
    case advisory
}

/// What is true of the thing watched: the first of an episode's three axes.
public enum AlertCondition: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nothing to say.
    case normal
    /// Beyond the limit, but not yet for long or often enough.
    case pending
    /// Alerting.
    case active
    /// Back inside the clear limit, not yet for long enough.
    case clearing
    /// The source fell silent while active or clearing: neither cleared nor repeated.
    case held
    /// Over, but nobody has seen it.
    case latched
    /// Over.
    case closed
}

/// What people did about it: the second axis. (The third is the priority.)
public enum AlertHandling: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nobody has answered.
    case unacknowledged
    /// Nobody has answered, and somebody silenced the bell for a while.
    case audioPaused = "audio_paused"
    /// Somebody has.
    case acknowledged
}

/// Why an alert line is written now.
public enum AlertChange: String, Sendable, Hashable, Codable, CaseIterable {
    /// A new episode.
    case raised
    /// Back inside the clear limit; the off-delay runs.
    case clearing
    /// Beyond the clear limit again before the off-delay ended.
    case resumed
    /// The source fell silent.
    case held
    /// A breach during the latched state: the same episode again.
    case reoccurred
    /// Over and waiting to be seen.
    case latched
    /// A person answered.
    case acknowledged
    /// The acknowledgement has run its time and the alert is still there.
    case reminder
    /// Markedly worse after an acknowledgement.
    case worsened
    /// Nobody answered in time.
    case escalated
    /// A graver rule of the same family is over, and this one still stands.
    case deescalated
    /// A person silenced the bell for a while.
    case audioPaused = "audio_paused"
    /// The daemon started and found it open.
    case restored
    /// The limits were changed under it.
    case limitsChanged = "limits_changed"
    /// Over.
    case closed
}

/// How an episode ended.
public enum EpisodeEnd: String, Sendable, Hashable, Codable {
    /// A valid value inside the clear limit for long enough.
    case cleared
    /// Cleared before, and now seen by a person.
    case acknowledged
    /// The source never came back.
    case unknown
    /// The phase left the rule's armed set.
    case disarmed
    /// The session ended.
    case sessionEnd = "session-end"
}
