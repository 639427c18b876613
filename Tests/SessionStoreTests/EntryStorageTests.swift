import SessionStore
import Testing
import VitalsModel

@Suite("Entries")
struct EntryStorageTests {
    @Test("Every kind comes back as it was, to the nanosecond", arguments: EntryKind.allCases)
    func roundTrip(kind: EntryKind) throws {
        let temporary = try TemporaryStore()
        let draft = EntryDraft(
            event: "e-1", session: "s1", room: "room-2",
            at: Moment(boot: BootInstant(nanoseconds: 123_456_789_012_345_678), wall: WallInstant(nanoseconds: 1_767_225_600_123_456_789)),
            actor: Actor(name: "nora", uid: .max), content: .sample(kind))
        let store = try temporary.open()
        let stored = try store.commit(StoreBatch(sessions: [sessionRecord()], entries: [draft]))
        try store.close()
        let reopened = try temporary.open(at: 200)
        #expect(stored == [Entry(number: 1, epoch: store.epoch, draft: draft)])
        #expect(try reopened.entries(after: 0, limit: 10) == stored)
    }

    @Test("Numbers follow each other over commits, sessions and restarts")
    func numbering() throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        _ = try store.commit(StoreBatch(sessions: [sessionRecord()], entries: [note("a"), note("b", session: "s1")]))
        _ = try store.commit(StoreBatch(entries: [note("c")]))
        #expect(store.lastNumber == 3)
        try store.close()
        let reopened = try temporary.open(bootID: "boot-b", at: 5)
        #expect(reopened.epoch == store.epoch)
        #expect(reopened.lastNumber == 3)
        #expect(try reopened.commit(StoreBatch(entries: [note("d")])).map(\.number) == [4])
        #expect(try reopened.entries(after: 1, limit: 2).map(\.draft.event) == ["b", "c"])
        #expect(try reopened.entries(of: "s1").map(\.draft.event) == ["b"])
        #expect(try reopened.entry(of: "c")?.number == 3)
        #expect(try reopened.verifyChain() == [])
    }

    @Test("An event that is stored already keeps its number and content")
    func resend() throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        let first = try store.commit(StoreBatch(entries: [note("a", text: "first")]))
        let second = try store.commit(StoreBatch(entries: [note("b"), note("a", text: "other"), note("b")]))
        #expect(second.map(\.number) == [2, 1, 2])
        #expect(second[1] == first[0])
        #expect(store.lastNumber == 2)
        #expect(try store.verifyChain() == [])
    }

    @Test("Of a refused batch nothing is stored, and the next number is not lost")
    func allOrNothing() throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        let error = #expect(throws: StoreError.self) {
            try store.commit(
                StoreBatch(readings: [reading(session: nil)], entries: [note("a"), note("b", session: "unknown")]))
        }
        #expect(error?.code == .refused)
        #expect(error?.isTemporary == false)
        #expect(try store.entries(after: 0, limit: 10) == [])
        #expect(try temporary.shell("SELECT count(*) FROM reading") == ["0"])
        #expect(try store.commit(StoreBatch(readings: [reading(session: nil)], entries: [note("c")])).map(\.number) == [1])
        #expect(try temporary.shell("SELECT count(*) FROM reading JOIN channel ON channel.id = channel") == ["1"])
    }

    @Test("A value that JSON cannot hold is refused and named")
    func notANumber() throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        let content = EntryContent.baseline(Baseline(values: [BaselineValue(signal: .spo2, value: .nan, count: 1)], missing: []))
        let draft = EntryDraft(event: "e", session: nil, room: nil, at: moment(1), actor: .engine, content: content)
        let error = #expect(throws: StoreError.self) { try store.commit(StoreBatch(entries: [draft])) }
        #expect(error?.code == .unencodable)
    }

    @Test("The shell reads entries in UTC")
    func view() throws {
        let temporary = try TemporaryStore()
        _ = try temporary.open().commit(StoreBatch(entries: [note("a", at: 61.25)]))
        let lines = try temporary.shell("SELECT number, kind, time_utc, actor, body FROM entry_view")
        #expect(lines == [#"1|note|2026-01-01T00:01:01.250Z|nora|{"text":"seen"}"#])
    }
}
