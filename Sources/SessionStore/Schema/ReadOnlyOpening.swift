import FoundationEssentials
import GRDB
import VitalsModel

extension SessionStore {
    /// Opens an existing store to look at it: beside a running daemon, or after it has gone. Nothing is written; calls that
    /// write throw `readOnly`.
    ///
    /// - Parameter path: The database file.
    /// - Throws: ``StoreError``, among them `cannotOpen`, `notAStore` and `newerVersion`.
    public static func openForReading(path: String) throws(StoreError) -> SessionStore {
        do {
            guard FileManager.default.fileExists(atPath: path) else {
                throw StoreError(code: .cannotOpen, path: path, message: "there is no such file")
            }
            try StoreOpening(path: path).refuseForeignFile()
            var configuration = StoreOpening.configuration
            configuration.readonly = true
            let pool = try DatabasePool(path: path, configuration: configuration)
            let identity = try pool.read { database in
                guard let row = try Row.fetchOne(database, sql: "SELECT epoch, last_number FROM store") else {
                    throw StoreError(code: .notAStore, path: path, message: "the file holds no store of Vigil")
                }
                return StoreIdentity(epoch: StoreEpoch(row[0] as String), boot: 0, lastNumber: row[1])
            }
            return SessionStore(path: path, bootID: "", pool: pool, identity: identity)
        } catch { throw StoreError(error, path: path) }
    }
}
