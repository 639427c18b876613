/// One rating scale: `moaas`, `nausea`.
public struct ScaleID: Identifier {
    /// The text.
    public let rawValue: String
    /// Creates the identifier from its text.
    public init(_ text: String) { rawValue = text }
}

/// A person rated the patient.
public struct ScaleScore: Sendable, Hashable, Codable {
    /// The scale.
    public var scale: ScaleID
    /// The score, on the scale's own range.
    public var score: Double
    /// What the person added.
    public var note: String?

    /// Creates the payload.
    public init(scale: ScaleID, score: Double, note: String?) {
        self.scale = scale
        self.score = score
        self.note = note
    }
}
