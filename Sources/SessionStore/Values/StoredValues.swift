import VitalsModel

/// A session with its last state.
public struct StoredSession: Sendable, Hashable {
    /// The session.
    public var record: SessionRecord
    /// The state that was stored last, or nil where none was.
    public var state: [UInt8]?

    /// Creates the value.
    public init(record: SessionRecord, state: [UInt8]?) {
        self.record = record
        self.state = state
    }
}

/// A reading as it was stored. Its wall time is derived from the boot instant and the clock anchors.
public struct TimedReading: Sendable, Hashable {
    /// The boot whose clock `reading.received.boot` is on.
    public var bootID: String
    /// The room.
    public var room: RoomID
    /// The session, or nil for a room without one.
    public var session: SessionID?
    /// The reading.
    public var reading: Reading

    /// Creates the value.
    public init(bootID: String, room: RoomID, session: SessionID?, reading: Reading) {
        self.bootID = bootID
        self.room = room
        self.session = session
        self.reading = reading
    }
}

/// One signal of one source over a session.
public struct TimelineSeries: Sendable, Hashable {
    /// The source.
    public var source: SourceID
    /// The signal.
    public var signal: Signal
    /// Points in the order of time: all of them, or the smallest and the greatest of each slice of time.
    public var points: [TimelinePoint]
    /// How many readings the points stand for.
    public var count: Int

    /// Creates the value.
    public init(source: SourceID, signal: Signal, points: [TimelinePoint], count: Int) {
        self.source = source
        self.signal = signal
        self.points = points
        self.count = count
    }
}

/// One value on a timeline.
public struct TimelinePoint: Sendable, Hashable {
    /// When it was received.
    public var at: Moment
    /// In the signal's unit.
    public var value: Double
    /// How far it may be trusted.
    public var quality: ReadingQuality

    /// Creates the value.
    public init(at: Moment, value: Double, quality: ReadingQuality) {
        self.at = at
        self.value = value
        self.quality = quality
    }
}

/// Something wrong in the chain of entries.
public enum ChainFault: Sendable, Hashable, CustomStringConvertible {
    /// Numbers are missing: entries were deleted.
    case gap(after: Int64, next: Int64)
    /// The content is not what was hashed when it was stored.
    case altered(number: Int64)
    /// The entry does not follow the one before it: one of them was put there or exchanged.
    case unlinked(number: Int64)
    /// The end is missing, or there is more than the store wrote.
    case wrongEnd(expected: Int64, found: Int64)

    /// What happened, as a person reads it.
    public var description: String {
        switch self {
        case .gap(let after, let next): "entries \(after + 1) to \(next - 1) are missing"
        case .altered(let number): "entry \(number) was altered after it was stored"
        case .unlinked(let number): "entry \(number) does not follow the entry before it"
        case .wrongEnd(let expected, let found): "the last entry is \(found), but the store wrote \(expected)"
        }
    }
}
