import ArgumentParser
import ControlClient
import ControlProtocol
import VitalsModel

/// `vigil call`.
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call", abstract: "Calls an alert that no device can see, or says that it is over.")

    @OptionGroup var action: SessionActionOptions
    @Argument(help: "The rule of kind manual in the plan.")
    var rule: String
    @Argument(help: "What you see.")
    var words: String?
    @Flag(help: "It is over.")
    var over = false

    func validate() throws {
        guard over || words != nil else { throw ValidationError("say what you see, in quotes; or --over when it is over") }
    }

    func run() async throws {
        let request = PersonsCallChange(rule: RuleID(rule), isOn: !over, words: words ?? "")
        try await action.act { try await $0.call(request, in: $1) }
    }
}
