import ArgumentParser
import ControlClient
import ControlProtocol
import TimelineReports
import VitalsModel

/// What every command takes that does something to a session.
struct SessionActionOptions: ParsableArguments {
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: FormatOptions
    @Argument(help: "The session, for example s12.")
    var session: String

    /// Does it, and prints what it caused.
    func act(_ body: (ControlClient, SessionID) async throws -> ActionResult) async throws {
        let id = try parseSession(session)
        let result = try await daemon.withClient { try await body($0, id) }
        try output.print(result) { SessionScreen.lines($0, style: .screen()) }
    }
}
