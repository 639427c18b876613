import ArgumentParser
import BenchmarkRuns

/// `vigil-bench latency`.
struct LatencyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "latency", abstract: "From the last byte on a line to the announcement at a follower, beside a bare relay.")

    @OptionGroup var output: ReportOptions
    @Option(help: "Measurements of each program.")
    var count = 2000
    @Option(help: "The daemon's file; left out, the one beside vigil-bench.")
    var vigild: String?
    @Option(help: "The folder of plans.")
    var plans = "Config/plans"
    @Option(help: "The plan of the sessions.")
    var plan = "iv-ketamine"

    func validate() throws {
        guard count > 0 else { throw ValidationError("--count must be at least 1") }
    }

    func run() async throws {
        try output.print(await LatencyBenchmark(count: count, daemon: vigild, plans: plans, plan: plan).run())
    }
}
