import Glibc
import SessionFlow
import SessionStore
import VitalsModel

/// The sessions of a database, which is only read.
struct PastSessions {
    private let store: SessionStore

    /// Opens the database.
    ///
    /// - Throws: `StoreError`.
    init(database: String) throws { store = try SessionStore.openForReading(path: database) }

    /// The sessions of these names; without names all that have ended, oldest first.
    ///
    /// - Throws: `CommandFailure` 65 for one that is not there, and for a database without any; `StoreError`.
    func chosen(_ names: [SessionID]) throws -> [PastSession] {
        let records =
            names.isEmpty ? try store.sessions(newest: .max).filter { !$0.phase.isOpen }.reversed() : try names.map { try record($0) }
        guard !records.isEmpty else {
            throw CommandFailure(description: "\(store.path) holds no session that has ended", status: EX_DATAERR)
        }
        return records.map { PastSession(record: $0, store: store) }
    }

    private func record(_ name: SessionID) throws -> SessionRecord {
        guard let found = try store.session(name)?.record else {
            throw CommandFailure(
                description: "\(store.path) holds no session \(name); vigil session list --database shows them", status: EX_DATAERR)
        }
        return found
    }
}

/// One session of a database.
struct PastSession: Sendable {
    fileprivate let record: SessionRecord
    fileprivate let store: SessionStore

    /// Its name.
    var id: SessionID { record.id }

    /// What came into it, to be replayed.
    ///
    /// - Throws: `CommandFailure` 65 where its log is empty; `StoreError`.
    func inputs() throws -> (start: EntryDraft, inputs: [ReplayInput]) {
        let stored = try store.readings(of: id)
        let clock = clock(of: stored)
        let readings = stored.map { timed in
            var reading = timed.reading
            reading.received = clock(reading.received)
            return reading
        }
        let entries = try store.entries(of: id).map { entry in
            var draft = entry.draft
            draft.at = clock(draft.at)
            return draft
        }
        guard let start = entries.first else {
            throw CommandFailure(description: "session \(id) of \(store.path) has no entries", status: EX_DATAERR)
        }
        // What a source was configured to measure is not in the record; what it gave is.
        let measured = Dictionary(grouping: readings, by: \.source).mapValues { Set($0.map(\.signal)) }
        let inputs = ReplayInput.inputs(readings: readings, entries: entries) { source in
            Signal.allCases.filter((measured[source] ?? []).contains)
        }
        return (start, inputs)
    }

    /// How a moment gets onto one clock, where the machine was started again in the middle.
    private func clock(of readings: [TimedReading]) -> (Moment) -> Moment {
        let boots = Set(readings.map(\.bootID)).union([record.startedBoot])
        guard boots.count > 1 else { return { $0 } }
        return { [start = record.started] in SessionBacktest.onClock(of: start, $0) }
    }
}
