import VitalsModel

// What people ask for beside an acknowledgement: silence, shelves, other limits. A call and a score are asked for in the form in
// which they are written down: `PersonsCallChange`, `ScaleScore`.

/// Silences the bell of one alert for a while; the alert stays.
public struct PauseAudio: Sendable, Hashable, Codable {
    /// The episode.
    public var episode: EpisodeID
    /// For how long, seconds.
    public var duration: Double

    enum CodingKeys: String, CodingKey {
        case episode
        case duration = "duration_s"
    }

    /// Creates the request.
    public init(episode: EpisodeID, duration: Double) {
        self.episode = episode
        self.duration = duration
    }
}

/// Shelves a rule: it calls nobody until its time is over.
public struct ShelveRule: Sendable, Hashable, Codable {
    /// The rule.
    public var rule: RuleID
    /// For how long, seconds.
    public var duration: Double
    /// Why.
    public var reason: String

    enum CodingKeys: String, CodingKey {
        case rule
        case duration = "duration_s"
        case reason
    }

    /// Creates the request.
    public init(rule: RuleID, duration: Double, reason: String) {
        self.rule = rule
        self.duration = duration
        self.reason = reason
    }
}

/// Takes a shelf back.
public struct LiftShelf: Sendable, Hashable, Codable {
    /// The rule.
    public var rule: RuleID

    /// Creates the request.
    public init(rule: RuleID) { self.rule = rule }
}

/// Changes the limits of a rule for the rest of the session.
public struct ChangeLimits: Sendable, Hashable, Codable {
    /// The rule.
    public var rule: RuleID
    /// How it differs from the plan from then on, in everything: what is left out is as in the plan again.
    public var change: RuleOverride
    /// Why.
    public var reason: String

    /// Creates the request.
    public init(rule: RuleID, change: RuleOverride, reason: String) {
        self.rule = rule
        self.change = change
        self.reason = reason
    }
}

/// Accepts the baseline that the last readings give.
public struct TakeBaseline: Sendable, Hashable, Codable {
    /// Why; needed after the first dose.
    public var reason: String?

    /// Creates the request.
    public init(reason: String? = nil) { self.reason = reason }
}

/// The second person's word on what waits for one.
public struct Countersign: Sendable, Hashable, Codable {
    /// The number of the request in its session.
    public var request: Int
    /// Whether it is taken back instead; that anybody may do.
    public var withdraw: Bool

    /// Creates the request.
    public init(request: Int, withdraw: Bool = false) {
        self.request = request
        self.withdraw = withdraw
    }
}
