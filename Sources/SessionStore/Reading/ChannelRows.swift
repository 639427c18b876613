import GRDB
import GRDBSQLite
import VitalsModel

/// One channel with all that its readings have in common.
struct ChannelRow {
    var channel: Channel
    var boot: Int64
    var bootID: String
    var room: RoomID
    var session: SessionID?
    var source: SourceID
    var signal: Signal

    /// A session's channels by boot, source and signal; `signals` nil means all.
    static func fetch(of session: SessionID, signals: Set<Signal>?, in database: Database) throws -> [ChannelRow] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT channel.id, origin_ns, origin_sequence, channel.boot, boot.name, room, session, source, signal
                FROM channel JOIN boot ON boot.id = channel.boot
                WHERE ifnull(session, '') = ? ORDER BY channel.boot, source, signal
                """, arguments: [session.rawValue])
        return rows.compactMap(ChannelRow.init).filter { signals?.contains($0.signal) ?? true }
    }

    /// Nil for a signal that only a later version knows.
    private init?(row: Row) {
        guard let signal = Signal(rawValue: row[8]) else { return nil }
        channel = Channel(id: row[0], originNanoseconds: row[1], originSequence: row[2])
        boot = row[3]
        bootID = row[4]
        room = RoomID(row[5] as String)
        session = (row[6] as String?).map { SessionID($0) }
        source = SourceID(row[7] as String)
        self.signal = signal
    }

    /// The devices' own times of the channel's readings, by their keys.
    func deviceTimes(in database: Database) throws -> [DeviceTimeKey: DeviceTime] {
        let statement = try database.cachedStatement(sql: "SELECT at_ns, sequence, text FROM device_time WHERE channel = ?")
        let pairs = try Row.fetchAll(statement, arguments: [channel.id]).map { row in
            let at = BootInstant(nanoseconds: channel.originNanoseconds &+ (row[0] as Int64))
            let sequence = UInt64(bitPattern: channel.originSequence &+ (row[1] as Int64))
            return (DeviceTimeKey(at: at, sequence: sequence), DeviceTime(stored: row[2]))
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// The boot instants of the first and the last reading, or nil without readings.
    func extent(in database: Database) throws -> ClosedRange<BootInstant>? {
        func end(_ function: String) throws -> Int64? {
            try Int64.fetchOne(
                try database.cachedStatement(sql: "SELECT \(function)(at_ns) FROM reading WHERE channel = ?"), arguments: [channel.id])
        }
        guard let first = try end("min"), let last = try end("max") else { return nil }
        return BootInstant(nanoseconds: channel.originNanoseconds + first)...BootInstant(nanoseconds: channel.originNanoseconds + last)
    }
}

/// Which reading of a channel a device's time belongs to.
struct DeviceTimeKey: Hashable {
    var at: BootInstant
    var sequence: UInt64
}

/// A row of `reading`.
struct ReadingRow {
    var at: BootInstant
    var sequence: UInt64
    var value: Double
    var quality: ReadingQuality
}

/// Steps through a channel's readings by SQLite's own calls: a timeline reads tens of thousands.
struct ReadingScan {
    private let statement: Statement

    init(in database: Database) throws {
        statement = try database.cachedStatement(
            sql: """
                SELECT at_ns, sequence, value, quality FROM reading
                WHERE channel = ? AND at_ns BETWEEN ? AND ? ORDER BY at_ns, sequence
                """)
    }

    /// Calls `body` for each reading from `from` to `to`, both included, in order.
    func forEach(
        of channel: Channel, from: BootInstant?, to: BootInstant?, _ body: (ReadingRow) throws -> Void
    ) throws {
        let row = statement.sqliteStatement
        defer { sqlite3_reset(row) }
        sqlite3_bind_int64(row, 1, channel.id)
        sqlite3_bind_int64(row, 2, from.map { Self.offset($0, channel) } ?? .min)
        sqlite3_bind_int64(row, 3, to.map { Self.offset($0, channel) } ?? .max)
        while true {
            let result = sqlite3_step(row)
            if result == SQLITE_DONE { return }
            guard result == SQLITE_ROW else { throw statement.lastFailure() }
            guard let quality = ReadingQuality(storedNumber: sqlite3_column_int(row, 3)) else { continue }
            let reading = ReadingRow(
                at: BootInstant(nanoseconds: channel.originNanoseconds &+ sqlite3_column_int64(row, 0)),
                sequence: UInt64(bitPattern: channel.originSequence &+ sqlite3_column_int64(row, 1)),
                value: sqlite3_column_double(row, 2), quality: quality)
            try body(reading)
        }
    }

    /// From the channel's origin, held at the ends of Int64 for instants beyond any clock.
    private static func offset(_ instant: BootInstant, _ channel: Channel) -> Int64 {
        let (offset, overflow) = instant.nanoseconds.subtractingReportingOverflow(channel.originNanoseconds)
        return overflow ? (instant.nanoseconds < 0 ? .min : .max) : offset
    }
}
