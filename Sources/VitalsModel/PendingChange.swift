/// Something that needs a second person was asked for, or is settled. Until it is countersigned nothing has changed.
public struct PendingChange: Sendable, Hashable, Codable {
    /// Where it stands.
    public enum State: String, Sendable, Hashable, Codable {
        /// It waits for a second person.
        case waiting
        /// A second person agreed; the change itself is the next entry.
        case countersigned
        /// It was taken back or refused.
        case withdrawn
        /// Nobody countersigned in time.
        case expired
    }

    /// Its number in the session, from 1: what the second person names.
    public var request: Int
    /// Where it stands.
    public var state: State
    /// What is asked for, in words.
    public var words: String
    /// Why.
    public var reason: String
    /// The rule whose limits are to change; nil where a new baseline is asked for.
    public var rule: RuleID?
    /// How they are to change.
    public var change: RuleOverride?

    /// Creates the payload.
    public init(request: Int, state: State, words: String, reason: String, rule: RuleID?, change: RuleOverride?) {
        self.request = request
        self.state = state
        self.words = words
        self.reason = reason
        self.rule = rule
        self.change = change
    }
}
