import GRDB
import MonitorTesting
import SessionStore
import VitalsModel

/// A store in a folder of its own, which goes at the end of the test.
final class TemporaryStore: Sendable {
    private let folder: TemporaryFolder
    var path: String { folder.path("vigil.db") }

    init() throws { folder = try TemporaryFolder() }

    func open(bootID: String = "boot-a", at seconds: Double = 100) throws -> SessionStore {
        try SessionStore.open(path: path, bootID: bootID, now: moment(seconds))
    }

    /// Changes the file behind the store's back, with the guards off.
    func tamper(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { database in
            try database.execute(sql: "DROP TRIGGER entry_update; DROP TRIGGER entry_delete; DROP TRIGGER entry_insert;")
            try database.execute(sql: sql)
        }
        try queue.close()
    }

    /// What the `sqlite3` shell would print, one line a row.
    func shell(_ sql: String) throws -> [String] {
        let queue = try DatabaseQueue(path: path)
        defer { do { try queue.close() } catch { print("not closed: \(error)") } }
        return try queue.read { database in
            try Row.fetchAll(database, sql: sql).map { row in
                row.databaseValues.map { value in
                    switch value.storage {
                    case .null: ""
                    case .int64(let number): "\(number)"
                    case .double(let number): "\(number)"
                    case .string(let text): text
                    case .blob(let data): "\(data.count) bytes"
                    }
                }.joined(separator: "|")
            }
        }
    }
}

/// 2026-01-01T00:00:00Z is 0 s on the tests' boot clock.
let wallAtBoot: Int64 = 1_767_225_600_000_000_000

/// Both clocks at so many seconds after boot.
func moment(_ seconds: Double) -> Moment {
    let boot = BootInstant(seconds: seconds)
    return Moment(boot: boot, wall: WallInstant(nanoseconds: wallAtBoot + boot.nanoseconds))
}

func note(_ event: String, at seconds: Double = 101, session: SessionID? = nil, text: String = "seen") -> EntryDraft {
    EntryDraft(
        event: EventID(event), session: session, room: session == nil ? nil : "room-2", at: moment(seconds),
        actor: Actor(name: "nora", uid: 1001), content: .note(Note(text: text)))
}

func sessionRecord(_ ordinal: Int = 1, phase: SessionPhase = .acute, closed: Moment? = nil) -> SessionRecord {
    SessionRecord(
        id: SessionID("s\(ordinal)"), ordinal: ordinal, room: "room-2", plan: "iv-ketamine", planHash: "ab12",
        planText: "id: iv-ketamine\n",
        patient: "P-0042", startedBoot: "boot-a", started: moment(100), phase: phase, closed: closed)
}

func reading(
    _ signal: Signal = .spo2, _ value: Double? = 97, at seconds: Double = 101, sequence: UInt64 = 1, session: SessionID? = "s1",
    quality: ReadingQuality = .valid, source: SourceID = "monitor", deviceTime: DeviceTime? = nil
) -> StoredReading {
    StoredReading(
        room: "room-2", session: session,
        reading: Reading(
            source: source, signal: signal, value: value, quality: quality, received: moment(seconds), deviceTime: deviceTime,
            sequence: sequence))
}
