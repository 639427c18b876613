/// Who takes responsibility for a plan: name and date as the plan's `review` gives them.
public struct PlanSignature: Sendable, Hashable, Codable {
    /// The clinician who reviewed every line.
    public var reviewer: String
    /// When, as year-month-day.
    public var date: String

    /// Creates a signature.
    public init(reviewer: String, date: String) {
        self.reviewer = reviewer
        self.date = date
    }
}
