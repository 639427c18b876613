import ArgumentParser
import ControlClient
import ControlProtocol
import TimelineReports
import VitalsModel

/// `vigil cuff`.
struct CuffGroup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cuff", abstract: "Starts or stops a cuff that obeys commands (vigil device families shows which do).",
        subcommands: [CuffStartCommand.self, CuffStopCommand.self])
}

/// `vigil cuff start`.
struct CuffStartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Measures now, and lets the plan's schedule go on from there.")

    @OptionGroup var order: CuffOrderOptions

    func run() async throws { try await order.send(.start) }
}

/// `vigil cuff stop`.
struct CuffStopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Deflates the cuff now; no automatic measurement until the next start.")

    @OptionGroup var order: CuffOrderOptions

    func run() async throws { try await order.send(.abort) }
}

/// What both take.
struct CuffOrderOptions: ParsableArguments {
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: FormatOptions
    @Argument(help: "The session, for example s12.")
    var session: String

    func send(_ command: CuffCommand) async throws {
        let id = try parseSession(session)
        let result = try await daemon.withClient { try await $0.commandCuff(CommandCuff(command: command), in: id) }
        try output.print(result) { SessionScreen.lines($0, style: .screen()) }
    }
}
