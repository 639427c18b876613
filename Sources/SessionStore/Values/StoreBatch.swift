import VitalsModel

/// What belongs together and is stored together: all of it or nothing.
///
/// The parts are written in the order of the properties, so that an entry may name a session of its own batch.
public struct StoreBatch: Sendable, Hashable {
    /// Sessions to insert, or to update where the id exists.
    public var sessions: [SessionRecord]
    /// Readings of a room that a session takes over.
    public var takeovers: [ReadingTakeover]
    /// Readings in the order of their arrival.
    public var readings: [StoredReading]
    /// Entries in the order in which they are to be numbered.
    public var entries: [EntryDraft]
    /// States that replace the ones stored before.
    public var snapshots: [SessionSnapshot]
    /// Sessions that end.
    public var closes: [SessionClose]

    /// Creates a batch.
    public init(
        sessions: [SessionRecord] = [], takeovers: [ReadingTakeover] = [], readings: [StoredReading] = [], entries: [EntryDraft] = [],
        snapshots: [SessionSnapshot] = [], closes: [SessionClose] = []
    ) {
        self.sessions = sessions
        self.takeovers = takeovers
        self.readings = readings
        self.entries = entries
        self.snapshots = snapshots
        self.closes = closes
    }

    /// Whether the batch holds nothing but readings, which may wait for company.
    var holdsOnlyReadings: Bool {
        sessions.isEmpty && takeovers.isEmpty && entries.isEmpty && snapshots.isEmpty && closes.isEmpty
    }
}

/// A reading and where it belongs. Only readings with a finite value are stored; the others are passed over.
public struct StoredReading: Sendable, Hashable {
    /// The room of the source.
    public var room: RoomID
    /// The session that ran in the room, or nil: then it is kept under the room for a day.
    public var session: SessionID?
    /// The reading; its boot instant is of the boot that the store was opened with.
    public var reading: Reading

    /// Creates a stored reading.
    public init(room: RoomID, session: SessionID?, reading: Reading) {
        self.room = room
        self.session = session
        self.reading = reading
    }

    /// Whether there is a value to store. SQLite has no NaN, and a value without end means nothing.
    var hasValue: Bool { reading.value?.isFinite ?? false }
}

/// One session as the store keeps it.
public struct SessionRecord: Sendable, Hashable {
    /// The id: `s12`.
    public var id: SessionID
    /// The number in the id, from 1, never used twice; see ``SessionStore/nextSessionOrdinal()``.
    public var ordinal: Int
    /// The room.
    public var room: RoomID
    /// The plan's id.
    public var plan: String
    /// SHA-256 of the plan's text, lower-case hexadecimal.
    public var planHash: String
    /// The plan's text, byte for byte; one copy is kept for all sessions of one hash.
    public var planText: String
    /// The clinic's reference of the patient; never a name.
    public var patient: String
    /// The machine's boot in which it was started; an update leaves it as it was.
    public var startedBoot: String
    /// When it was started; an update leaves it as it was.
    public var started: Moment
    /// Where it stands.
    public var phase: SessionPhase
    /// When it ended: set exactly when `phase` is `closed` or `aborted`.
    public var closed: Moment?

    /// Creates a record.
    public init(
        id: SessionID, ordinal: Int, room: RoomID, plan: String, planHash: String, planText: String, patient: String, startedBoot: String,
        started: Moment, phase: SessionPhase, closed: Moment? = nil
    ) {
        self.id = id
        self.ordinal = ordinal
        self.room = room
        self.plan = plan
        self.planHash = planHash
        self.planText = planText
        self.patient = patient
        self.startedBoot = startedBoot
        self.started = started
        self.phase = phase
        self.closed = closed
    }
}

/// Everything that a session needs to go on after a restart, as bytes that only its writer understands.
public struct SessionSnapshot: Sendable, Hashable {
    /// The session.
    public var session: SessionID
    /// The state.
    public var state: [UInt8]

    /// Creates a snapshot.
    public init(session: SessionID, state: [UInt8]) {
        self.session = session
        self.state = state
    }
}

/// The end of a session: its room is free, its entries stay appendable.
public struct SessionClose: Sendable, Hashable {
    /// The session.
    public var session: SessionID
    /// `closed` or `aborted`.
    public var phase: SessionPhase
    /// When.
    public var at: Moment

    /// Creates a close.
    public init(session: SessionID, phase: SessionPhase, at: Moment) {
        self.session = session
        self.phase = phase
        self.at = at
    }
}

/// The last minutes of a room become the beginning of a session: its readings since an instant of the present boot move there.
public struct ReadingTakeover: Sendable, Hashable {
    /// The room.
    public var room: RoomID
    /// The session.
    public var session: SessionID
    /// The first instant that moves.
    public var since: BootInstant

    /// Creates a takeover.
    public init(room: RoomID, session: SessionID, since: BootInstant) {
        self.room = room
        self.session = session
        self.since = since
    }
}
