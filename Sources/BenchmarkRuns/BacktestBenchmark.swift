import Glibc
import LinuxIO
import ServiceConfiguration
import SessionFlow
import VitalsModel

/// Readings a second through all rules of a plan on one core, beside a plain loop that only compares with ten limits.
public struct BacktestBenchmark: Sendable {
    /// The plan file.
    public var plan: String
    /// Readings of each round.
    public var rows: Int

    private static let rounds = 5

    /// Creates a run.
    public init(plan: String, rows: Int) {
        self.plan = plan
        self.rows = rows
    }

    /// Runs it.
    public func run() throws -> BenchmarkReport {
        let text = String(decoding: try readWholeFile(plan), as: UTF8.self)
        let read = PlanReader.read(text: text, file: plan, hash: "")
        guard let plan = read.value else {
            throw BenchmarkFailure(read.errors.map(\.description).joined(separator: "\n"), status: EX_CONFIG)
        }
        let samples = Self.samples(rows)
        var (rates, limits, episodes, breaches): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
        var bar = ProgressBar("backtest")
        for round in 0..<Self.rounds {
            var test = PlanBacktest(plan: plan)
            let seconds = Stopwatch.seconds { episodes.append(Double(test.run(series: samples).count)) }
            rates.append(Double(rows) / seconds)
            limits.append(Double(rows) / Stopwatch.seconds { breaches.append(Double(Self.compareWithTenLimits(samples))) })
            bar.show(Double(round + 1) / Double(Self.rounds))
        }
        bar.finish()
        return BenchmarkReport(
            benchmark: "backtest", machine: .present,
            figures: [
                BenchmarkFigure(name: "vigil, readings through \(plan.id) (\(plan.rules.count) rules)", unit: "/s", rounds: rates),
                BenchmarkFigure(name: "plain loop with 10 limits", unit: "/s", rounds: limits),
                BenchmarkFigure(name: "episodes found", unit: "1", rounds: episodes),
                BenchmarkFigure(name: "values above a limit, counted by the loop", unit: "1", rounds: breaches),
            ],
            comparisons: [BenchmarkComparison(what: "readings a second", measured: rates.sorted().median, .atLeast, 1_000_000, unit: "/s")])
    }

    /// Three streams at one value a second and a cuff every 10 minutes, with a slow swing that crosses some limits now and then.
    private static func samples(_ count: Int) -> [PlanBacktest.Sample] {
        var samples: [PlanBacktest.Sample] = []
        samples.reserveCapacity(count + 8)
        var second = 0
        while samples.count < count {
            let time = Double(second)
            // Noise of a few steps from the time alone, so that every run has the same values.
            let noise = Double((second &* 2_654_435_761) >> 16 & 7)
            let swing = sin(time / 600)
            samples.append((time, .heartRate, 85 + 20 * swing + noise))
            samples.append((time, .spo2, (95.5 + 2 * swing - noise / 4).rounded()))
            samples.append((time, .respRate, 14 + 3 * swing))
            if second % 600 == 0 {
                samples.append((time, .nibpSystolic, 140 + 25 * swing + noise))
                samples.append((time, .nibpDiastolic, 82 + 12 * swing))
                samples.append((time, .nibpMean, 100 + 15 * swing))
            }
            second += 1
        }
        samples.removeLast(samples.count - count)
        return samples
    }

    /// The least that any engine would do: ten comparisons for each value. Answers how many were true, so that none is left out.
    @inline(never)
    private static func compareWithTenLimits(_ samples: [PlanBacktest.Sample]) -> Int {
        let limits = [40.0, 50, 85, 88, 92, 94, 110, 130, 160, 180]
        var breaches = 0
        for sample in samples {
            for limit in limits where sample.value > limit { breaches &+= 1 }
        }
        return breaches
    }
}
