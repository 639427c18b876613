import FoundationEssentials
import GRDB
import VitalsModel

extension SessionStore {
    /// Opens the store at `path`, creating it where the file does not exist (its folder must).
    ///
    /// It checks that the file is Vigil's and not of a newer version, brings it up to this version, switches to WAL with
    /// `synchronous = FULL` and makes sure of both, checks the pages of a small file and the last entries of the chain of any, and
    /// writes down where the two clocks stand. A file that is refused is not changed.
    ///
    /// - Parameters:
    ///   - path: The database file.
    ///   - bootID: The machine's boot (`/proc/sys/kernel/random/boot_id`); instants are on its clock from now on.
    ///   - now: Both clocks.
    /// - Throws: ``StoreError``, among them `directoryMissing`, `cannotOpen`, `notAStore`, `newerVersion` and `corrupt`.
    public static func open(path: String, bootID: String, now: Moment) throws(StoreError) -> SessionStore {
        do {
            let opening = StoreOpening(path: path)
            try opening.createFile()
            try opening.refuseForeignFile()
            let pool = try DatabasePool(path: path, configuration: StoreOpening.configuration)
            try opening.makeDurable(pool)
            try Schema.migrator.migrate(pool)
            try opening.checkPages(pool)
            let identity = try opening.identify(pool, bootID: bootID, now: now)
            let store = SessionStore(path: path, bootID: bootID, pool: pool, identity: identity)
            try opening.checkEnd(of: store)
            return store
        } catch { throw StoreError(error, path: path) }
    }
}

/// The steps of opening a store.
struct StoreOpening {
    /// The database file.
    let path: String

    /// Beyond this many bytes the pages are not all read at the start, which has 0.3 s; `integrityCheck()` reads them later.
    static let wholeCheckLimit = 32_000_000
    /// Entries at the end of the chain whose hashes are computed again at the start.
    static let checkedEntries = 64
    /// The write-ahead log is cut to this many bytes after a checkpoint.
    static let walLimit = 64_000_000

    static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "vigil.store"
        // A backup or a shell may hold the file for a moment; a longer hold is reported as `busy` and tried again.
        configuration.busyMode = .timeout(2)
        return configuration
    }

    /// Creates an empty file that only its owner and group may read: it holds patient data. SQLite gives its side files the same mode.
    func createFile() throws {
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let shownFolder = folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder
        var isFolder = false
        guard FileManager.default.fileExists(atPath: shownFolder, isDirectory: &isFolder), isFolder else {
            throw StoreError(code: .directoryMissing, path: path, message: "the folder \(shownFolder) does not exist")
        }
        if FileManager.default.fileExists(atPath: path) { return }
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o640]) else {
            throw StoreError(code: .cannotOpen, path: path, message: "the file cannot be created in \(shownFolder)")
        }
    }

    /// Looks at the file before anything writes to it.
    func refuseForeignFile() throws {
        let queue = try DatabaseQueue(path: path, configuration: Self.configuration)
        let (application, version, tables) = try queue.unsafeRead { database in
            (
                try Int64.fetchOne(database, sql: "PRAGMA application_id") ?? 0,
                try Int64.fetchOne(database, sql: "PRAGMA user_version") ?? 0,
                try Int64.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
            )
        }
        try queue.close()
        if application != Schema.applicationID, tables > 0 || application != 0 {
            throw StoreError(
                code: .notAStore, path: path, message: "the file is a database of another program (application id \(application))")
        }
        if version > Schema.version {
            throw StoreError(
                code: .newerVersion, path: path, message: "the database has version \(version), this program knows up to \(Schema.version)")
        }
    }

    /// GRDB sets `synchronous = NORMAL` when a pool opens, which a power cut could make us regret; both settings are read back.
    func makeDurable(_ pool: DatabasePool) throws {
        try pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "PRAGMA journal_size_limit = \(Self.walLimit)")
            let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
            let journal = try String.fetchOne(database, sql: "PRAGMA journal_mode")
            guard synchronous == 2, journal == "wal" else {
                throw StoreError(
                    code: .cannotOpen, path: path,
                    message: "SQLite refuses durable writing (synchronous \(synchronous ?? -1), journal \(journal ?? "none"))")
            }
        }
    }

    /// Reads all pages of a small file; see ``wholeCheckLimit``.
    func checkPages(_ pool: DatabasePool) throws {
        try pool.read { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            let size = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 0
            guard pages * size <= Self.wholeCheckLimit else { return }
            let faults = try String.fetchAll(database, sql: "PRAGMA quick_check(3)")
            guard faults == ["ok"] else {
                throw StoreError(code: .corrupt, path: path, message: "the file is damaged: \(faults.joined(separator: "; "))")
            }
        }
    }

    /// Finds the store's row and the boot's, or writes them, together with the present clock anchor.
    func identify(_ pool: DatabasePool, bootID: String, now: Moment) throws -> StoreIdentity {
        try pool.write { database in
            if try Int.fetchOne(database, sql: "SELECT count(*) FROM store") == 0 {
                try database.execute(
                    sql: "INSERT INTO store (id, epoch, created_wall_ns, version, last_number, last_hash) VALUES (1, ?, ?, ?, 0, ?)",
                    arguments: [Self.newEpoch().rawValue, now.wall.nanoseconds, Schema.version, Data(EntryHash.first)])
            }
            for signal in Signal.allCases {
                try database.execute(
                    sql: "INSERT INTO signal (name, unit) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    arguments: [signal.rawValue, signal.unit.rawValue])
            }
            let boot = try ClockAnchors.write(bootID: bootID, moment: now, in: database)
            guard let row = try Row.fetchOne(database, sql: "SELECT epoch, last_number FROM store") else {
                throw StoreError(code: .corrupt, path: path, message: "the table `store` has no row")
            }
            return StoreIdentity(epoch: StoreEpoch(row[0] as String), boot: boot, lastNumber: row[1])
        }
    }

    /// A new run of numbers: 8 random hexadecimal digits.
    static func newEpoch() -> StoreEpoch {
        let digits = String(UInt32.random(in: .min ... .max), radix: 16)
        return StoreEpoch(String(repeating: "0", count: 8 - digits.count) + digits)
    }

    /// Computes the last entries' hashes again: what was written last before a crash is what a bad disk loses first.
    func checkEnd(of store: SessionStore) throws {
        let faults = try store.verifyChain(after: max(0, store.lastNumber - Int64(Self.checkedEntries)))
        guard let fault = faults.first else { return }
        throw StoreError(code: .corrupt, path: path, message: "the chain of entries is broken: \(fault)")
    }
}
