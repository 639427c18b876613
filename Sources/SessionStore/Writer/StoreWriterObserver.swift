import VitalsModel

/// What the writer tells about itself. `onLate` and `onRecovered` are called one at a time, in their order, on a queue that a slow
/// disk does not block. All may call the writer.
public struct StoreWriterObserver: Sendable {
    /// A commit failed or has been running for longer than ``StoreWriterLimits/lateAfter``; not called again until it recovered.
    public var onLate: @Sendable (StoreTrouble) -> Void
    /// A commit succeeded in time again; the parameter is how long the store was late.
    public var onRecovered: @Sendable (_ lateFor: Duration) -> Void
    /// The writer itself wrote entries (`dropped`); called on the store's queue, in turn with the completions, in the
    /// order of the numbers.
    public var onOwnEntries: @Sendable ([Entry]) -> Void

    /// Creates an observer; what is left out is not told.
    public init(
        onLate: @escaping @Sendable (StoreTrouble) -> Void = { _ in }, onRecovered: @escaping @Sendable (Duration) -> Void = { _ in },
        onOwnEntries: @escaping @Sendable ([Entry]) -> Void = { _ in }
    ) {
        self.onLate = onLate
        self.onRecovered = onRecovered
        self.onOwnEntries = onOwnEntries
    }
}

/// Why the store is late.
public struct StoreTrouble: Sendable, Hashable, CustomStringConvertible {
    /// What a commit threw, or nil where it is only slow.
    public var error: StoreError?
    /// The limit that a slow commit exceeded.
    public var limit: Duration

    /// Creates the value.
    public init(error: StoreError?, limit: Duration) {
        self.error = error
        self.limit = limit
    }

    /// What happened, as a person reads it.
    public var description: String {
        error.map(\.description) ?? "a commit takes longer than \(limit.nanoseconds / 1_000_000) ms"
    }
}

/// What waits to be written, and how the store does.
public struct StoreBacklog: Sendable, Hashable {
    /// Entries not yet committed.
    public var entries: Int
    /// Readings not yet committed.
    public var readings: Int
    /// Entries refused since the writer was created.
    public var droppedEntries: Int
    /// Readings dropped since the writer was created.
    public var droppedReadings: Int
    /// Whether commits are late or failing.
    public var isLate: Bool

    /// Creates the value.
    public init(entries: Int, readings: Int, droppedEntries: Int, droppedReadings: Int, isLate: Bool) {
        self.entries = entries
        self.readings = readings
        self.droppedEntries = droppedEntries
        self.droppedReadings = droppedReadings
        self.isLate = isLate
    }
}
