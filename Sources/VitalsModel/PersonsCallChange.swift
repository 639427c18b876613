/// A person called an alert that no device can see, or took it back.
public struct PersonsCallChange: Sendable, Hashable, Codable {
    /// The rule of kind `manual` that it goes by.
    public var rule: RuleID
    /// Whether it stands; false: it is over.
    public var isOn: Bool
    /// What the person said.
    public var words: String

    enum CodingKeys: String, CodingKey {
        case rule
        case isOn = "is_on"
        case words
    }

    /// Creates the payload.
    public init(rule: RuleID, isOn: Bool, words: String) {
        self.rule = rule
        self.isOn = isOn
        self.words = words
    }
}
