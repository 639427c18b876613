import VitalsModel

/// When to alert: one line of a plan, checked by the plan's reader and never changed afterwards.
public struct AlertRule: Sendable {
    /// The id that the episode and the record carry: `sbp-crit`.
    public var id: RuleID
    /// What the nurse reads: `Systolic pressure critically high`.
    public var title: String
    /// What to do.
    public var action: String
    /// Why this limit, with its source; for the person who signs the plan.
    public var reason: String
    /// The phases in which the rule is armed.
    public var phases: Set<SessionPhase>
    /// Base priority.
    public var priority: AlertPriority
    /// About the patient, the equipment or a duty.
    public var type: AlertType
    /// Rules of one family watch one thing at rising gravity; only the gravest announces. Nil stands alone.
    public var family: String?
    /// Whether the alert stays after its cause has gone until somebody has seen it.
    public var latching: Latching
    /// How an episode begins and ends.
    public var confirmation: Confirmation
    /// How much worse than at the acknowledgement a value must get to be announced again; nil never.
    public var worsenStep: Double?
    /// Rules that call nobody while this one alerts, because it says more than they do.
    public var inhibits: [RuleID]
    /// How far a session may depart from the plan; nil: not at all.
    public var bounds: OverrideBounds?
    /// What is watched.
    public var condition: any RuleCondition

    /// Creates a rule.
    public init(
        id: RuleID, title: String, action: String, reason: String, phases: Set<SessionPhase>, priority: AlertPriority, type: AlertType,
        family: String? = nil, latching: Latching, confirmation: Confirmation, worsenStep: Double? = nil, inhibits: [RuleID] = [],
        bounds: OverrideBounds? = nil,
        condition: any RuleCondition
    ) {
        self.id = id
        self.title = title
        self.action = action
        self.reason = reason
        self.phases = phases
        self.priority = priority
        self.type = type
        self.family = family
        self.latching = latching
        self.confirmation = confirmation
        self.worsenStep = worsenStep
        self.inhibits = inhibits
        self.bounds = bounds
        self.condition = condition
    }
}

/// Whether an alert that nobody saw stays after its cause has gone.
public enum Latching: String, Sendable, Hashable {
    /// It stays.
    case always
    /// It stays when it lasted less than 30 s: too short to have been noticed.
    case brief
    /// It goes.
    case never

    /// The default of alarms.md section 6: high always, medium when brief, low and technical never.
    public static func standard(_ priority: AlertPriority, _ type: AlertType) -> Latching {
        guard type == .physiological else { return .never }
        return switch priority {
        case .high: .always
        case .medium: .brief
        case .low: .never
        }
    }
}

/// What turns breaches into an episode, and clear values into its end.
public struct Confirmation: Sendable, Hashable {
    /// Streaming: how long every valid sample must breach. Zero raises at the first.
    public var onDelay: Duration
    /// Streaming: how many samples that must be at least.
    public var minimumSamples: Int
    /// Intermittent: how many distinct breaching readings.
    public var readings: Int
    /// Intermittent: within which time the breaching readings must come; the effective window is the larger of this and the
    /// current cuff interval plus its grace.
    public var window: Duration?
    /// Streaming: how long every valid sample must be inside the clear limit.
    public var offDelay: Duration
    /// Intermittent: how many clear readings end it.
    public var clearReadings: Int

    /// Creates a confirmation.
    public init(
        onDelay: Duration = .zero, minimumSamples: Int = 1, readings: Int = 1, window: Duration? = nil,
        offDelay: Duration = .seconds(10), clearReadings: Int = 1
    ) {
        self.onDelay = onDelay
        self.minimumSamples = minimumSamples
        self.readings = readings
        self.window = window
        self.offDelay = offDelay
        self.clearReadings = clearReadings
    }
}

/// The hard bounds of what a session may change of a rule (alarms.md section 6, "Per-session overrides").
public struct OverrideBounds: Sendable, Hashable {
    /// The limits that may be set, in the rule's unit; nil: the limit stays.
    public var limit: ClosedRange<Double>?
    /// The on-delays that may be set; nil: the on-delay stays.
    public var onDelay: ClosedRange<Duration>?

    /// Creates bounds.
    public init(limit: ClosedRange<Double>?, onDelay: ClosedRange<Duration>?) {
        self.limit = limit
        self.onDelay = onDelay
    }
}
