import ArgumentParser
import ControlClient
import ControlProtocol
import TimelineReports

/// `vigil note`.
struct NoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "note", abstract: "Writes a note into a session.")

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: FormatOptions
    @Argument(help: "The session, for example s12.")
    var session: String
    @Argument(help: "The text, 1 to 4,000 characters.")
    var text: String

    func run() async throws {
        let id = try parseSession(session)
        let result = try await daemon.withClient { try await $0.writeNote(WriteNote(text: text), in: id) }
        try output.print(result) { SessionScreen.lines($0, style: .screen()) }
    }
}
