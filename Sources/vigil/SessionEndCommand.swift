import ArgumentParser
import ControlClient
import ControlProtocol
import TimelineReports
import VitalsModel

/// `vigil session end`.
struct SessionEndCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "end", abstract: "Closes a session and frees its room.")

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: FormatOptions
    @Argument(help: "The session, for example s12.")
    var session: String
    @Option(help: "Why; needed while alerts are open.")
    var reason: String?

    func run() async throws {
        let id = try parseSession(session)
        let request = ChangePhase(phase: .closed, reason: reason)
        let result = try await daemon.withClient { try await $0.changePhase(request, of: id) }
        try output.print(result) { SessionScreen.lines($0, style: .screen()) }
    }
}
