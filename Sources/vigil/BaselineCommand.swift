import ArgumentParser
import ControlClient
import ControlProtocol

/// `vigil baseline`.
struct BaselineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baseline", abstract: "Accepts the baseline that the last readings give.",
        discussion: "After the first dose a second person must agree: vigil countersign.")

    @OptionGroup var action: SessionActionOptions
    @Option(help: "Why; needed after the first dose.")
    var reason: String?

    func run() async throws {
        let request = TakeBaseline(reason: reason)
        try await action.act { try await $0.takeBaseline(request, in: $1) }
    }
}
