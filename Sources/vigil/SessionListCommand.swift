import ArgumentParser
import ControlClient
import ControlProtocol
import MonitorService
import TimelineReports

/// `vigil session list`.
struct SessionListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists sessions, newest first.")

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: FormatOptions
    @Flag(help: "Only those that hold a room.")
    var open = false

    func run() async throws {
        let sessions: [SessionSummary]
        if let store = try database.store {
            sessions = try store.sessions(onlyOpen: open)
        } else {
            sessions = try await daemon.withClient { try await $0.sessions(onlyOpen: open) }
        }
        try output.print(SessionList(sessions: sessions)) { SessionScreen.lines($0.sessions, clock: .machine) }
    }
}
