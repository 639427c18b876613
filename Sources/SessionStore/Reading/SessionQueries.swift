import FoundationEssentials
import GRDB
import VitalsModel

extension SessionStore {
    /// The number that the next session gets: one above the highest that was stored.
    public func nextSessionOrdinal() throws(StoreError) -> Int {
        try read { (try Int.fetchOne($0, sql: "SELECT max(ordinal) FROM session") ?? 0) + 1 }
    }

    /// One session, or nil where there is none of that id.
    public func session(_ id: SessionID) throws(StoreError) -> StoredSession? {
        try read { try Self.sessions(in: $0, "WHERE session.id = ?", [id.rawValue]).first }
    }

    /// The sessions that have not ended, oldest first, each with the state that it goes on from.
    public func openSessions() throws(StoreError) -> [StoredSession] {
        try read { try Self.sessions(in: $0, "WHERE closed_wall_ns IS NULL ORDER BY ordinal", []) }
    }

    /// The `newest` sessions, open or ended, newest first.
    public func sessions(newest: Int) throws(StoreError) -> [SessionRecord] {
        try read { try Self.sessions(in: $0, "ORDER BY ordinal DESC LIMIT ?", [max(0, newest)]).map(\.record) }
    }

    private static func sessions(in database: Database, _ condition: String, _ arguments: StatementArguments) throws -> [StoredSession] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT session.id, ordinal, room, plan, plan_hash, plan.text, patient, boot.name, started_boot_ns, started_wall_ns,
                    phase, closed_boot_ns, closed_wall_ns, session_state.state
                FROM session
                JOIN plan ON plan.hash = session.plan_hash
                JOIN boot ON boot.id = session.started_boot
                LEFT JOIN session_state ON session_state.session = session.id
                """ + " " + condition, arguments: arguments
        ).map(storedSession)
    }

    private static func storedSession(_ row: Row) throws -> StoredSession {
        guard let phase = SessionPhase(rawValue: row[10]) else {
            throw DatabaseError(
                message: "session \(row[0] as String) has the phase `\(row[10] as String)`, which this version does not know")
        }
        let started = Moment(boot: BootInstant(nanoseconds: row[8]), wall: WallInstant(nanoseconds: row[9]))
        var closed: Moment?
        if let boot = row[11] as Int64?, let wall = row[12] as Int64? {
            closed = Moment(boot: BootInstant(nanoseconds: boot), wall: WallInstant(nanoseconds: wall))
        }
        let record = SessionRecord(
            id: SessionID(row[0] as String), ordinal: row[1], room: RoomID(row[2] as String), plan: row[3], planHash: row[4],
            planText: row[5], patient: row[6], startedBoot: row[7], started: started, phase: phase, closed: closed)
        return StoredSession(record: record, state: (row[13] as Data?).map { [UInt8]($0) })
    }
}
