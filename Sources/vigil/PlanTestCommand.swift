import AlertScenarios
import ArgumentParser
import ControlProtocol
import Glibc
import LinuxIO

/// `vigil plan test`.
struct PlanTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Runs scenarios: what happens to a patient, and which alerts a plan is to give.",
        discussion: """
            A scenario is a text file that ends in .scenario; folders are searched for them. Without files those shipped with Vigil \
            are run. Ends with 0 when all is as expected and with 1 when some is not; with 65 for a scenario that cannot be read, \
            66 for a missing file, 78 for a plan with errors.
            """)

    @Flag(help: "List every scenario, not only those that failed.")
    var verbose = false
    @Option(help: "A plan file to test in place of every plan that a scenario names by its id.")
    var plan: String?
    @OptionGroup var output: FormatOptions
    @Argument(help: "Scenarios, or folders of them.")
    var paths: [String] = []

    func run() async throws {
        let clock = ContinuousClock()
        let began = clock.now
        var reader = try ScenarioFileReader(replacement: plan)
        let read = try (paths.isEmpty ? [PlanSearch.scenarios()] : paths).flatMap { try ScenarioFiles.find($0) }.map { try reader.read($0) }
        let outcomes = await Self.outcomes(of: read)
        let summary = ScenarioSummary(of: outcomes, took: clock.now - began)
        if output.isJSON {
            try StandardOutput.write(lines: try outcomes.map { try ControlJSON.text($0) } + [ControlJSON.text(["summary": summary])])
        } else {
            let usesColour = TerminalScreen.isTerminal(StandardOutput.descriptor) && getenv("NO_COLOR") == nil
            let lines = outcomes.flatMap { $0.lines(isVerbose: verbose, usesColour: usesColour) }
            try StandardOutput.write(lines: lines + [summary.line])
        }
        try Self.end(outcomes, summary)
    }

    /// Runs scenarios on all cores; the outcomes are in the order of the files.
    private static func outcomes(of read: [ScenarioFileReader.File]) async -> [ScenarioOutcome] {
        await withTaskGroup(of: (place: Int, outcome: ScenarioOutcome).self) { group in
            for (place, file) in read.enumerated() {
                group.addTask { (place, file.outcome) }
            }
            var outcomes = read.map { ScenarioOutcome(file: $0.path, result: .asExpected) }
            for await finished in group { outcomes[finished.place] = finished.outcome }
            return outcomes
        }
    }

    /// Ends the program by what came of the scenarios; the first one that cannot be read decides.
    private static func end(_ outcomes: [ScenarioOutcome], _ summary: ScenarioSummary) throws {
        for case .unreadable(let fault) in outcomes.map(\.result) {
            let status =
                switch fault.cause {
                case .text: EX_DATAERR
                case .planMissing: EX_NOINPUT
                case .planFaulty: EX_CONFIG
                }
            throw CommandFailure(
                description: "\(summary.unreadable) of \(summary.scenarios) scenarios cannot be read; correct the lines named",
                status: status)
        }
        if summary.failed > 0 { throw ExitCode(EXIT_FAILURE) }
    }
}
