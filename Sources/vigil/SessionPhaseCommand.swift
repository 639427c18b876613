import ArgumentParser
import ControlClient
import ControlProtocol
import TimelineReports

/// `vigil session phase`.
struct SessionPhaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "phase", abstract: "Changes a session's phase.")

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: FormatOptions
    @Argument(help: "The session, for example s12.")
    var session: String
    @Argument(help: "The phase to enter: checkin, baseline, dosing, acute, recovery, discharge, closed, aborted.")
    var phase: String
    @Option(help: "Why; needed for aborted.")
    var reason: String?

    func run() async throws {
        let id = try parseSession(session)
        let request = ChangePhase(phase: try parsePhase(phase), reason: reason)
        let result = try await daemon.withClient { try await $0.changePhase(request, of: id) }
        try output.print(result) { SessionScreen.lines($0, style: .screen()) }
    }
}
