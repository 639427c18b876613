import GRDBSQLite
import Glibc

/// SQLite by its C calls alone, in the same mode as the store: WAL, `synchronous = FULL`. Not to be shared between threads.
final class BareTable {
    private let path: String
    private var database: OpaquePointer?
    private var statements: [OpaquePointer?] = []

    /// One reading as both programs store it: the key of the store's table and its columns.
    struct Row {
        var channel: Int64
        var at: Int64
        var sequence: Int64
        var value: Double
    }

    init(path: String) throws(BenchmarkFailure) {
        self.path = path
        try check(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil))
        try execute("PRAGMA journal_mode = WAL")
        try execute("PRAGMA synchronous = FULL")
        try execute(
            """
            CREATE TABLE reading (
                channel INTEGER NOT NULL, at_ns INTEGER NOT NULL, sequence INTEGER NOT NULL, value REAL NOT NULL,
                quality INTEGER NOT NULL, PRIMARY KEY (channel, at_ns, sequence)) STRICT, WITHOUT ROWID
            """)
        try execute("CREATE TABLE line (number INTEGER PRIMARY KEY, text BLOB NOT NULL) STRICT")
        let texts = [
            "BEGIN IMMEDIATE", "COMMIT", "INSERT INTO reading VALUES (?, ?, ?, ?, ?)", "INSERT INTO line (text) VALUES (?)",
        ]
        for text in texts {
            var statement: OpaquePointer?
            try check(sqlite3_prepare_v2(database, text, -1, &statement, nil))
            statements.append(statement)
        }
    }

    deinit {
        for statement in statements { sqlite3_finalize(statement) }
        sqlite3_close(database)
    }

    /// Stores readings in one durable transaction.
    func commit(_ rows: some Sequence<Row>) throws(BenchmarkFailure) {
        try step(statements[0])
        for row in rows {
            let insertion = statements[2]
            sqlite3_bind_int64(insertion, 1, row.channel)
            sqlite3_bind_int64(insertion, 2, row.at)
            sqlite3_bind_int64(insertion, 3, row.sequence)
            sqlite3_bind_double(insertion, 4, row.value)
            sqlite3_bind_int(insertion, 5, 0)
            try step(insertion)
        }
        try step(statements[1])
    }

    /// Stores one line in a durable transaction of its own.
    func commit(line: [UInt8]) throws(BenchmarkFailure) {
        let insertion = statements[3]
        // The bytes live until the statement is reset, so SQLite needs no copy (SQLITE_STATIC, a null destructor).
        let result = line.withUnsafeBytes { bytes in
            sqlite3_bind_blob(insertion, 1, bytes.baseAddress, Int32(bytes.count), nil)
            defer { sqlite3_reset(insertion) }
            return sqlite3_step(insertion)
        }
        guard result == SQLITE_DONE else { throw failure() }
    }

    private func step(_ statement: OpaquePointer?) throws(BenchmarkFailure) {
        let result = sqlite3_step(statement)
        sqlite3_reset(statement)
        guard result == SQLITE_DONE else { throw failure() }
    }

    private func execute(_ text: String) throws(BenchmarkFailure) { try check(sqlite3_exec(database, text, nil, nil, nil)) }

    private func check(_ result: Int32) throws(BenchmarkFailure) {
        guard result == SQLITE_OK else { throw failure() }
    }

    private func failure() -> BenchmarkFailure {
        BenchmarkFailure("SQLite cannot write \(path): \(String(cString: sqlite3_errmsg(database))); is there room?", status: EX_IOERR)
    }
}
