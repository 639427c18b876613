import ArgumentParser
import Glibc
import LinuxIO
import ServiceConfiguration
import SessionFlow
import TimelineReports
import VitalsModel

/// `vigil plan backtest`.
struct PlanBacktestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest", abstract: "Runs a plan over recordings: one JSON object an episode, then the sum.",
        discussion: """
            A recording is CSV with the header time_s,signal,value; .gz is unpacked. Rules without their signal in the recording are \
            left out; nibp_ signals are cuff measurements, all others stream.
            """)

    /// Whether the rules on missing values take part.
    enum Switch: String, CaseIterable, ExpressibleByArgument {
        case on, off
    }

    @Option(help: "The phase to run the recordings in.")
    var phase = "acute"
    @Option(help: "The person's baseline, for example systolic=120,diastolic=80.")
    var baseline: String?
    @Option(help: "Rules on missing values: off, because a recording has gaps of its own.")
    var noData: Switch = .off
    @Flag(help: "The same as the default: every line is JSON.")
    var json = false
    @Argument(help: "The plan file.")
    var plan: String
    @Argument(help: "Recordings.")
    var files: [String]

    func run() throws {
        let phase = try parsePhase(phase)
        let baseline = try baseline.map { try BaselineText.parse($0) }
        let read = try readPlan(plan)
        guard let plan = read.value else {
            throw CommandFailure(description: read.errors.map(\.description).joined(separator: "\n"), status: EX_CONFIG)
        }
        var summary = BacktestSummary()
        for file in files {
            let series = try series(file)
            let found = try episodes(of: series, file: file, plan: plan, phase: phase, baseline: baseline)
            summary.add(seconds: series.length, episodes: found)
            try StandardOutput.write(lines: found.map { BacktestLines.line($0) })
        }
        try StandardOutput.write(lines: [BacktestLines.line(summary)])
    }

    private func series(_ file: String) throws -> ReadingSeries {
        do {
            var series = ReadingSeries()
            try LineReader(path: file).forEachLine { try series.receive(line: $0) }
            try series.finish()
            return series
        } catch let fault as ReadingSeriesFault {
            throw CommandFailure(description: "\(file): \(fault)", status: EX_DATAERR)
        }
    }

    private func episodes(
        of series: ReadingSeries, file: String, plan: SessionPlan, phase: SessionPhase, baseline: Baseline?
    ) throws -> [BacktestEpisode] {
        let values = Dictionary((baseline?.values ?? []).map { ($0.signal, $0.value) }, uniquingKeysWith: { first, _ in first })
        var backtest = PlanBacktest(plan: plan, options: .init(phase: phase, baseline: values, noData: noData == .on))
        return backtest.run(series: series.values.lazy.map { ($0.time, $0.signal, $0.value) }).map { episode in
            BacktestEpisode(
                file: file, rule: episode.rule, signal: episode.signal?.rawValue ?? "", priority: episode.priority, onset: episode.onset,
                raised: episode.raised, ended: episode.ended, end: Self.end(episode.end), peak: episode.peak)
        }
    }

    private static func end(_ end: PlanBacktest.End) -> BacktestEpisode.End {
        switch end {
        case .cleared: .cleared
        case .latched: .latched
        case .unknown: .unknown
        case .endOfData: .endOfData
        }
    }
}
