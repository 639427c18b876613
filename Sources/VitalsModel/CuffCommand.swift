/// What a cuff can be told.
public enum CuffCommand: String, Sendable, Hashable, Codable, CaseIterable {
    /// Inflate and measure once, with an adult's limits.
    case start
    /// Deflate now.
    case abort
}

/// Cuffs were told to measure or to stop, by the plan's schedule or by a person.
public struct CuffOrder: Sendable, Hashable, Codable {
    /// What they were told.
    public var command: CuffCommand
    /// The sources that were told; none where there was nothing to end.
    public var sources: [SourceID]
    /// Why, in words.
    public var reason: String

    /// Creates the payload.
    public init(command: CuffCommand, sources: [SourceID], reason: String) {
        self.command = command
        self.sources = sources
        self.reason = reason
    }
}
