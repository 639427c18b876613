import ArgumentParser
import ControlClient
import TimelineReports

/// `vigil session show`.
struct SessionShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Shows a session and what is open in it.")

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: FormatOptions
    @Argument(help: "The session, for example s12.")
    var session: String

    func run() async throws {
        let id = try parseSession(session)
        let detail = try await daemon.withClient { try await $0.session(id) }
        try output.print(detail) { SessionScreen.lines($0, style: .screen()) }
    }
}
