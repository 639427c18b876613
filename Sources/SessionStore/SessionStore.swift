import GRDB
import Locking
import VitalsModel

/// The clinic's record: sessions, readings and chained entries in one SQLite file.
///
/// One program writes (see ``StoreWriter``), any number read at the same time and see the last commit; a reader never waits for
/// the writer, nor the writer for a reader. Every commit is durable when it returns (WAL with `synchronous = FULL`): a kill or a
/// power cut loses nothing that was committed, and of a batch all or nothing is there.
///
/// - ``open(path:bootID:now:)``
/// - Writing: ``commit(_:)``, ``recordClockAnchor(bootID:at:)``, ``nextSessionOrdinal()``, ``pruneRoomReadings(before:)``
/// - Reading: ``entries(after:limit:)``, ``entries(of:)``, ``session(_:)``, ``sessions(newest:)``, ``openSessions()``,
///   ``readings(of:signals:from:to:)``, ``timeline(of:signals:from:to:maxPoints:)``
/// - Checking: ``verifyChain()``, ``integrityCheck()``
public final class SessionStore: Sendable {
    /// The database file.
    public let path: String
    /// The run of numbers; `<epoch>-<number>` is a resume token.
    public let epoch: StoreEpoch
    /// The boot that instants are on that carry no other.
    public let bootID: String

    let pool: DatabasePool
    /// The row of `boot` for ``bootID``.
    let boot: Int64
    /// The number of the last entry of the last commit.
    private let publishedNumber: Mutex<Int64>
    /// The channels of this boot that have been used, so that a reading needs no lookup. Locked for the time of a commit's readings.
    let channels = Mutex(ChannelTable())

    init(path: String, bootID: String, pool: DatabasePool, identity: StoreIdentity) {
        self.path = path
        self.bootID = bootID
        self.pool = pool
        epoch = identity.epoch
        boot = identity.boot
        publishedNumber = Mutex(identity.lastNumber)
    }

    /// The number of the last entry; 0 in a new store.
    public var lastNumber: Int64 { publishedNumber.withLock { $0 } }

    func publish(lastNumber: Int64) {
        publishedNumber.withLock { $0 = max($0, lastNumber) }
    }

    /// Moves the write-ahead log into the file and closes it. Later calls throw.
    public func close() throws(StoreError) {
        // The readers close last and may not write, so SQLite would leave the log behind. Where it cannot be moved now (a full disk,
        // a shell that reads), it stays beside the file and the next opening takes it up: nothing is lost, so nothing is reported.
        _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        do { try pool.close() } catch { throw StoreError(error, path: path) }
    }

    /// Runs `body` on a consistent picture of the last commit.
    func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        do { return try pool.read(body) } catch { throw StoreError(error, path: path) }
    }

    /// Runs `body` in one transaction that is durable when this returns, or undone when it throws; `whenUndone` runs before
    /// anything else may write.
    func write<Value>(whenUndone: () -> Void = {}, _ body: (Database) throws -> Value) throws(StoreError) -> Value {
        do {
            return try pool.writeWithoutTransaction { database in
                do { return try Self.transaction(in: database, body) } catch {
                    whenUndone()
                    throw error
                }
            }
        } catch { throw StoreError(error, path: path) }
    }

    private static func transaction<Value>(in database: Database, _ body: (Database) throws -> Value) throws -> Value {
        var value: Value?
        try database.inTransaction(.immediate) {
            value = try body(database)
            return .commit
        }
        guard let value else { throw DatabaseError(message: "the transaction ended without a result") }
        return value
    }
}

/// Which store a file is and where it stands.
struct StoreIdentity {
    var epoch: StoreEpoch
    var boot: Int64
    var lastNumber: Int64
}
