import GRDB
import VitalsModel

extension ReadingTakeover {
    /// Moves the room's readings of the boot to the session's channels.
    func apply(boot: Int64, channels: inout ChannelTable, in database: Database) throws {
        let rows = try Row.fetchAll(
            database,
            sql:
                """
                SELECT id, source, signal, origin_ns, origin_sequence FROM channel
                WHERE ifnull(session, '') = '' AND boot = ? AND room = ?
                """,
            arguments: [boot, room.rawValue])
        for row in rows {
            guard let signal = Signal(rawValue: row[2]) else { continue }
            let old = Channel(id: row[0], originNanoseconds: row[3], originSequence: row[4])
            try move(old, source: SourceID(row[1] as String), signal: signal, boot: boot, channels: &channels, in: database)
        }
    }

    private func move(
        _ old: Channel, source: SourceID, signal: Signal, boot: Int64, channels: inout ChannelTable, in database: Database
    ) throws {
        let first = since.nanoseconds - old.originNanoseconds
        guard
            let row = try Row.fetchOne(
                database, sql: "SELECT at_ns, sequence FROM reading WHERE channel = ? AND at_ns >= ? ORDER BY at_ns, sequence LIMIT 1",
                arguments: [old.id, first])
        else { return }
        let moment = Moment(boot: BootInstant(nanoseconds: old.originNanoseconds + (row[0] as Int64)), wall: WallInstant(nanoseconds: 0))
        let origin = Reading(
            source: source, signal: signal, value: nil, quality: .invalid, received: moment,
            sequence: UInt64(bitPattern: old.originSequence &+ (row[1] as Int64)))
        let key = ChannelKey(signal: signal, source: source, session: session, room: room)
        let new = try channels.channel(of: key, boot: boot, origin: origin, in: database)
        for (table, columns) in [("reading", "value, quality"), ("device_time", "text")] {
            try database.execute(
                sql: """
                    INSERT INTO \(table) (channel, at_ns, sequence, \(columns))
                    SELECT ?, at_ns + ?, sequence + ?, \(columns) FROM \(table) WHERE channel = ? AND at_ns >= ?
                    ON CONFLICT DO NOTHING
                    """,
                arguments: [
                    new.id, old.originNanoseconds - new.originNanoseconds, old.originSequence &- new.originSequence, old.id, first,
                ])
        }
        try database.execute(sql: "DELETE FROM reading WHERE channel = ? AND at_ns >= ?", arguments: [old.id, first])
    }
}
