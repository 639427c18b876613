import ArgumentParser
import Glibc
import LinuxIO
import MonitorService
import ServiceConfiguration
import SessionFlow

/// `vigil plan`: the reviewed rules of sessions.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Checks, shows, compares and tests plans, and tries them on recordings.",
        subcommands: [
            PlanLintCommand.self, PlanShowCommand.self, PlanDiffCommand.self, PlanTestCommand.self, PlanBacktestCommand.self,
        ])
}

/// Reads a plan file with every fault that it has.
///
/// - Throws: `SystemError` for a file that cannot be read, `CommandFailure` for one that is no text.
func readPlan(_ path: String) throws -> ReadResult<SessionPlan> {
    let bytes = try InputFile(path).bytes()
    guard let text = String(validating: bytes, as: UTF8.self) else {
        throw CommandFailure(description: "\(path) is not UTF-8 text; save it as UTF-8", status: EX_CONFIG)
    }
    return PlanReader.read(text: text, file: path, hash: InstallationFiles.hash(bytes))
}
