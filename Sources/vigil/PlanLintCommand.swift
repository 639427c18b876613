import ArgumentParser
import ControlProtocol
import Glibc
import ServiceConfiguration

/// `vigil plan lint`.
struct PlanLintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Checks plan files and prints every fault; ends with 78 when there is an error, with 0 for warnings only.")

    @OptionGroup var output: FormatOptions
    @Argument(help: "Plan files.")
    var files: [String]

    func run() throws {
        let faults = try files.flatMap { try readPlan($0).faults }
        try StandardOutput.write(lines: try faults.map { output.isJSON ? try ControlJSON.text($0) : $0.description })
        let errors = faults.count { $0.severity == .error }
        if errors > 0 {
            throw CommandFailure(
                description: "\(errors) \(errors == 1 ? "error" : "errors") in \(files.joined(separator: " "))", status: EX_CONFIG)
        }
    }
}
