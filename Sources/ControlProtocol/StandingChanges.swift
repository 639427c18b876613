import VitalsModel

// How a session departs from its plan now, and what waits for a second person.

/// A rule that calls nobody for a while.
public struct StandingShelf: Sendable, Hashable, Codable {
    /// The rule.
    public var rule: RuleID
    /// Who shelved it.
    public var by: String
    /// Why.
    public var reason: String
    /// How long still, seconds.
    public var remaining: Double

    enum CodingKeys: String, CodingKey {
        case rule, by, reason
        case remaining = "remaining_s"
    }

    /// Creates a shelf.
    public init(rule: RuleID, by: String, reason: String, remaining: Double) {
        self.rule = rule
        self.by = by
        self.reason = reason
        self.remaining = remaining
    }
}

/// A rule whose limits differ from the plan.
public struct StandingLimit: Sendable, Hashable, Codable {
    /// The rule.
    public var rule: RuleID
    /// How it differs.
    public var change: RuleOverride
    /// Which change of limits of the session it was.
    public var version: Int

    /// Creates a limit.
    public init(rule: RuleID, change: RuleOverride, version: Int) {
        self.rule = rule
        self.change = change
        self.version = version
    }
}

/// Something that waits for a second person; until then nothing has changed.
public struct StandingRequest: Sendable, Hashable, Codable {
    /// The number to countersign.
    public var request: Int
    /// What is asked for, in words.
    public var words: String
    /// Why.
    public var reason: String
    /// Who asked.
    public var by: String
    /// How long it still waits, seconds.
    public var remaining: Double

    enum CodingKeys: String, CodingKey {
        case request, words, reason, by
        case remaining = "remaining_s"
    }

    /// Creates a request.
    public init(request: Int, words: String, reason: String, by: String, remaining: Double) {
        self.request = request
        self.words = words
        self.reason = reason
        self.by = by
        self.remaining = remaining
    }
}
