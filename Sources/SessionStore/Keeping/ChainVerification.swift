import FoundationEssentials
import GRDB
import VitalsModel

extension SessionStore {
    /// Computes every entry's hash again and follows the numbers from the first to the last; an empty list means that nothing
    /// was altered, taken out, put in or exchanged since it was stored.
    public func verifyChain() throws(StoreError) -> [ChainFault] {
        try verifyChain(after: 0)
    }

    /// Verifies the entries above `number`, whose own hash is taken as it stands.
    func verifyChain(after number: Int64) throws(StoreError) -> [ChainFault] {
        try read { database in
            var walk = try ChainWalk(after: number, in: database)
            let statement = try database.cachedStatement(sql: EntryLine.selection + " WHERE number > ? ORDER BY number")
            let rows = try Row.fetchCursor(statement, arguments: [number])
            while let row = try rows.next() {
                walk.visit(EntryLine(row: row), previous: [UInt8](row[11] as Data), hash: [UInt8](row[12] as Data))
            }
            try walk.finish(in: database)
            return walk.faults
        }
    }

    /// Asks SQLite to check every page, index and reference; an empty list means that the file is sound. Reads the whole file.
    public func integrityCheck() throws(StoreError) -> [String] {
        try read { database in
            let faults = try String.fetchAll(database, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
            let orphans = try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").map {
                "a row of \($0[0] as String) refers to a row of \($0[2] as String) that does not exist"
            }
            return faults + orphans
        }
    }
}

/// Follows the chain from one entry to the next.
private struct ChainWalk {
    private(set) var faults: [ChainFault] = []
    private var lastNumber: Int64
    /// Nil after a gap: what follows cannot be held against what is missing.
    private var lastHash: [UInt8]?

    init(after number: Int64, in database: Database) throws {
        lastNumber = number
        let hash = try Data.fetchOne(database, sql: "SELECT hash FROM entry WHERE number = ?", arguments: [number])
        lastHash = number == 0 ? EntryHash.first : hash.map { [UInt8]($0) }
    }

    mutating func visit(_ line: EntryLine, previous: [UInt8], hash: [UInt8]) {
        if line.number != lastNumber + 1 {
            faults.append(.gap(after: lastNumber, next: line.number))
            lastHash = nil
        }
        if let lastHash, lastHash != previous { faults.append(.unlinked(number: line.number)) }
        if EntryHash.digest(of: line, after: previous) != hash { faults.append(.altered(number: line.number)) }
        lastNumber = line.number
        lastHash = hash
    }

    /// Holds the end against the store's own note of it.
    mutating func finish(in database: Database) throws {
        guard let row = try Row.fetchOne(database, sql: "SELECT last_number, last_hash FROM store") else { return }
        let expected: Int64 = row[0]
        let expectedHash = [UInt8](row[1] as Data)
        if expected != lastNumber {
            faults.append(.wrongEnd(expected: expected, found: lastNumber))
        } else if let lastHash, lastHash != expectedHash {
            faults.append(.unlinked(number: lastNumber))
        }
    }
}
