import ArgumentParser
import DeviceProtocols
import DeviceSimulation
import Glibc
import LinuxIO
import VitalsModel

/// Where the device is found, and what it goes through.
struct PortOptions: ParsableArguments {
    @Flag(help: "On a pseudo-terminal (the default).")
    var pty = false
    @Option(help: "On this serial port.")
    var tty: String?
    @Option(help: "On a Unix socket that is listened at.")
    var socket: String?
    @Option(help: "With a pseudo-terminal: a link that always points to it, as a by-id link does.")
    var link: String?
    @Option(help: "How many times faster than real time. A live dialogue stands only small factors.")
    var speed = 1.0
    @Option(help: "What happens when: one event a line, for example: at 00:31:00 systolic-surge 188 for 12 min")
    var script: String?
    @Option(help: "Chooses the patient and the noise; the same seed gives the same values.")
    var seed: UInt64 = 1

    func validate() throws {
        guard [pty, tty != nil, socket != nil].count(where: { $0 }) <= 1 else {
            throw ValidationError("give one of --pty, --tty and --socket")
        }
        guard link == nil || (tty == nil && socket == nil) else { throw ValidationError("--link goes with a pseudo-terminal only") }
        guard speed > 0, speed <= 1000 else { throw ValidationError("--speed is \(speed); expected a number above 0 and up to 1000") }
    }

    /// The place; `line` is the family's.
    func place(_ line: LineSettings) -> PortPlace {
        if let tty { return .serialPort(path: tty, line: line) }
        if let socket { return .unixSocket(path: socket) }
        return .pseudoTerminal(link: link)
    }

    /// The patient of the seed with the script's events, or the quiet course of a session.
    func patient() throws -> SimulatedPatient {
        var patient = SimulatedPatient.demonstration(seed: seed)
        patient.script = try loadScript()
        return patient
    }

    private func loadScript() throws -> SimulationScript {
        guard let script else { return .quiet }
        do {
            guard let text = String(validating: try readWholeFile(script), as: UTF8.self) else {
                throw SimulationFailure(description: "\(script) is not UTF-8 text; save it as UTF-8", status: EX_DATAERR)
            }
            return try SimulationScript(parsing: text)
        } catch let errors as ScriptErrors {
            throw SimulationFailure(
                description: errors.faults.map { "\(script):\($0.line): \($0.words)" }.joined(separator: "\n"), status: EX_DATAERR)
        } catch let error as SystemError {
            throw SimulationFailure(description: "\(error)", status: EX_NOINPUT)
        }
    }
}
