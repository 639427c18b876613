import VitalsModel

/// One line of the event stream and of `vigil tail --json`: an entry with its number, or an announcement that has none yet.
///
/// Keys: `event` (stable id; drop what you have seen), `number` (null while unrecorded), `epoch`, `at` (UTC, ISO 8601 with
/// microseconds), `boot_ns`, `session`, `room` (null where there is none), `kind`, `actor`, `uid` (null for the engine),
/// `recorded`, and then the keys of the kind (`EntryPayloads.swift`).
public struct EventLine: Sendable, Hashable, Codable {
    /// The entry.
    public var entry: Entry

    /// Creates a line.
    public init(_ entry: Entry) { self.entry = entry }

    enum CodingKeys: String, CodingKey {
        case event, number, epoch, at
        case bootNanoseconds = "boot_ns"
        case session, room, kind, actor, uid, recorded
    }

    /// Encodes it as `init(from:)` reads it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        let draft = entry.draft
        try container.encode(draft.event, forKey: .event)
        try container.encode(entry.number, forKey: .number)
        try container.encode(entry.epoch, forKey: .epoch)
        try container.encode(draft.at.wall.utcText, forKey: .at)
        try container.encode(draft.at.boot.nanoseconds, forKey: .bootNanoseconds)
        try container.encode(draft.session, forKey: .session)
        try container.encode(draft.room, forKey: .room)
        try container.encode(draft.content.kind, forKey: .kind)
        try container.encode(draft.actor.name, forKey: .actor)
        try container.encode(draft.actor.uid, forKey: .uid)
        try container.encode(entry.number != nil, forKey: .recorded)
        try draft.content.encodePayload(to: encoder)
    }

    /// Reads what `encode(to:)` writes.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let text = try container.decode(String.self, forKey: .at)
        guard let wall = WallInstant(utcText: text) else {
            throw DecodingError.dataCorruptedError(forKey: .at, in: container, debugDescription: "\"\(text)\" is not a UTC time")
        }
        let kind = try container.decode(EntryKind.self, forKey: .kind)
        let draft = EntryDraft(
            event: try container.decode(EventID.self, forKey: .event),
            session: try container.decodeIfPresent(SessionID.self, forKey: .session),
            room: try container.decodeIfPresent(RoomID.self, forKey: .room),
            at: Moment(boot: BootInstant(nanoseconds: try container.decode(Int64.self, forKey: .bootNanoseconds)), wall: wall),
            actor: Actor(
                name: try container.decode(String.self, forKey: .actor), uid: try container.decodeIfPresent(UInt32.self, forKey: .uid)),
            content: try EntryContent(kind: kind, from: decoder))
        entry = Entry(
            number: try container.decodeIfPresent(Int64.self, forKey: .number),
            epoch: try container.decode(StoreEpoch.self, forKey: .epoch), draft: draft)
    }
}

/// The names of the server-sent events of `GET /v1/events`, in the order in which a follower meets them.
public enum StreamEventName: String, Sendable, CaseIterable {
    /// The whole state (`ClinicState`): first on every connection.
    case state
    /// A numbered entry (`EventLine`); its SSE id is the resume token.
    case entry
    /// The entries before now are all sent; what follows is live. No data but `{}`.
    case current
    /// An announcement without a number, because the store is late (`EventLine`); it comes again as `entry`.
    case unrecorded
    /// A reading (`ReadingLine`), only with `readings=true`; never resumed.
    case reading
    /// Once a second (`Heartbeat`), so that a dead link is seen.
    case heartbeat
}

/// A reading as followers see it.
public struct ReadingLine: Sendable, Hashable, Codable {
    /// The room.
    public var room: RoomID
    /// The reading.
    public var source: SourceID
    /// What was measured.
    public var signal: Signal
    /// In the signal's unit; nil when invalid.
    public var value: Double?
    /// How far it may be trusted.
    public var quality: ReadingQuality
    /// When it was received, boot clock.
    public var bootNanoseconds: Int64

    enum CodingKeys: String, CodingKey {
        case room, source, signal, value, quality
        case bootNanoseconds = "boot_ns"
    }

    /// Creates the line of a reading.
    public init(room: RoomID, reading: Reading) {
        self.room = room
        source = reading.source
        signal = reading.signal
        value = reading.value
        quality = reading.quality
        bootNanoseconds = reading.received.boot.nanoseconds
    }
}

/// The daemon's sign of life.
public struct Heartbeat: Sendable, Hashable, Codable {
    /// UTC.
    public var at: String
    /// Whether the store keeps up.
    public var storeIsLate: Bool
    /// Open sessions.
    public var openSessions: Int

    enum CodingKeys: String, CodingKey {
        case at
        case storeIsLate = "store_is_late"
        case openSessions = "open_sessions"
    }

    /// Creates a heartbeat.
    public init(at: String, storeIsLate: Bool, openSessions: Int) {
        self.at = at
        self.storeIsLate = storeIsLate
        self.openSessions = openSessions
    }
}
