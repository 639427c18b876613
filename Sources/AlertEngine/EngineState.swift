import VitalsModel

/// Everything that the engine must remember over a restart.
public struct EngineState: Sendable, Hashable, Codable {
    /// The session.
    public var session: SessionID
    /// The phase that arms the rules.
    public internal(set) var phase: SessionPhase
    /// When it was entered.
    public internal(set) var phaseEntered: BootInstant
    /// The accepted baseline.
    public internal(set) var baseline: Baseline?
    /// The freshness of each signal that a rule watches or the plan expects.
    public internal(set) var signals: [Signal: SignalTrack]
    /// The cuff.
    public internal(set) var cuff: CuffTrack
    /// How many episodes the session has had.
    public internal(set) var episodeCount = 0
    /// One machine a rule, in the order of the plan.
    public internal(set) var machines: [EpisodeMachine]
    /// The last instant that was evaluated.
    public internal(set) var evaluated: BootInstant
    /// What people did and what befell Vigil.
    public internal(set) var facts = SessionFacts()
    /// The rules that call nobody for a while, because a person said so.
    public internal(set) var shelves: [RuleID: Shelf] = [:]
    /// How the session departs from its plan.
    public internal(set) var overrides: [RuleID: VersionedOverride] = [:]
    /// How often limits were changed.
    public internal(set) var limitsVersion = 0
    /// The last time in which Vigil was not running; nil when it always was.
    var gap: UnseenTime?
}

extension EngineState {
    /// Reads a state, also one of a version that did not know all of it: an open session outlives an update.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        session = try values.decode(SessionID.self, forKey: .session)
        phase = try values.decode(SessionPhase.self, forKey: .phase)
        phaseEntered = try values.decode(BootInstant.self, forKey: .phaseEntered)
        baseline = try values.decodeIfPresent(Baseline.self, forKey: .baseline)
        signals = try values.decode([Signal: SignalTrack].self, forKey: .signals)
        cuff = try values.decode(CuffTrack.self, forKey: .cuff)
        episodeCount = try values.decode(Int.self, forKey: .episodeCount)
        machines = try values.decode([EpisodeMachine].self, forKey: .machines)
        evaluated = try values.decode(BootInstant.self, forKey: .evaluated)
        facts = try values.decodeIfPresent(SessionFacts.self, forKey: .facts) ?? SessionFacts()
        shelves = try values.decodeIfPresent([RuleID: Shelf].self, forKey: .shelves) ?? [:]
        overrides = try values.decodeIfPresent([RuleID: VersionedOverride].self, forKey: .overrides) ?? [:]
        limitsVersion = try values.decodeIfPresent(Int.self, forKey: .limitsVersion) ?? 0
        gap = try values.decodeIfPresent(UnseenTime.self, forKey: .gap)
    }
}

/// A change of limits with its number in the session.
public struct VersionedOverride: Sendable, Hashable, Codable {
    /// How the rule differs from the plan.
    public var change: RuleOverride
    /// The number, from 1.
    public var version: Int
}

/// A time in which nobody saw what happened: it counts toward nothing (alarms.md section 6, "Samples", point 7).
struct UnseenTime: Sendable, Hashable, Codable {
    var from: BootInstant
    var to: BootInstant

    /// What to add to the time since `start`, when asking whether something has been silent for too long.
    func grace(since start: BootInstant) -> Duration { start <= from ? to - from : .zero }
}

/// A transition with its time, as the engine gives it.
public struct TimedTransition: Sendable, Hashable {
    /// When.
    public var at: BootInstant
    /// What.
    public var transition: AlertTransition
    /// Counts what the engine has done, so that ends of shelves find their place among it.
    var ordinal = 0

    /// Creates a transition.
    public init(at: BootInstant, transition: AlertTransition) {
        self.at = at
        self.transition = transition
    }

    init(at: BootInstant, transition: AlertTransition, ordinal: Int) {
        self.at = at
        self.transition = transition
        self.ordinal = ordinal
    }

    /// Whether it was done before a shelf ended.
    public func came(before end: TimedShelfEnd) -> Bool { ordinal <= end.ordinal }
}

/// Why an acknowledgement was refused.
public enum AcknowledgeRefusal: Error, Sendable, Hashable {
    /// No open episode of that name.
    case unknownEpisode(EpisodeID, open: [EpisodeID])
}
