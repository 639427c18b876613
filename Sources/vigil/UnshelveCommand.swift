import ArgumentParser
import ControlClient
import ControlProtocol
import VitalsModel

/// `vigil unshelve`.
struct UnshelveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unshelve", abstract: "Takes a shelf back.")

    @OptionGroup var action: SessionActionOptions
    @Argument(help: "The rule, for example spo2-low-92.")
    var rule: String

    func run() async throws {
        let request = LiftShelf(rule: RuleID(rule))
        try await action.act { try await $0.liftShelf(request, in: $1) }
    }
}
