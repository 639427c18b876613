import ArgumentParser
import BenchmarkRuns

/// `vigil-bench relay`: the yardstick as a program of its own; `latency` starts it.
struct RelayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relay", abstract: "The bare relay that `latency` measures beside Vigil.", shouldDisplay: false)

    @Option(help: "The tty, in raw mode.")
    var device: String
    @Option(help: "The Unix socket to listen on.")
    var socket: String
    @Option(help: "Commit each line into this database first.")
    var database: String?

    func run() throws { try BareRelay(device: device, socket: socket, database: database).run() }
}
