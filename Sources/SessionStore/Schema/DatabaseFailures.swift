import GRDB
import GRDBSQLite

extension StoreError {
    /// Puts any error that the database or a coder threw into the store's words.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as StoreError: self = error
        case let error as DatabaseError:
            self.init(
                code: Code(error.resultCode), path: path,
                message: "\(error.message ?? "no message") (SQLite \(error.extendedResultCode.rawValue))")
        case is EncodingError, is DecodingError: self.init(code: .unencodable, path: path, message: "\(error)")
        default: self.init(code: .failed, path: path, message: "\(error)")
        }
    }
}

extension StoreError.Code {
    /// The code for one of SQLite's primary result codes.
    init(_ result: ResultCode) {
        switch result {
        case .SQLITE_FULL: self = .diskFull
        case .SQLITE_IOERR: self = .inputOutput
        case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
        case .SQLITE_CORRUPT: self = .corrupt
        case .SQLITE_NOTADB: self = .notAStore
        case .SQLITE_CANTOPEN: self = .cannotOpen
        case .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG, .SQLITE_RANGE: self = .refused
        default: self = .failed
        }
    }
}

extension Statement {
    /// Throws what SQLite says of the connection's last call.
    func lastFailure() -> DatabaseError {
        let connection = sqlite3_db_handle(sqliteStatement)
        return DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)), message: String(cString: sqlite3_errmsg(connection)))
    }
}
