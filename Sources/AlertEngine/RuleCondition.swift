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

    /// The number that values are held against, in `unit`; nil where there is none or where it depends on the person.
    var fixedLimit: Double? { get }

    /// The unit of what is compared, as UCUM spells it; `s` for a rule on time.
    var unit: String { get }

    /// The one number that decides, in `decidingUnit`, for pages that people read; nil where there are none or several.
    var decidingNumber: Double? { get }

    /// The unit of `decidingNumber` (UCUM); empty without one.
    var decidingUnit: String { get }

    /// How far inside the limit a value must be to end the alert, in the signal's unit; nil for a rule on time alone.
    var clearDistance: Double? { get }

    /// How far back the rule looks; nil when the present value is enough.
    var lookback: RuleLookback? { get }

    /// For a rule on time: the signals whose every reading, doubtful ones too, makes it ask again.
    var observed: Set<Signal> { get }

    /// The rules that a composite rests on; it asks again when one of them moves.
    var members: [RuleID] { get }

    /// The gravest priority that the condition itself can give, where that is not the rule's own.
    var gravestPriority: AlertPriority? { get }

    /// The same condition with another limit; nil where the limit cannot be changed for a session.
    func with(limit: Double) -> (any RuleCondition)?

    /// What a new value of one of `signals` means.
    func finding(for value: Double, in context: RuleContext) -> RuleFinding

    /// What the nurse reads of a value: itself, or what the rule makes of it (a slope, a gap).
    func measurement(of value: Double, in context: RuleContext) -> RuleMeasurement

    /// What the time alone means, and when to ask again. Conditions on values answer `.silent`.
    func findingAtTime(in context: RuleContext) -> TimedFinding
}

extension RuleCondition {
    /// When the alert ends, in words.
    public var ending: String { "that is no longer so" }
    /// A rule on time has none.
    public var clearDistance: Double? { nil }
    /// The one number that decides.
    public var decidingNumber: Double? { fixedLimit }
    /// The unit of the deciding number.
    public var decidingUnit: String { decidingNumber == nil ? "" : unit }
    /// Whether it may be shelved.
    public var canBeShelved: Bool { true }
    /// The number that values are held against.
    public var fixedLimit: Double? { nil }
    /// The unit of what is compared.
    public var unit: String { side == nil ? "s" : signals.first?.unit.rawValue ?? "1" }
    /// How far back the rule looks.
    public var lookback: RuleLookback? { nil }
    /// The signals whose every reading makes it ask again.
    public var observed: Set<Signal> { [] }
    /// The rules that it rests on.
    public var members: [RuleID] { [] }
    /// The gravest priority that the condition can give.
    public var gravestPriority: AlertPriority? { nil }
    /// The same condition with another limit.
    public func with(limit: Double) -> (any RuleCondition)? { nil }
    /// What a value means.
    public func finding(for value: Double, in context: RuleContext) -> RuleFinding { .inside(limit: nil, baseline: nil) }
    /// What the nurse reads of a value.
    public func measurement(of value: Double, in context: RuleContext) -> RuleMeasurement { RuleMeasurement(value: value, words: nil) }
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

    /// The words of a limit on this side: `above 110`, `at most 3`.
    public func words(_ limit: Double, countingLimit: Bool) -> String {
        let word =
            switch self {
            case .above: countingLimit ? "at least" : "above"
            case .below: countingLimit ? "at most" : "below"
            }
        return "\(word) \(limit.exactText)"
    }
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

/// What the nurse reads of a value that a rule has judged.
public struct RuleMeasurement: Sendable, Hashable {
    /// What was compared, in the condition's unit.
    public var value: Double
    /// More in words: `from 97 to 91 in 3 min`.
    public var words: String?

    /// Creates a measurement.
    public init(value: Double, words: String?) {
        self.value = value
        self.words = words
    }
}

/// What time means to a rule.
public enum TimedFinding: Sendable, Hashable {
    /// This rule does not watch time, or has nothing more to ask for.
    case silent
    /// Nothing is known yet (no value since the start), and nothing is due before `until`: neither raises nor clears.
    case waiting(until: BootInstant?)
    /// What it rests on has fallen silent: an open episode is held.
    case unknown
    /// All is well; ask again at `until`, if not nil.
    case fine(until: BootInstant?)
    /// Overdue since `since`: an episode is to be open, in words, at this priority.
    case overdue(since: BootInstant, limitSeconds: Double, priority: AlertPriority, words: String, until: BootInstant?)
    /// Something other than time is wrong.
    case breach(TimedBreach)

    /// When to ask again; nil: only when something comes in.
    var until: BootInstant? {
        switch self {
        case .silent, .unknown: nil
        case .waiting(let until), .fine(let until): until
        case .overdue(_, _, _, _, let until): until
        case .breach(let breach): breach.until
        }
    }
}

/// What a rule that is asked by time has found wrong.
public struct TimedBreach: Sendable, Hashable {
    /// Since when.
    public var since: BootInstant
    /// What was compared, in the condition's unit; nil where nothing is compared.
    public var value: Double?
    /// When `value` was received; nil: now.
    public var valueAt: BootInstant?
    /// The limit that it was held against.
    public var limit: Double?
    /// The unit of `value` where it is not the condition's own, as UCUM spells it.
    public var unit: String?
    /// How urgent.
    public var priority: AlertPriority
    /// What it is, for the nurse.
    public var words: String
    /// When to ask again; nil: only when something comes in.
    public var until: BootInstant?

    /// Creates a finding.
    public init(
        since: BootInstant, value: Double? = nil, valueAt: BootInstant? = nil, limit: Double? = nil, unit: String? = nil,
        priority: AlertPriority, words: String, until: BootInstant? = nil
    ) {
        self.since = since
        self.value = value
        self.valueAt = valueAt
        self.limit = limit
        self.unit = unit
        self.priority = priority
        self.words = words
        self.until = until
    }
}
