/// A rule was shelved: it goes on being evaluated and stored, but calls nobody until its time is over; or that is over.
public struct ShelfChange: Sendable, Hashable, Codable {
    /// What happened.
    public enum State: String, Sendable, Hashable, Codable {
        /// A person shelved it.
        case shelved
        /// Its time is over.
        case expired
        /// A worse value broke it.
        case broken
        /// A person took it back.
        case lifted
    }

    /// The rule.
    public var rule: RuleID
    /// What happened.
    public var state: State
    /// For how long, seconds; only when shelved.
    public var duration: Double?
    /// Why; only when shelved.
    public var reason: String?

    enum CodingKeys: String, CodingKey {
        case rule, state
        case duration = "duration_s"
        case reason
    }

    /// Creates the payload.
    public init(rule: RuleID, state: State, duration: Double? = nil, reason: String? = nil) {
        self.rule = rule
        self.state = state
        self.duration = duration
        self.reason = reason
    }
}

/// A shelf that stands.
public struct Shelf: Sendable, Hashable, Codable {
    /// The rule.
    public var rule: RuleID
    /// Until when.
    public var until: BootInstant
    /// Who shelved it.
    public var by: String
    /// Why.
    public var reason: String
    /// A value that much worse than this breaks it, in the rule's unit; nil where the rule has no value.
    public var breaksBeyond: Double?

    /// Creates a shelf.
    public init(rule: RuleID, until: BootInstant, by: String, reason: String, breaksBeyond: Double?) {
        self.rule = rule
        self.until = until
        self.by = by
        self.reason = reason
        self.breaksBeyond = breaksBeyond
    }
}
