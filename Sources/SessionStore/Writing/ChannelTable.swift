import GRDB
import VitalsModel

/// What all readings of a channel have in common.
struct ChannelKey: Hashable {
    var signal: Signal
    var source: SourceID
    var session: SessionID?
    var room: RoomID
}

/// A row of `channel`: the number that stands in each reading, and what instants and sequences are counted from.
struct Channel: Sendable {
    var id: Int64
    var originNanoseconds: Int64
    var originSequence: Int64
}

/// The channels of the present boot that were used lately.
///
/// An entry may come from a transaction that was undone later; ``forget()`` after each failure, for the row is gone then.
struct ChannelTable: Sendable {
    private var known: [ChannelKey: Channel] = [:]
    /// Beyond this many the table starts anew: sessions end, and their channels are never asked for again.
    private static let limit = 10_000

    mutating func forget() { known.removeAll(keepingCapacity: true) }

    /// The channel of a key, written to the database where it is new; `reading` gives the origin then.
    mutating func channel(of key: ChannelKey, boot: Int64, origin reading: Reading, in database: Database) throws -> Channel {
        if let channel = known[key] { return channel }
        if known.count >= Self.limit { forget() }
        let origin = (nanoseconds: reading.received.boot.nanoseconds, sequence: Int64(bitPattern: reading.sequence))
        let channel = try Self.find(key, boot: boot, in: database) ?? Self.insert(key, boot: boot, origin: origin, in: database)
        known[key] = channel
        return channel
    }

    private static func find(_ key: ChannelKey, boot: Int64, in database: Database) throws -> Channel? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT id, origin_ns, origin_sequence FROM channel
                WHERE ifnull(session, '') = ? AND boot = ? AND room = ? AND source = ? AND signal = ?
                """)
        return try Row.fetchOne(
            statement, arguments: [key.session?.rawValue ?? "", boot, key.room.rawValue, key.source.rawValue, key.signal.rawValue]
        ).map { Channel(id: $0[0], originNanoseconds: $0[1], originSequence: $0[2]) }
    }

    private static func insert(
        _ key: ChannelKey, boot: Int64, origin: (nanoseconds: Int64, sequence: Int64), in database: Database
    ) throws -> Channel {
        try database.cachedStatement(
            sql: "INSERT INTO channel (boot, room, session, source, signal, origin_ns, origin_sequence) VALUES (?, ?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [
            boot, key.room.rawValue, key.session?.rawValue, key.source.rawValue, key.signal.rawValue, origin.nanoseconds, origin.sequence,
        ])
        return Channel(id: database.lastInsertedRowID, originNanoseconds: origin.nanoseconds, originSequence: origin.sequence)
    }
}
