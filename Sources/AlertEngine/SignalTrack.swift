import VitalsModel

/// What the session knows of one signal: the last value with its age, and what the devices say of it.
public struct SignalTrack: Sendable, Hashable, Codable {
    /// The last valid value, in the signal's unit.
    public var value: Double?
    /// When it was received; nil before the first, and after a restart.
    public var received: BootInstant?
    /// The source that gave it.
    public var source: SourceID?
    /// The last valid value of another source, which the better one's kept from counting: it takes over when that one is lost or stale.
    public var standby: StandbyValue?
    /// When the signal was first expected: session start, restart, or the source's return.
    public var expectedSince: BootInstant
    /// Why no values come, as the devices say.
    public var condition: SignalCondition
    /// Since when the devices say that it cannot be measured, whatever the reason; nil while it can.
    public var notMeasuringSince: BootInstant?
    /// Whether every source of this signal is gone.
    public var sourceState: SourceState
    /// When the last doubtful value came.
    public var doubted: BootInstant?
    /// Whether a rule was beyond its limit, but not yet alerting, when the values ended (transition 6).
    public var endedBeyondLimit: Bool

    /// When the last value came, of whatever source; nil before the first, and after a restart.
    public var lastReceived: BootInstant? { [received, standby?.received].compactMap { $0 }.max() }

    /// Takes the devices' word.
    mutating func note(_ condition: SignalCondition, at now: BootInstant) {
        self.condition = condition
        notMeasuringSince = condition == .measuring ? nil : notMeasuringSince ?? now
    }

    /// The other source takes over, where it has given a value since `time`.
    mutating func takeOver(since time: BootInstant) {
        guard let standby, standby.received > time else { return }
        (value, received, source) = (standby.value, standby.received, standby.source)
        self.standby = nil
    }

    /// Creates a track that waits for its first value.
    public init(expectedSince: BootInstant) {
        value = nil
        received = nil
        source = nil
        standby = nil
        self.expectedSince = expectedSince
        condition = .measuring
        sourceState = .absent
        endedBeyondLimit = false
    }
}

/// A value that waits behind a better source's.
public struct StandbyValue: Sendable, Hashable, Codable {
    /// In the signal's unit.
    public var value: Double
    /// When it was received.
    public var received: BootInstant
    /// The source that gave it.
    public var source: SourceID

    /// Creates a value.
    public init(value: Double, received: BootInstant, source: SourceID) {
        self.value = value
        self.received = received
        self.source = source
    }
}

/// What the session knows of the cuff.
public struct CuffTrack: Sendable, Hashable, Codable {
    /// When the last measurement that gave values was received.
    public var lastMeasured: BootInstant?
    /// From when on the next one is awaited if there was none: phase entry or restart.
    public var dueSince: BootInstant
    /// Failed measurements in a row.
    public var failures: Int
    /// What the cuff does.
    public var state: CuffState
    /// Since when it does that; nil before its first word.
    public var since: BootInstant?
    /// When the last inflation began; nil before the first.
    public var began: BootInstant?

    /// Creates a track that waits for its first measurement.
    public init(dueSince: BootInstant) {
        lastMeasured = nil
        self.dueSince = dueSince
        failures = 0
        state = .idle
    }
}
