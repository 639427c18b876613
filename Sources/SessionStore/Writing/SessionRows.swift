import FoundationEssentials
import GRDB
import VitalsModel

/// Writes what changes rarely: sessions, their states and their ends.
enum SessionRows {
    /// Inserts a session, or brings phase, patient and end up to date.
    static func write(_ record: SessionRecord, in database: Database) throws {
        try database.execute(sql: "INSERT INTO boot (name) VALUES (?) ON CONFLICT DO NOTHING", arguments: [record.startedBoot])
        try database.execute(
            sql: "INSERT INTO plan (hash, text) VALUES (?, ?) ON CONFLICT DO NOTHING", arguments: [record.planHash, record.planText])
        try database.execute(
            sql: """
                INSERT INTO session (id, ordinal, room, plan, plan_hash, patient, started_boot, started_boot_ns, started_wall_ns,
                    phase, closed_boot_ns, closed_wall_ns)
                VALUES (?, ?, ?, ?, ?, ?, (SELECT id FROM boot WHERE name = ?), ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET patient = excluded.patient, phase = excluded.phase,
                    closed_boot_ns = excluded.closed_boot_ns, closed_wall_ns = excluded.closed_wall_ns
                """,
            arguments: [
                record.id.rawValue, record.ordinal, record.room.rawValue, record.plan, record.planHash, record.patient, record.startedBoot,
                record.started.boot.nanoseconds, record.started.wall.nanoseconds, record.phase.rawValue,
                record.closed?.boot.nanoseconds, record.closed?.wall.nanoseconds,
            ])
    }

    /// Replaces a session's state.
    static func write(_ snapshot: SessionSnapshot, in database: Database) throws {
        try database.cachedStatement(
            sql: "INSERT INTO session_state (session, state) VALUES (?, ?) ON CONFLICT (session) DO UPDATE SET state = excluded.state"
        ).execute(arguments: [snapshot.session.rawValue, Data(snapshot.state)])
    }

    /// Ends a session.
    static func write(_ close: SessionClose, in database: Database) throws {
        try database.execute(
            sql: "UPDATE session SET phase = ?, closed_boot_ns = ?, closed_wall_ns = ? WHERE id = ?",
            arguments: [close.phase.rawValue, close.at.boot.nanoseconds, close.at.wall.nanoseconds, close.session.rawValue])
        guard database.changesCount == 1 else {
            throw DatabaseError(resultCode: .SQLITE_CONSTRAINT, message: "session \(close.session) cannot be closed: it was never stored")
        }
    }
}
