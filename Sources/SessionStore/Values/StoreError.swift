/// Why the store refused or failed, with what to do next.
public struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of failure. Codes may be added; treat one that you do not know like `failed`.
    public enum Code: String, Sendable, Hashable {
        /// The folder of the database does not exist.
        case directoryMissing
        /// The file cannot be opened or created.
        case cannotOpen
        /// The file is a database of another program, or no database at all.
        case notAStore
        /// The database was written by a newer Vigil.
        case newerVersion
        /// The file is damaged.
        case corrupt
        /// The file system is full.
        case diskFull
        /// The disk reported an error.
        case inputOutput
        /// The file or its file system is read-only.
        case readOnly
        /// Another program holds the database.
        case busy
        /// A rule of the schema refused the rows; the same rows will be refused again.
        case refused
        /// A value cannot be written as JSON; the same value will fail again.
        case unencodable
        /// The writer's bounded reserve is full.
        case reserveFull
        /// Anything else.
        case failed
    }

    /// The kind of failure.
    public var code: Code
    /// The database file.
    public var path: String
    /// What happened, in SQLite's words where it was SQLite that failed.
    public var message: String

    /// Creates an error.
    public init(code: Code, path: String, message: String) {
        self.code = code
        self.path = path
        self.message = message
    }

    /// Whether trying the same again can succeed without changing the batch: everything but a refusal of its content.
    public var isTemporary: Bool {
        switch code {
        case .refused, .unencodable, .reserveFull: false
        default: true
        }
    }

    /// What to do next.
    public var remedy: String {
        switch code {
        case .directoryMissing: "Create the folder and give it to the user that Vigil runs as."
        case .cannotOpen: "Check that the user that Vigil runs as may write the file and its folder."
        case .notAStore: "Name another file in the configuration (key `store`); this one is left untouched."
        case .newerVersion: "Install the Vigil that wrote it, or restore a backup made by this version."
        case .corrupt: "Stop Vigil, keep a copy of the file with its -wal and -shm, and restore the last backup."
        case .diskFull: "Free space on the file system; what waits is written by itself then."
        case .inputOutput: "Look at the kernel log (`journalctl -k`) and replace the disk where it names one."
        case .readOnly: "Make the file system writable again; the kernel remounts a failing disk read-only."
        case .busy: "End the other program that has the database open for writing (`fuser` names it)."
        case .refused, .unencodable: "This is a defect of the sender: report it with this message."
        case .reserveFull: "Repair the store; entries beyond the reserve are counted and lost."
        case .failed: "Look at the message; `vigil doctor` checks the installation."
        }
    }

    /// What happened and what to do next, as a person reads it.
    public var description: String { "store \(path): \(message). \(remedy)" }
}
