import Foundation
import GRDB
@testable import SessionStore
import Testing
import VitalsModel

@Suite("Opening a store")
struct OpeningTests {
    private func refusal(of temporary: TemporaryStore) -> StoreError? {
        #expect(throws: StoreError.self) { try temporary.open() }
    }

    @Test("A new store has an epoch of 8 hexadecimal digits, keeps it, and is private")
    func new() throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        #expect(store.epoch.rawValue.count == 8)
        #expect(store.epoch.rawValue.allSatisfy { "0123456789abcdef".contains($0) })
        #expect(store.lastNumber == 0)
        #expect(try store.integrityCheck() == [])
        try store.close()
        #expect(try temporary.open().epoch == store.epoch)
        #expect(try TemporaryStore().open().epoch != store.epoch)
        let mode = try FileManager.default.attributesOfItem(atPath: temporary.path)[.posixPermissions] as? NSNumber
        #expect((mode?.intValue ?? -1) & 0o007 == 0)
    }

    @Test("Commits are written through to the disk, and strangers' rows are checked")
    func durability() throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        let settings = try store.pool.writeWithoutTransaction { database in
            try ["synchronous", "foreign_keys", "application_id", "user_version"].map { try Int64.fetchOne(database, sql: "PRAGMA \($0)") }
        }
        #expect(settings == [2, 1, Schema.applicationID, Schema.version])
        #expect(try store.pool.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
    }

    @Test("The folder must exist")
    func missingFolder() throws {
        let error = #expect(throws: StoreError.self) {
            try SessionStore.open(path: "/nonexistent-folder/vigil.db", bootID: "b", now: moment(0))
        }
        #expect(error?.code == .directoryMissing)
        #expect(error?.description.contains("/nonexistent-folder") == true)
    }

    @Test("A newer version is refused and not touched")
    func newerVersion() throws {
        let temporary = try TemporaryStore()
        try temporary.open().close()
        let queue = try DatabaseQueue(path: temporary.path)
        try queue.write { try $0.execute(sql: "PRAGMA user_version = 99") }
        try queue.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: temporary.path))
        let error = refusal(of: temporary)
        #expect(error?.code == .newerVersion)
        #expect(error?.message.contains("99") == true)
        #expect(try Data(contentsOf: URL(fileURLWithPath: temporary.path)) == before)
    }

    @Test("Another program's database and a file that is none are refused")
    func foreignFile() throws {
        let other = try TemporaryStore()
        let queue = try DatabaseQueue(path: other.path)
        try queue.write { try $0.execute(sql: "CREATE TABLE t (x)") }
        try queue.close()
        #expect(refusal(of: other)?.code == .notAStore)
        let text = try TemporaryStore()
        try Data(repeating: 65, count: 10_000).write(to: URL(fileURLWithPath: text.path))
        #expect(refusal(of: text)?.code == .notAStore)
    }

    @Test("A damaged file is refused with a clear message")
    func damagedFile() throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        _ = try store.commit(StoreBatch(entries: (0..<500).map { note("e\($0)", text: String(repeating: "x", count: 100)) }))
        try store.close()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: temporary.path))
        for offset in stride(from: 4096 * 20, to: bytes.count, by: 4096) {
            bytes.replaceSubrange(offset..<offset + 512, with: Data(repeating: 0x5A, count: 512))
        }
        try bytes.write(to: URL(fileURLWithPath: temporary.path))
        let error = refusal(of: temporary)
        #expect(error?.code == .corrupt)
        #expect(error?.description.contains("restore the last backup") == true)
    }

    @Test("A broken end of the chain is refused")
    func brokenEnd() throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        _ = try store.commit(StoreBatch(entries: (0..<100).map { note("e\($0)") }))
        try store.close()
        try temporary.tamper("UPDATE entry SET actor = 'x' WHERE number = 99")
        #expect(refusal(of: temporary)?.code == .corrupt)
    }
}
