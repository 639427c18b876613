import VitalsModel

/// What a machine must know of its rule at one moment.
struct RuleTerms: Sendable {
    var isStreaming: Bool
    var side: LimitSide?
    var priority: AlertPriority
    var latching: Latching
    var confirmation: Confirmation
    var worsenStep: Double?
    /// Within which time the readings that confirm each other must come.
    var window: Duration
    var response: ResponseTimes
    /// Whether the rule calls nobody at present: shelved, inhibited, or spoken for by a graver one. Then it neither reminds nor escalates.
    var isMuted: Bool
    /// The session, and the number in it that an episode raised now gets.
    var session: SessionID
    var nextOrdinal: Int

    /// The id that an episode raised now gets.
    var nextEpisode: EpisodeID { EpisodeID(session: session, ordinal: nextOrdinal) }
}
