import Glibc
import LinuxIO
import SessionFlow
import TimelineReports
import VitalsModel

/// What a plan is tried on.
enum BacktestSubject: Sendable {
    /// A file.
    case recording(String)
    /// A session of a database.
    case session(PastSession)

    /// As the lines name it.
    var name: String {
        switch self {
        case .recording(let file): file
        case .session(let session): session.id.rawValue
        }
    }
}

/// Plans that are tried on the same subjects; each subject is read once.
struct PlanTrial: Sendable {
    /// The plans; the first is the one that it is about.
    var plans: [SessionPlan]
    /// What is assumed of recordings.
    var options: PlanBacktest.Options
    /// Whether rules on missing data run in sessions.
    var noDataInSessions: Bool

    /// What one plan came to on one subject.
    struct Outcome: Sendable {
        var episodes: [PlanBacktest.Episode]
        var summary: PlanBacktest.Summary
        /// What the session did that the plan does not have.
        var departures: [String] = []
    }

    /// Runs every plan over one subject.
    func run(_ subject: BacktestSubject) throws -> [Outcome] {
        switch subject {
        case .recording(let file):
            let series = try series(file)
            return plans.map { plan in
                var backtest = PlanBacktest(plan: plan, options: options)
                let episodes = backtest.run(series: series.values.lazy.map { ($0.time, $0.signal, $0.value) })
                return Outcome(episodes: episodes, summary: backtest.summary)
            }
        case .session(let session):
            let (start, inputs) = try session.inputs()
            return try plans.map { plan in
                let outcome = try SessionBacktest.run(plan: plan, noData: noDataInSessions, start: start, inputs: inputs)
                return Outcome(episodes: outcome.episodes, summary: outcome.summary, departures: outcome.departures)
            }
        }
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
}
