import ArgumentParser
import ControlClient
import ControlProtocol

/// `vigil countersign`.
struct CountersignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "countersign", abstract: "Agrees to what another person asked for, or takes it back.",
        discussion: "Only from another login than the one that asked.")

    @OptionGroup var action: SessionActionOptions
    @Argument(help: "The number of the request, as the tail shows it.")
    var number: Int
    @Flag(help: "Take it back; that anybody may do.")
    var withdraw = false

    func run() async throws {
        let request = Countersign(request: number, withdraw: withdraw)
        try await action.act { try await $0.countersign(request, in: $1) }
    }
}
