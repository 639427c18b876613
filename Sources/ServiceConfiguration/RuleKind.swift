import AlertEngine
import VitalsModel

/// One kind of rule as the plan's reader knows it. A new kind is one file in `Kinds/` and one line in `all`.
struct RuleKind: Sendable {
    /// What a kind watches, and therefore which keys confirm its alerts.
    enum Watching: Sendable {
        /// The values of one signal: the key `signal`, and the keys of `ConfirmationReader`.
        case values
        /// Whether values come at all: the key `signal`.
        case presence
        /// Whether its values can be trusted: the key `signal`, and how an alert ends.
        case quality
        /// Time alone.
        case time
    }

    /// The word in the file.
    var word: String
    /// What it watches.
    var watching: Watching
    /// The type where the rule gives none.
    var standardType: AlertType
    /// The phases where the rule gives none; those that the plan lacks are left out.
    var standardPhases: @Sendable (PlanOutline) -> Set<SessionPhase>
    /// Keys of its own that bear the name of one that confirms alerts of other kinds.
    var ownKeys: Set<String> = []
    /// The longest on-delay that it takes.
    var longestOnDelay: Duration = .seconds(3600)
    /// The on-delay where the rule gives none; nil: it must give one.
    var standardOnDelay: Duration?
    /// Whether it counts values itself, so that nothing more confirms it.
    var raisesAtOnce = false
    /// Makes the condition from the keys of its own; reports faults and answers nil.
    var condition: @Sendable (RuleInput) -> (any RuleCondition)?
    /// The limit of a condition that this kind made, for grades, families and checks.
    var limit: @Sendable (any RuleCondition) -> RuleLimit? = { _ in nil }
    /// Checks of its own on a whole rule.
    var check: @Sendable (PlacedRule, PlanOutline) -> Void = { _, _ in }

    /// Every kind.
    static let all: [RuleKind] = [
        .threshold, .deep, .delta, .missing, .cuffOverdue, .trend, .count, .quality, .disagree, .timer, .manual, .composite, .system,
    ]

    /// Every phase of the plan.
    @Sendable static func everyPhase(_ outline: PlanOutline) -> Set<SessionPhase> { Set(outline.possiblePhases) }

    /// The phases in which a patient is attached to the devices.
    @Sendable static func attended(_ outline: PlanOutline) -> Set<SessionPhase> {
        [.baseline, .dosing, .acute, .recovery, .discharge]
    }
}

/// What a kind makes its condition from.
struct RuleInput {
    /// The rule's keys.
    var map: MapReader
    /// The signals that decide, the preferred one first; empty when the key was wrong or the kind has none.
    var signals: [Signal]
    /// The rule's priority.
    var priority: AlertPriority
    /// The plan.
    var outline: PlanOutline
}

/// How far a rule's limit lies out.
struct RuleLimit: Hashable {
    /// What the limit is counted from.
    enum Measure: Hashable {
        /// A value in the signal's unit.
        case fixed
        /// A distance from the baseline in the signal's unit.
        case distance
        /// A distance in percent of the baseline.
        case percent
        /// Both distances.
        case mixed
        /// A slope, in the signal's unit per minute, counted away from level.
        case slope
        /// A distance between two values of one time.
        case gap
        /// A score on a scale.
        case score(ScaleID)
    }

    var measure: Measure
    var number: Double
    var side: LimitSide

    /// The end of a graded rule's id: `94`, `25-percent`; nil where the number would not fit an id.
    var idSuffix: String? {
        guard let whole = Int(exactly: number), whole >= 0 else { return nil }
        return measure == .percent ? "\(whole)-percent" : "\(whole)"
    }

    /// Whether both are held against the same thing: a slope or a gap has nothing to do with a value.
    func isOfOneThing(with other: RuleLimit) -> Bool {
        let apart: Set<Measure> = [.slope, .gap]
        return measure == other.measure || apart.isDisjoint(with: [measure, other.measure])
    }

    /// The scale and the side of a limit on scores.
    var score: (scale: ScaleID, side: LimitSide)? {
        if case .score(let scale) = measure { (scale, side) } else { nil }
    }

    /// Whether this limit is reached only by worse values than `other`; nil when they cannot be compared.
    func isDeeper(than other: RuleLimit) -> Bool? {
        guard measure == other.measure, measure != .mixed, side == other.side else { return nil }
        // A larger distance and a steeper slope are deeper on both sides; so is only a lower limit or score where low is bad.
        let countsFromZero = measure == .distance || measure == .percent || measure == .slope
        return !countsFromZero && side == .below ? number < other.number : number > other.number
    }
}

/// A rule with the keys it was read from, for checks that look at several rules or at the whole plan.
struct PlacedRule {
    var rule: AlertRule
    var kind: RuleKind
    var map: MapReader
    var limit: RuleLimit?

    func error(_ message: String, at key: String) {
        let found = map.place(of: key)
        map.log.error(message, at: found.place, path: found.path)
    }

    func warning(_ message: String, at key: String) {
        let found = map.place(of: key)
        map.log.warning(message, at: found.place, path: found.path)
    }
}
