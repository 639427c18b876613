import Glibc
import LinuxIO

/// From the last byte on a line to the announcement at a follower, beside a bare relay, all in one run and in turn, so that what
/// disturbs one disturbs the others.
public struct LatencyBenchmark: Sendable {
    /// Measurements of each target.
    public var count: Int
    /// The daemon's file; nil for the one beside this program.
    public var daemon: String?
    /// The folder of plans.
    public var plans: String
    /// The plan of the sessions.
    public var plan: String

    /// Measurements that are thrown away at the start: caches, first pages of the databases.
    private static let warmUp = 50

    /// Creates a run.
    public init(count: Int, daemon: String?, plans: String, plan: String) {
        self.count = count
        self.daemon = daemon
        self.plans = plans
        self.plan = plan
    }

    /// Runs it.
    ///
    /// - Throws: `BenchmarkFailure`, with the end of the daemon's log where that explains it.
    public func run() async throws -> BenchmarkReport {
        let folder = try ScratchFolder()
        let file = try daemon ?? ProgramFiles.sibling("vigild")
        guard access(file, X_OK) == 0 else {
            throw BenchmarkFailure("\(file) is missing: build it in the same configuration (swift build -c release) or use --vigild")
        }
        guard let plans = absolute(plans) else { throw BenchmarkFailure("no folder \(plans); name one with --plans", status: EX_NOINPUT) }
        let running = try MeasuredDaemon(file, plans: plans, in: folder)
        try await running.startSessions(plan: plan)
        let relay = try RelayTarget("relay", in: folder, file: "relay", commits: false)
        let readings = try running.target(.readings, "vigil, reading")
        let committing = try RelayTarget("relay that commits before the line", in: folder, file: "committing", commits: true)
        let entries = try running.target(.entries, "vigil, entry committed before the line")
        return try measure([relay, readings, committing, entries])
    }

    private func absolute(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private func measure(_ targets: [any LatencyTarget]) throws -> BenchmarkReport {
        var latencies = targets.map { _ in LatencyQuantiles() }
        var unrecorded = 0
        var bar = ProgressBar("latency")
        for round in -Self.warmUp..<count {
            for (place, target) in targets.enumerated() {
                let nanoseconds = try target.measure()
                guard round >= 0 else { continue }
                latencies[place].add(nanoseconds)
                if let daemon = target as? DaemonTarget, daemon.wasUnrecorded { unrecorded += 1 }
            }
            bar.show(Double(round + Self.warmUp) / Double(count + Self.warmUp))
        }
        bar.finish()
        return report(zip(targets, latencies).map { ($0.name, $1) }, unrecorded: unrecorded)
    }

    private func report(_ results: [(name: String, latencies: LatencyQuantiles)], unrecorded: Int) -> BenchmarkReport {
        let values = results.map(\.latencies.milliseconds)
        let figures = results.map {
            BenchmarkFigure(name: $0.name, unit: "ms", count: $0.latencies.count, values: $0.latencies.milliseconds)
        }
        func p50(_ place: Int) -> Double { values[place]["p50"] ?? 0 }
        return BenchmarkReport(
            benchmark: "latency", machine: .present,
            figures: figures + [BenchmarkFigure(name: "entries shown before they were stored", unit: "1", rounds: [Double(unrecorded)])],
            comparisons: [
                BenchmarkComparison(what: "reading p50 / relay p50", measured: p50(1) / p50(0), .atMost, 3, unit: "x"),
                BenchmarkComparison(what: "entry p50 / committing relay p50", measured: p50(3) / p50(2), .atMost, 1.5, unit: "x"),
                BenchmarkComparison(what: "entry p99", measured: values[3]["p99"] ?? 0, .atMost, 5, unit: "ms"),
            ])
    }
}
