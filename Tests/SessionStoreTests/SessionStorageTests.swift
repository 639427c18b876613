import SessionStore
import Testing
import VitalsModel

@Suite("Sessions")
struct SessionStorageTests {
    @Test("A session comes back with its plan and its last state, until it ends")
    func course() throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        #expect(try store.nextSessionOrdinal() == 1)
        var record = sessionRecord(1, phase: .checkin)
        _ = try store.commit(StoreBatch(sessions: [record, sessionRecord(2)], snapshots: [SessionSnapshot(session: "s1", state: [1])]))
        record.phase = .dosing
        _ = try store.commit(StoreBatch(sessions: [record], snapshots: [SessionSnapshot(session: "s1", state: [0, 255, 2])]))
        try store.close()
        let reopened = try temporary.open(bootID: "boot-b", at: 5)
        #expect(try reopened.nextSessionOrdinal() == 3)
        let open = try reopened.openSessions()
        #expect(open.map(\.record) == [record, sessionRecord(2)])
        #expect(open.map(\.state) == [[0, 255, 2], nil])
        _ = try reopened.commit(StoreBatch(closes: [SessionClose(session: "s1", phase: .closed, at: moment(900))]))
        record.phase = .closed
        record.closed = moment(900)
        #expect(try reopened.openSessions().map(\.record.id) == ["s2"])
        #expect(try reopened.session("s1")?.record == record)
        #expect(try reopened.session("s9") == nil)
        #expect(try reopened.sessions(newest: 1).map(\.id) == ["s2"])
        #expect(try reopened.commit(StoreBatch(entries: [note("late", session: "s1")])).count == 1)
    }

    @Test("A state is stored with the entries of its batch or not at all")
    func snapshotWithEntries() throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        _ = try store.commit(StoreBatch(sessions: [sessionRecord()], snapshots: [SessionSnapshot(session: "s1", state: [1])]))
        #expect(throws: StoreError.self) {
            try store.commit(
                StoreBatch(entries: [note("a", session: "unknown")], snapshots: [SessionSnapshot(session: "s1", state: [2])]))
        }
        #expect(try store.session("s1")?.state == [1])
    }

    @Test("A close of an unknown session and a repeated ordinal are refused")
    func refusals() throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        let close = #expect(throws: StoreError.self) {
            try store.commit(StoreBatch(closes: [SessionClose(session: "s7", phase: .closed, at: moment(1))]))
        }
        #expect(close?.code == .refused)
        #expect(close?.message.contains("s7") == true)
        var twin = sessionRecord(1)
        twin.id = "s1b"
        #expect(throws: StoreError.self) { try store.commit(StoreBatch(sessions: [sessionRecord(1), twin])) }
    }
}
