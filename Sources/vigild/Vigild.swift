import ArgumentParser
import Logging
import MonitorService

/// The daemon. It parses its arguments and runs `MonitorService`.
@main
struct Vigild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vigild",
        abstract: "Watch the devices of a clinic's rooms, alert, and record each session.",
        discussion: """
            Vigil is not a cleared medical device. The bedside monitor's own alarms stay primary and on; Vigil is a second \
            annunciator and a recorder. Limits live in plan files that the clinic reviews and signs.
            """,
        version: vigilVersion)

    @Option(name: .long, help: "The configuration file.")
    var config = "/etc/vigil/vigil.yaml"

    @Option(name: .long, help: "A folder of plans instead of the configured one.")
    var plans: String?

    @Option(name: .long, help: "A database instead of the configured one.")
    var store: String?

    @Option(name: .long, help: "A control socket instead of the configured one.")
    var socket: String?

    @Flag(name: .long, help: "Check the configuration and the plans, print every fault, and end (78 when there is an error).")
    var check = false

    func run() async throws {
        let code = await DaemonRun(configPath: config, plansDirectory: plans, storePath: store, socketPath: socket).run(onlyCheck: check)
        if code != 0 { throw ExitCode(code) }
    }
}
