import Crypto
import Foundation
import GRDB
import SessionStore
import Testing
import VitalsModel

@Suite("The chain of entries")
struct ChainTests {
    private func filled() throws -> TemporaryStore {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        _ = try store.commit(StoreBatch(sessions: [sessionRecord()], entries: (1...5).map { note("e\($0)", session: "s1") }))
        #expect(try store.verifyChain() == [])
        try store.close()
        return temporary
    }

    private func faults(after sql: String) throws -> [ChainFault] {
        let temporary = try filled()
        // Opened before, since opening itself refuses a broken end.
        let store = try temporary.open(at: 200)
        try temporary.tamper(sql)
        return try store.verifyChain()
    }

    @Test(
        "A change of any column is found",
        arguments: [
            "event = 'x'", "session = NULL", "room = NULL", "room = ''", "kind = 'daemon'", "boot_ns = boot_ns + 1",
            "wall_ns = wall_ns + 1",
            "actor = 'noro'", "actor_uid = NULL", "actor_uid = 0", "body = '{\"text\":\"Seen\"}'",
        ])
    func alteration(change: String) throws {
        #expect(try faults(after: "UPDATE entry SET \(change) WHERE number = 3") == [.altered(number: 3)])
    }

    @Test("A changed boot is found")
    func boot() throws {
        #expect(try faults(after: "UPDATE boot SET name = 'boot-x'") == (1...5).map { .altered(number: $0) })
    }

    @Test("Entries taken out are found, in the middle, at the start and at the end")
    func deletion() throws {
        #expect(try faults(after: "DELETE FROM entry WHERE number = 3") == [.gap(after: 2, next: 4)])
        #expect(try faults(after: "DELETE FROM entry WHERE number < 3") == [.gap(after: 0, next: 3)])
        #expect(try faults(after: "DELETE FROM entry WHERE number > 3") == [.wrongEnd(expected: 5, found: 3)])
        #expect(try faults(after: "DELETE FROM entry") == [.wrongEnd(expected: 5, found: 0)])
    }

    @Test("An entry put at the end is found, and one exchanged for another with the right hash")
    func insertion() throws {
        let copy = """
            INSERT INTO entry SELECT 6, 'forged', session, room, kind, boot, boot_ns, wall_ns, actor, actor_uid, body, hash, hash
            FROM entry WHERE number = 5
            """
        #expect(try faults(after: copy) == [.altered(number: 6), .wrongEnd(expected: 5, found: 6)])
        let relinked = "UPDATE entry SET previous_hash = zeroblob(32) WHERE number = 4"
        #expect(try faults(after: relinked) == [.unlinked(number: 4), .altered(number: 4)])
    }

    @Test("The hash is computed as documented")
    func layout() throws {
        let temporary = try TemporaryStore()
        _ = try temporary.open().commit(
            StoreBatch(entries: [
                EntryDraft(event: "ev", session: nil, room: nil, at: moment(1), actor: .engine, content: .note(Note(text: "x")))
            ]))
        func text(_ text: String) -> [UInt8] { [0, 0, 0, UInt8(text.utf8.count)] + Array(text.utf8) }
        func number(_ number: Int64) -> [UInt8] { [0, 0, 0, 8] + (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) } }
        let null = [UInt8](repeating: 255, count: 4)
        var bytes: [UInt8] = Array("vigil-entry-1".utf8) + [0] + [UInt8](repeating: 0, count: 32)
        for part in [number(1), text("ev"), null, null, text("note"), text("boot-a")] { bytes += part }
        for part in [number(1_000_000_000), number(wallAtBoot + 1_000_000_000), text("engine"), null, text(#"{"text":"x"}"#)] {
            bytes += part
        }
        let expected = SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
        #expect(try temporary.shell("SELECT hash FROM entry_view") == [expected])
    }

    @Test(
        "The database itself refuses to change, delete, replace or renumber",
        arguments: [
            "UPDATE entry SET actor = 'x' WHERE number = 2", "DELETE FROM entry WHERE number = 5",
            "INSERT OR REPLACE INTO entry SELECT number, event || 'x', session, room, kind, boot, boot_ns, wall_ns, actor, actor_uid, body, "
                + "previous_hash, hash FROM entry WHERE number = 2",
        ])
    func triggers(sql: String) throws {
        let temporary = try filled()
        let queue = try DatabaseQueue(path: temporary.path)
        let error = #expect(throws: DatabaseError.self) { try queue.write { try $0.execute(sql: sql) } }
        #expect(error?.message?.hasPrefix("entries are append-only") == true)
    }
}
