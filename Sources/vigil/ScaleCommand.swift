import ArgumentParser
import ControlClient
import ControlProtocol
import VitalsModel

/// `vigil scale`.
struct ScaleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale", abstract: "Writes down a score: vigil scale s12 moaas 3.")

    @OptionGroup var action: SessionActionOptions
    @Argument(help: "The scale, for example moaas or nausea.")
    var scale: String
    @Argument(help: "The score; a negative one after --, as in: vigil scale s12 rass -- -2.")
    var score: Double
    @Option(help: "What to add.")
    var note: String?

    func run() async throws {
        let request = ScaleScore(scale: ScaleID(scale), score: score, note: note)
        try await action.act { try await $0.score(request, in: $1) }
    }
}
