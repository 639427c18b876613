import GRDB
import Locking
import VitalsModel

extension SessionStore {
    /// Stores a batch in one transaction and blocks the caller until it is durable.
    ///
    /// Entries get the next numbers and are chained inside the transaction. An entry whose `event` is stored already is passed
    /// over, and so is a reading with the same source, instant and sequence: a batch may be sent again.
    ///
    /// - Returns: The batch's entries with their numbers, in its order; one that was there already comes back as it was stored.
    /// - Throws: ``StoreError``; nothing of the batch is stored then. See ``StoreError/isTemporary`` for whether to try again.
    public func commit(_ batch: StoreBatch) throws(StoreError) -> [Entry] {
        try commit(group: [batch]).first ?? []
    }

    /// Stores batches in their order in one transaction; returns the entries of each.
    func commit(group: [StoreBatch]) throws(StoreError) -> [[Entry]] {
        let (entries, lastNumber) = try write(whenUndone: { channels.withLock { $0.forget() } }) { database in
            var chain = try EntryChain(of: self, in: database)
            let entries = try group.map { try self.write($0, chain: &chain, in: database) }
            try chain.finish(in: database)
            return (entries, chain.lastNumber)
        }
        publish(lastNumber: lastNumber)
        return entries
    }

    private func write(_ batch: StoreBatch, chain: inout EntryChain, in database: Database) throws -> [Entry] {
        for record in batch.sessions { try SessionRows.write(record, in: database) }
        if !batch.takeovers.isEmpty || !batch.readings.isEmpty {
            try channels.withLock { channels in
                for takeover in batch.takeovers { try takeover.apply(boot: boot, channels: &channels, in: database) }
                _ = try ReadingInsertion(boot: boot, in: database).write(batch.readings, channels: &channels)
            }
        }
        var entries: [Entry] = []
        for draft in batch.entries { entries.append(try chain.append(draft, in: database)) }
        for snapshot in batch.snapshots { try SessionRows.write(snapshot, in: database) }
        for close in batch.closes { try SessionRows.write(close, in: database) }
        return entries
    }
}
