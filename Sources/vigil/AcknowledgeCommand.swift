import ArgumentParser
import ControlClient
import ControlProtocol
import TimelineReports
import VitalsModel

/// `vigil ack`.
struct AcknowledgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack", abstract: "Acknowledges an alert, or all of a session below high priority.",
        discussion: "Alerts of high priority are answered one by one: vigil ack s12-7 --note \"cuff repeated\"")

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: FormatOptions
    @Argument(help: "The episode, for example s12-7.")
    var episode: String?
    @Option(help: "All alerts of low and medium priority of this session.")
    var all: String?
    @Option(help: "What you found or did.")
    var note: String?

    func validate() throws {
        guard (episode == nil) != (all == nil) else {
            throw ValidationError("give either an episode (s12-7), or --all with a session (s12)")
        }
        if let episode, EpisodeID(episode).session == nil {
            throw ValidationError("\"\(episode)\" is no episode; expected an id such as s12-7, as the tail shows it")
        }
    }

    func run() async throws {
        let id = episode.map { EpisodeID($0) }
        guard let session = try id?.session ?? all.map(parseSession) else { return }
        let request = Acknowledge(episode: id, bulk: id == nil, note: note)
        let result = try await daemon.withClient { try await $0.acknowledge(request, in: session) }
        try output.print(result) { SessionScreen.lines($0, style: .screen()) }
    }
}
