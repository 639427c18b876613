import ArgumentParser
import ControlClient
import ControlProtocol
import Glibc
import LinuxIO
import MonitorService
import SessionStore
import TimelineReports

/// Which daemon a command speaks to.
struct DaemonOptions: ParsableArguments {
    @Option(name: .long, help: "The daemon's socket (default: the environment's VIGIL_SOCKET, else /run/vigil/vigil.sock).")
    var socket: String?

    /// The socket's path.
    var path: String { socket ?? getenv("VIGIL_SOCKET").map { String(cString: $0) } ?? "/run/vigil/vigil.sock" }

    /// Runs `body` with a client of the daemon.
    func withClient<Result>(_ body: (ControlClient) async throws -> Result) async throws -> Result {
        try await ControlClient.connected(to: path, body)
    }
}

/// A database to look at instead of asking the daemon.
struct DatabaseOptions: ParsableArguments {
    @Option(name: .long, help: "Look into this database, and do not ask the daemon.")
    var database: String?

    /// The sessions of the database, or nil when none is named.
    var store: StoredSessions? {
        get throws { try database.map { StoredSessions(try SessionStore.openForReading(path: $0)) } }
    }
}

/// How data are printed.
struct FormatOptions: ParsableArguments {
    /// The forms that every command has.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case table, json
    }

    @Option(name: .long, help: "How to print.")
    var format: Format = .table
    @Flag(name: .long, help: "The same as --format json.")
    var json = false

    /// Whether JSON is wanted.
    var isJSON: Bool { json || format == .json }

    /// Prints a value as one line of JSON, or as the lines that `table` makes of it.
    func print<Value: Encodable>(_ value: Value, table: (Value) -> [String]) throws {
        try StandardOutput.write(lines: isJSON ? [ControlJSON.text(value)] : table(value))
    }
}

extension TailStyle {
    /// The style of this screen; `colour` false leaves the priorities to their words.
    static func screen(colour: Bool = true) -> TailStyle {
        let output = StandardOutput.descriptor
        let isTerminal = TerminalScreen.isTerminal(output)
        // https://no-color.org: any value switches colours off.
        let isColourful = colour && isTerminal && getenv("NO_COLOR") == nil
        return TailStyle(
            clock: .machine, usesColour: isColourful, ringsBell: isTerminal, width: isTerminal ? TerminalScreen.size(output).columns : nil)
    }
}
