import GRDB
import GRDBSQLite
import VitalsModel

extension ReadingQuality {
    /// The number in the database, a row of `quality`; nil for `invalid`, which has no value to store.
    var storedNumber: Int32? {
        switch self {
        case .valid: 0
        case .suspect: 1
        case .demo: 2
        case .invalid: nil
        }
    }

    /// The quality with a number of the database.
    init?(storedNumber: Int32) {
        switch storedNumber {
        case 0: self = .valid
        case 1: self = .suspect
        case 2: self = .demo
        default: return nil
        }
    }
}

/// Writes readings by SQLite's own calls on a statement that GRDB keeps: measured at
/// 80 to 90 % of a program in C with the same rows and commits; records reach a third.
struct ReadingInsertion {
    private let database: Database
    private let statement: Statement
    private let boot: Int64

    init(boot: Int64, in database: Database) throws {
        self.boot = boot
        self.database = database
        // The same key is the same reading, sent again after a commit whose outcome was not known.
        statement = try database.cachedStatement(
            sql: """
                INSERT INTO reading (channel, at_ns, sequence, value, quality) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (channel, at_ns, sequence) DO NOTHING
                """)
    }

    /// Writes the readings that have a value; returns how many those were.
    func write(_ readings: [StoredReading], channels: inout ChannelTable) throws -> Int {
        var written = 0
        for item in readings {
            guard item.hasValue, let value = item.reading.value, let quality = item.reading.quality.storedNumber else { continue }
            let key = ChannelKey(signal: item.reading.signal, source: item.reading.source, session: item.session, room: item.room)
            let channel = try channels.channel(of: key, boot: boot, origin: item.reading, in: database)
            try insert(item.reading, value: value, quality: quality, channel: channel)
            written += 1
        }
        return written
    }

    private func insert(_ reading: Reading, value: Double, quality: Int32, channel: Channel) throws {
        let row = statement.sqliteStatement
        sqlite3_bind_int64(row, 1, channel.id)
        sqlite3_bind_int64(row, 2, reading.received.boot.nanoseconds - channel.originNanoseconds)
        // Sequences use the whole width of UInt64; the difference wraps, and adding the origin again wraps back.
        sqlite3_bind_int64(row, 3, Int64(bitPattern: reading.sequence) &- channel.originSequence)
        sqlite3_bind_double(row, 4, value)
        sqlite3_bind_int(row, 5, quality)
        let result = sqlite3_step(row)
        let failure = result == SQLITE_DONE ? nil : statement.lastFailure()
        sqlite3_reset(row)
        if let failure { throw failure }
        if let time = reading.deviceTime { try insert(time, of: reading, channel: channel) }
    }

    private func insert(_ time: DeviceTime, of reading: Reading, channel: Channel) throws {
        try database.cachedStatement(
            sql: "INSERT INTO device_time (channel, at_ns, sequence, text) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
        ).execute(arguments: [
            channel.id, reading.received.boot.nanoseconds - channel.originNanoseconds,
            Int64(bitPattern: reading.sequence) &- channel.originSequence, time.description,
        ])
    }
}
