import GRDB

/// The tables of the store and how they came about.
///
/// Migrations are named and append-only: one that has been released is never edited, a change is a new file.
enum Schema {
    /// `PRAGMA application_id`: the bytes "Vigl". Tells `file` and us that the database is Vigil's.
    static let applicationID: Int64 = 0x5669_676C

    /// `PRAGMA user_version` of this program: the number of migrations.
    static let version: Int64 = 1

    /// The migrations in their order.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("0001-first-tables") { try $0.execute(sql: firstTables) }
        return migrator
    }
}
