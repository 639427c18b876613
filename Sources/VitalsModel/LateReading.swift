/// A value that came too late to count: it is stored, but rules on what is so now must not see it.
public struct LateReading: Sendable, Hashable, Codable {
    /// The source.
    public var source: SourceID
    /// What was measured.
    public var signal: Signal
    /// In the signal's unit.
    public var value: Double
    /// How old it was when it came, seconds.
    public var age: Double
    /// Whether it came with others from the device's memory.
    public var isBackfill: Bool
    /// The rules whose limit it is beyond: what would have alerted.
    public var rules: [RuleID]
    /// Whether people are told: beyond a deep limit, and less than two minutes old.
    public var announced: Bool
    /// The source's own count.
    public var sequence: UInt64

    enum CodingKeys: String, CodingKey {
        case source, signal, value
        case age = "age_s"
        case isBackfill = "is_backfill"
        case rules, announced, sequence
    }

    /// Creates the payload.
    public init(
        source: SourceID, signal: Signal, value: Double, age: Double, isBackfill: Bool, rules: [RuleID], announced: Bool, sequence: UInt64
    ) {
        self.source = source
        self.signal = signal
        self.value = value
        self.age = age
        self.isBackfill = isBackfill
        self.rules = rules
        self.announced = announced
        self.sequence = sequence
    }
}

/// A device's own clock was set: its times before and after do not belong together.
public struct DeviceClockStep: Sendable, Hashable, Codable {
    /// The source.
    public var source: SourceID
    /// By how much, seconds; positive: forward.
    public var step: Double

    enum CodingKeys: String, CodingKey {
        case source
        case step = "step_s"
    }

    /// Creates the payload.
    public init(source: SourceID, step: Double) {
        self.source = source
        self.step = step
    }
}

/// Vigil itself was not running: what happened meanwhile nobody saw.
public struct MonitorGap: Sendable, Hashable, Codable {
    /// How long, seconds; it ends at the entry's time.
    public var duration: Double

    enum CodingKeys: String, CodingKey {
        case duration = "duration_s"
    }

    /// Creates the payload.
    public init(duration: Double) { self.duration = duration }
}
