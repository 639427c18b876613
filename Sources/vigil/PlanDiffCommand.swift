import ArgumentParser
import ControlProtocol
import TimelineReports

/// `vigil plan diff`.
struct PlanDiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Says in words what changed from one plan to another: what is looser first, then what is tighter.",
        discussion: """
            Ends with 0 when nothing that alerts changed (texts and comments only), with 1 when rules, limits or times differ, with 78 \
            when one of the plans has errors.
            """)

    @OptionGroup var output: FormatOptions
    @Argument(help: "The old plan: id or file.")
    var old: String
    @Argument(help: "The new plan: id or file.")
    var new: String

    func run() throws {
        let difference = PlanDifference(from: try soundPlan(old), to: try soundPlan(new))
        try output.print(difference) { PlanDifferenceText.lines($0, style: .screen()) }
        if difference.changesAlerts { throw ExitCode(1) }
    }
}
