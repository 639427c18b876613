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
}

/// A transition with its time, as the engine gives it.
public struct TimedTransition: Sendable, Hashable {
    /// When.
    public var at: BootInstant
    /// What.
    public var transition: AlertTransition

    /// Creates a transition.
    public init(at: BootInstant, transition: AlertTransition) {
        self.at = at
        self.transition = transition
    }
}

/// Why an acknowledgement was refused.
public enum AcknowledgeRefusal: Error, Sendable, Hashable {
    /// No open episode of that name.
    case unknownEpisode(EpisodeID, open: [EpisodeID])
}
