import ArgumentParser
import ControlProtocol
import Glibc
import LinuxIO
import ServiceConfiguration
import SessionFlow
import TimelineReports

/// `vigil plan show`.
struct PlanShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Prints a plan as a page that a clinician can read and sign.",
        discussion: """
            text has at most 80 columns; html is one file that prints on A4 paper (-o plan.html); json is the same content for other \
            programs. A plan with errors is not shown: every fault is printed, and the command ends with 78.
            """)

    /// The forms of the page.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, html, json
    }

    @Option(help: "How to print.")
    var format: Format = .text
    @Flag(help: "The same as --format json.")
    var json = false
    @Option(name: [.customShort("o"), .customLong("output")], help: "The file to write; without it, standard output.")
    var output: String?
    @Argument(help: "The plan's id, or its file.")
    var plan: String

    func run() throws {
        let page = PlanPage(try soundPlan(plan))
        let style: TailStyle = output == nil ? .screen() : TailStyle()
        let text =
            switch json ? .json : format {
            case .text: PlanPageText.lines(page, style: style).joined(separator: "\n") + "\n"
            case .html: PlanPageHTML.text(page)
            case .json: try ControlJSON.text(page) + "\n"
            }
        if let output { try OutputFile.write(text, to: output) } else { try StandardOutput.write(text) }
    }
}

/// A plan by its id or file, without errors; its warnings go to standard error.
///
/// - Throws: `CommandFailure` 66 when there is none, 78 with every fault when it has errors; `SystemError`.
func soundPlan(_ name: String) throws -> SessionPlan {
    let file = try PlanSearch.file(of: name)
    let read = try readPlan(file)
    guard let plan = read.value else {
        throw CommandFailure(
            description: "\(file) cannot be used:\n" + read.faults.map(\.description).joined(separator: "\n"), status: EX_CONFIG)
    }
    for warning in read.warnings { StandardOutput.writeError("\(warning)\n") }
    return plan
}
