import GRDB
import VitalsModel

extension SessionStore {
    /// At most `limit` entries with numbers above `number`, in their order; 0 starts at the first.
    public func entries(after number: Int64, limit: Int) throws(StoreError) -> [Entry] {
        try read { try self.entries(in: $0, where: "number > ? ORDER BY number LIMIT ?", [number, max(0, limit)]) }
    }

    /// All entries of a session in their order.
    public func entries(of session: SessionID) throws(StoreError) -> [Entry] {
        try read { try self.entries(in: $0, where: "session = ? ORDER BY number", [session.rawValue]) }
    }

    /// The entry of an event, or nil where it was not stored.
    public func entry(of event: EventID) throws(StoreError) -> Entry? {
        try read { try self.entries(in: $0, where: "event = ?", [event.rawValue]).first }
    }

    private func entries(in database: Database, where condition: String, _ arguments: StatementArguments) throws -> [Entry] {
        let statement = try database.cachedStatement(sql: EntryLine.selection + " WHERE " + condition)
        let rows = try Row.fetchCursor(statement, arguments: arguments)
        var entries: [Entry] = []
        while let row = try rows.next() { entries.append(try EntryLine(row: row).entry(epoch: epoch)) }
        return entries
    }
}
