import ArgumentParser
import ControlClient
import ControlProtocol
import TimelineReports
import VitalsModel

/// `vigil session start`.
struct SessionStartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "start", abstract: "Opens a session in a room.")

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: FormatOptions
    @Option(help: "The room.")
    var room: String
    @Option(help: "The plan's id, for example iv-ketamine.")
    var plan: String
    @Option(help: "The clinic's reference of the patient. Never a name.")
    var patient: String

    func run() async throws {
        let request = StartSession(room: RoomID(room), plan: plan, patient: patient)
        let summary = try await daemon.withClient { try await $0.startSession(request) }
        try output.print(summary) { SessionScreen.lines([$0], clock: .machine) }
    }
}
