import ArgumentParser
import DeviceProtocols
import DeviceSimulation
import Glibc
import LinuxIO
import VitalsModel

/// `vigil-sim`: devices that speak the real protocols.
@main struct SimulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vigil-sim", abstract: "Simulates a bedside device on a pseudo-terminal, a serial port or a Unix socket.",
        discussion: """
            It prints the path to open, and runs until Ctrl-C or SIGTERM. Simulated values must never be recorded as a patient's.

            Families:
            \(families)
            """)

    @Argument(help: "The family, as in the list above.", completion: .list(SimulatorCatalog.simulators.map(\.family)))
    var family: String
    @OptionGroup var port: PortOptions
    @Option(name: .customLong("option"), help: "A variant of the family, as key=value.")
    var options: [String] = []
    @Option(help: "When a cuff starts by itself: as a nurse sets it for an infusion (intravenous), or never (manual).")
    var cuff: CuffMode?

    /// How a device's own cuff is set.
    enum CuffMode: String, ExpressibleByArgument, CaseIterable { case intravenous, manual }

    private static var families: String {
        SimulatorCatalog.simulators.map { simulator in
            let choices = simulator.options.map { " [\($0.key)=\($0.values.joined(separator: "|"))]" }.joined()
            return "  \(simulator.family): \(simulator.abstract)\(choices)"
        }.joined(separator: "\n")
    }

    func run() async throws {
        guard let simulator = SimulatorCatalog.simulator(of: family), let family = DeviceCatalog.family(family) else {
            let known = SimulatorCatalog.simulators.map(\.family).joined(separator: ", ")
            throw ValidationError("there is no family \"\(family)\"; expected one of \(known)")
        }
        let now = BootClock.now()
        let patient = try port.patient()
        // A cuff that can be started is left to its host; any other starts by itself, as a nurse sets it.
        let mode = cuff ?? (family.cuffControl == .none ? .intravenous : .manual)
        let terms = SimulatorTerms(
            patient: patient, start: now.boot, wall: now.wall, cuff: mode == .manual ? .manual : .intravenous(firstDose: patient.firstDose),
            name: simulator.family, options: try chosen(simulator))
        try await RunningDevice.run(simulator.make(terms), family: family, port, start: now.boot)
    }

    private func chosen(_ simulator: DeviceSimulator) throws -> [String: String] {
        var chosen: [String: String] = [:]
        for text in options {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            let known = simulator.options.first { $0.key == parts.first }
            guard parts.count == 2, let known, known.values.contains(parts[1]) else {
                let allowed = simulator.options.map { "\($0.key)=\($0.values.joined(separator: "|"))" }.joined(separator: ", ")
                throw ValidationError("--option \(text): \(allowed.isEmpty ? "this device has no variants" : "expected \(allowed)")")
            }
            chosen[parts[0]] = parts[1]
        }
        return chosen
    }

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
