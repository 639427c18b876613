import VitalsModel

/// Cuffs that were told to stop. One that goes on measuring hurts, and a person has to disconnect its hose.
struct CuffStops: Sendable, Hashable, Codable {
    /// How long a cuff may take to deflate.
    static let patience: Duration = .seconds(30)

    private var told: [SourceID: BootInstant] = [:]
    /// Those that did not stop. They stay so over a restart, until they say that they are at rest.
    private(set) var stuck: Set<SourceID> = []

    /// When `take` has something to say; nil never.
    var deadline: BootInstant? { told.values.min().map { $0 + Self.patience } }

    /// Cuffs were told to stop; told again, the first time counts.
    mutating func tell(_ sources: [SourceID], at now: BootInstant) {
        for source in sources where told[source] == nil && !stuck.contains(source) { told[source] = now }
    }

    /// A cuff was told to start: an older stop does not concern what comes now.
    mutating func start(_ source: SourceID) { told[source] = nil }

    /// A measurement is over. Whether it was the last one that did not stop.
    mutating func end(_ source: SourceID) -> Bool {
        told[source] = nil
        return stuck.remove(source) != nil && stuck.isEmpty
    }

    /// The cuffs that are found not to have stopped by `now`, among those that measure.
    mutating func take(at now: BootInstant, measuring: [SourceID]) -> [SourceID] {
        let due = told.filter { $0.value + Self.patience <= now }.keys.sorted()
        for source in due { told[source] = nil }
        let found = due.filter(measuring.contains)
        stuck.formUnion(found)
        return found
    }

    /// After a restart nobody knows what the cuffs do.
    mutating func restore() { told = [:] }
}
