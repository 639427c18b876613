import ArgumentParser
import Glibc

/// `vigil-sim`: devices that speak the real protocols.
@main struct SimulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vigil-sim", abstract: "Simulates a bedside device on a pseudo-terminal, a serial port or a Unix socket.",
        discussion: "It prints the path to open, and runs until Ctrl-C or SIGTERM. Simulated values must never be recorded as a patient's.",
        subcommands: [MonitorCommand.self, OximeterCommand.self])

    /// Runs the command; a failure of the system or of a script is said in one line.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as SimulationFailure {
            Console.writeError("vigil-sim: \(failure)\n")
            Glibc.exit(failure.status)
        } catch {
            exit(withError: error)
        }
    }
}

/// Why a simulation cannot run: the message and the exit code of sysexits(3).
struct SimulationFailure: Error, CustomStringConvertible {
    /// What happened, and what to do next.
    var description: String
    /// The exit code.
    var status: Int32
}
