import ArgumentParser
import ControlClient
import ControlProtocol
import VitalsModel

/// `vigil shelve`.
struct ShelveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shelve", abstract: "Shelves a rule: it calls nobody until its time is over.",
        discussion: "The rule goes on being evaluated and recorded. It returns by itself, sooner where a markedly worse value comes.")

    @OptionGroup var action: SessionActionOptions
    @Argument(help: "The rule, for example spo2-low-92.")
    var rule: String
    @Option(name: .customLong("for"), help: "How long, up to 30 minutes: 10m.")
    var time: String
    @Option(help: "Why.")
    var reason: String

    func run() async throws {
        let request = ShelveRule(rule: RuleID(rule), duration: try parseDuration(time, of: "--for").inSeconds, reason: reason)
        try await action.act { try await $0.shelve(request, in: $1) }
    }
}
