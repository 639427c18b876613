import ArgumentParser
import BenchmarkRuns

/// `vigil-bench backtest`.
struct BacktestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest", abstract: "Readings a second through all rules of a plan, on one core.")

    @OptionGroup var output: ReportOptions
    @Option(help: "The plan file.")
    var plan = "Config/plans/iv-ketamine.yaml"
    @Option(help: "Readings of each round.")
    var rows = 1_000_000

    func validate() throws {
        guard rows > 0 else { throw ValidationError("--rows must be at least 1") }
    }

    func run() throws { try output.print(BacktestBenchmark(plan: plan, rows: rows).run()) }
}
