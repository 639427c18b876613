import VitalsModel

/// What a condition may look at. All of it is data of the session; no clock, no I/O.
public struct RuleContext: Sendable {
    /// The time that is being evaluated.
    public var now: BootInstant
    /// The session's phase.
    public var phase: SessionPhase
    /// When the phase was entered.
    public var phaseEntered: BootInstant
    /// The accepted baseline, if there is one.
    public var baseline: Baseline?
    /// The freshness of each signal.
    public var signals: [Signal: SignalTrack]
    /// The last samples of the signals that a rule looks back on.
    public var history: [Signal: SampleHistory]
    /// The state of the cuff schedule.
    public var cuff: CuffTrack
    /// The schedule that the plan gives.
    public var schedule: CuffSchedule
    /// What people did and what befell Vigil; empty where a value is judged.
    public var facts: SessionFacts
    /// The rule that asks; only for rules on time.
    public var rule: RuleID = ""
    /// The signals that no source gives while a cuff is inflated; only for rules on time.
    public var masked: Set<Signal> = []
    /// The last time in which Vigil was not running.
    var gap: UnseenTime?
    /// Where the rules stand that a composite rests on, in its order.
    public var members: [RuleStanding]

    /// Creates a context.
    public init(
        now: BootInstant, phase: SessionPhase, phaseEntered: BootInstant, baseline: Baseline?, signals: [Signal: SignalTrack],
        history: [Signal: SampleHistory] = [:], cuff: CuffTrack, schedule: CuffSchedule, facts: SessionFacts = SessionFacts(),
        members: [RuleStanding] = []
    ) {
        self.now = now
        self.phase = phase
        self.phaseEntered = phaseEntered
        self.baseline = baseline
        self.signals = signals
        self.history = history
        self.cuff = cuff
        self.schedule = schedule
        self.facts = facts
        self.members = members
    }

    /// How long Vigil itself was not running since `start`: it is no fault of a device to have said nothing then.
    public func unseen(since start: BootInstant) -> Duration { gap?.grace(since: start) ?? .zero }
}

/// Where a rule stands, for a composite that rests on it.
public struct RuleStanding: Sendable, Hashable {
    /// The rule.
    public var rule: RuleID
    /// Its condition.
    public var condition: AlertCondition
    /// The signal that it watches, if any.
    public var signal: Signal?
    /// The last value that it judged, and when it was received.
    public var value: Double?
    /// When `value` was received.
    public var valueAt: BootInstant?
    /// The limit that it was held against.
    public var limit: Double?
    /// The unit of `value`, as UCUM spells it.
    public var unit: String
    /// Since when the present episode lasts.
    public var onset: BootInstant?
    /// When the rule last stopped alerting; nil when it never did.
    public var lastAlerted: BootInstant?

    /// Creates a standing.
    public init(
        rule: RuleID, condition: AlertCondition, signal: Signal?, value: Double?, valueAt: BootInstant?, limit: Double?, unit: String,
        onset: BootInstant?, lastAlerted: BootInstant?
    ) {
        self.rule = rule
        self.condition = condition
        self.signal = signal
        self.value = value
        self.valueAt = valueAt
        self.limit = limit
        self.unit = unit
        self.onset = onset
        self.lastAlerted = lastAlerted
    }

    /// Whether its cause is there now.
    public var isAlerting: Bool { condition == .active || condition == .clearing }
}
