import ArgumentParser
import ControlClient
import ControlProtocol
import TimelineReports
import VitalsModel

/// `vigil silence`.
struct SilenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "silence", abstract: "Silences the bell of one alert for a while; the alert stays.")

    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var output: FormatOptions
    @Argument(help: "The episode, for example s12-7.")
    var episode: String
    @Option(name: .customLong("for"), help: "How long, up to 2 minutes.")
    var time = "60s"

    func run() async throws {
        let id = EpisodeID(episode)
        guard let session = id.session else {
            throw ValidationError("\"\(episode)\" is no episode; expected an id such as s12-7, as the tail shows it")
        }
        let request = PauseAudio(episode: id, duration: try parseDuration(time, of: "--for").inSeconds)
        let result = try await daemon.withClient { try await $0.pauseAudio(request, in: session) }
        try output.print(result) { SessionScreen.lines($0, style: .screen()) }
    }
}
