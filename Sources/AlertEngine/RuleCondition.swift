import VitalsModel

/// What one kind of rule watches. A kind is one file in `Rules/`, one case in the plan's reader and one scenario.
///
/// A condition decides only what is true now; how the alert moves is the business of `EpisodeMachine`.
public protocol RuleCondition: Sendable {
    /// The word in a plan's `kind`.
    static var kind: String { get }

    /// The signals whose values decide, the preferred one first; empty for a rule on time alone.
    var signals: [Signal] { get }

    /// The side that is bad; nil for a rule on time alone.
    var side: LimitSide? { get }

    /// Whether the rule may be shelved or switched off for a session. Deep limits may not.
    var canBeShelved: Bool { get }

    /// When the rule alerts, in words with units, without the signal's name and without delays: `above 110 /min`, `no value
    /// for 6 s`. Says every parameter of the kind except `ending`: a page that people sign shows nothing else.
    var statement: String { get }

    /// When the alert ends, in words that follow "ends when", without delays: `at most 107 /min`.
    var ending: String { get }

    /// The one number that decides, in `unit`; nil where there are none or several.
    var limit: Double? { get }

    /// The unit of `limit` (UCUM); empty without one.
    var unit: String { get }

    /// How far inside the limit a value must be to end the alert, in the signal's unit; nil for a rule on time alone.
    var clearDistance: Double? { get }

    /// What a new value of one of `signals` means.
    func finding(for value: Double, in context: RuleContext) -> RuleFinding

    /// What the time alone means, and when to ask again. Conditions on values answer `.silent`.
    func findingAtTime(in context: RuleContext) -> TimedFinding
}

extension RuleCondition {
    /// A rule on time has none.
    public var clearDistance: Double? { nil }
    /// Whether it may be shelved.
    public var canBeShelved: Bool { true }
    /// What a value means.
    public func finding(for value: Double, in context: RuleContext) -> RuleFinding { .inside(limit: nil, baseline: nil) }
    /// What the time alone means.
    public func findingAtTime(in context: RuleContext) -> TimedFinding { .silent }
}

/// On which side of a limit the danger lies.
public enum LimitSide: String, Sendable, Hashable, Codable {
    /// Above it.
    case above
    /// Below it.
    case below

    /// Whether `value` is beyond `limit`. A value on an `above` or `below` limit is not beyond it, unless `reached` counts.
    public func isBeyond(_ value: Double, _ limit: Double, countingLimit: Bool) -> Bool {
        switch self {
        case .above: countingLimit ? value >= limit : value > limit
        case .below: countingLimit ? value <= limit : value < limit
        }
    }

    /// The worse of two values.
    public func worse(_ one: Double, _ other: Double) -> Double { self == .above ? max(one, other) : min(one, other) }
}

/// What a value means to a rule.
public enum RuleFinding: Sendable, Hashable {
    /// Beyond the limit.
    case breach(limit: Double, baseline: Double?)
    /// Inside the limit but not inside the clear limit.
    case between(limit: Double, baseline: Double?)
    /// Inside the clear limit.
    case inside(limit: Double?, baseline: Double?)
    /// Cannot be said, in words: a delta rule without a baseline.
    case notEvaluable(String)
}

/// What time means to a rule.
public enum TimedFinding: Sendable, Hashable {
    /// This rule does not watch time.
    case silent
    /// Nothing is known yet (no value since the start), and nothing is due before `until`: neither raises nor clears.
    case waiting(until: BootInstant)
    /// All is well; ask again at `until`, if not nil.
    case fine(until: BootInstant?)
    /// Overdue since `since`: an episode is to be open, in words, at this priority.
    case overdue(since: BootInstant, limitSeconds: Double, priority: AlertPriority, words: String, until: BootInstant?)
}

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
    /// The state of the cuff schedule.
    public var cuff: CuffTrack
    /// The schedule that the plan gives.
    public var schedule: CuffSchedule

    /// Creates a context.
    public init(
        now: BootInstant, phase: SessionPhase, phaseEntered: BootInstant, baseline: Baseline?, signals: [Signal: SignalTrack],
        cuff: CuffTrack, schedule: CuffSchedule
    ) {
        self.now = now
        self.phase = phase
        self.phaseEntered = phaseEntered
        self.baseline = baseline
        self.signals = signals
        self.cuff = cuff
        self.schedule = schedule
    }
}
