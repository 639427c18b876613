import ArgumentParser
import BenchmarkRuns

/// `vigil-bench store`.
struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "Durable readings and entries a second, and bytes for each reading, beside bare SQLite.",
        discussion: "The databases are made in $TMPDIR, or /tmp: the figures are those of that disk.")

    @OptionGroup var output: ReportOptions
    @Option(help: "Readings for each program and batch size.")
    var rows = 500_000

    func validate() throws {
        guard rows > 0 else { throw ValidationError("--rows must be at least 1") }
    }

    func run() throws { try output.print(StoreBenchmark(rows: rows).run()) }
}
