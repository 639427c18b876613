/// How one rule differs from its plan for the rest of one session. What is nil is as in the plan; all nil: back to the plan.
public struct RuleOverride: Sendable, Hashable, Codable {
    /// The limit, in the rule's unit.
    public var limit: Double?
    /// The on-delay of a streaming rule, seconds.
    public var onDelay: Double?
    /// The base priority.
    public var priority: AlertPriority?
    /// Whether the rule is switched off.
    public var isOff: Bool

    enum CodingKeys: String, CodingKey {
        case limit
        case onDelay = "on_delay_s"
        case priority
        case isOff = "is_off"
    }

    /// Creates an override.
    public init(limit: Double? = nil, onDelay: Double? = nil, priority: AlertPriority? = nil, isOff: Bool = false) {
        self.limit = limit
        self.onDelay = onDelay
        self.priority = priority
        self.isOff = isOff
    }

    /// Whether it changes nothing.
    public var isEmpty: Bool { limit == nil && onDelay == nil && priority == nil && !isOff }

    /// As people read it: `limit 90, after 15 s`, `off`, `as in the plan`.
    public var words: String {
        if isOff { return "off" }
        let parts = [limit.map { "limit \($0.shortText)" }, onDelay.map { "after \($0.shortText) s" }, priority.map(\.rawValue)]
        return isEmpty ? "as in the plan" : parts.compactMap { $0 }.joined(separator: ", ")
    }
}

/// A rule's limits were changed for this session. The plan stays; the next session begins with it.
public struct LimitChange: Sendable, Hashable, Codable {
    /// The rule.
    public var rule: RuleID
    /// How it differs from the plan from now on.
    public var change: RuleOverride
    /// How it differed before.
    public var before: RuleOverride
    /// Counts the changes of the session, from 1; alerts carry it as `limits_version`.
    public var version: Int
    /// Whether it alerts later or less than before.
    public var isLoosening: Bool
    /// Why.
    public var reason: String
    /// The second person, where one was needed.
    public var witness: String?

    enum CodingKeys: String, CodingKey {
        case rule, change, before, version
        case isLoosening = "is_loosening"
        case reason, witness
    }

    /// Creates the payload.
    public init(
        rule: RuleID, change: RuleOverride, before: RuleOverride, version: Int, isLoosening: Bool, reason: String, witness: String?
    ) {
        self.rule = rule
        self.change = change
        self.before = before
        self.version = version
        self.isLoosening = isLoosening
        self.reason = reason
        self.witness = witness
    }
}
