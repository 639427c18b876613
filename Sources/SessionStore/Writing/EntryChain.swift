import FoundationEssentials
import GRDB
import VitalsModel

/// The end of the chain inside one transaction.
struct EntryChain {
    private let epoch: StoreEpoch
    private let bootID: String
    private let boot: Int64
    private(set) var lastNumber: Int64
    private var lastHash: [UInt8]
    private var hasGrown = false

    /// Reads where the chain ends.
    init(of store: SessionStore, in database: Database) throws {
        epoch = store.epoch
        bootID = store.bootID
        boot = store.boot
        let statement = try database.cachedStatement(sql: "SELECT last_number, last_hash FROM store")
        guard let row = try Row.fetchOne(statement) else { throw DatabaseError(message: "the table `store` has no row") }
        lastNumber = row[0]
        lastHash = [UInt8](row[1] as Data)
    }

    /// Numbers, chains and writes an entry; an event that is there already is left alone and comes back as it was stored.
    mutating func append(_ draft: EntryDraft, in database: Database) throws -> Entry {
        if let known = try Self.entry(of: draft.event, epoch: epoch, in: database) { return known }
        let line = try EntryLine(draft, number: lastNumber + 1, boot: bootID)
        let hash = EntryHash.digest(of: line, after: lastHash)
        try database.cachedStatement(
            sql: """
                INSERT INTO entry (number, event, session, room, kind, boot, boot_ns, wall_ns, actor, actor_uid, body, previous_hash, hash)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            line.number, line.event, line.session, line.room, line.kind, boot, line.bootNanoseconds, line.wallNanoseconds, line.actor,
            line.actorUID, line.body, Data(lastHash), Data(hash),
        ])
        lastNumber = line.number
        lastHash = hash
        hasGrown = true
        return Entry(number: line.number, epoch: epoch, draft: draft)
    }

    /// Writes the new end, by which a missing last entry is noticed.
    func finish(in database: Database) throws {
        guard hasGrown else { return }
        try database.cachedStatement(sql: "UPDATE store SET last_number = ?, last_hash = ?").execute(arguments: [
            lastNumber, Data(lastHash),
        ])
    }

    private static func entry(of event: EventID, epoch: StoreEpoch, in database: Database) throws -> Entry? {
        let statement = try database.cachedStatement(sql: EntryLine.selection + " WHERE event = ?")
        return try Row.fetchOne(statement, arguments: [event.rawValue]).map { try EntryLine(row: $0).entry(epoch: epoch) }
    }
}
