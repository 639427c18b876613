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
        commandName: "backtest", abstract: "Runs a plan over recordings or past sessions: one JSON object an episode, then the sum.",
        discussion: """
            A recording is CSV with the header time_s,signal,value; .gz is unpacked. Rules without their signal in the recording are \
            left out; nibp_ signals are cuff measurements, all others stream.

            A session of a database keeps its phases, its device states and its own baseline readings; people's answers are left out, \
            since they answered other alerts. Sources of one signal are ranked by name, and times count from its start.

            With --against, only what one of the two plans gave is printed: an episode of which the other has none on the same signal, \
            of at least the same priority, open at the same time. Then come both sums, and the difference in words on standard error.

            The sum: episodes that a graver one of their family spoke for are no calls. Rates, shares, chattering (a rule that calls 3 \
            times in 1 min), floods (more than 10 calls in 10 min) and the worst 10 min count calls; standing (over 30 min) and the time \
            to alert (onset to raise) count episodes. Fleeting are breaches that went before they were confirmed, and episodes whose \
            value was back inside less than 10 s after the raise.
            """)

    /// Whether the rules on missing values take part.
    enum Switch: String, CaseIterable, ExpressibleByArgument {
        case on, off
    }

    @Option(help: "The phase to run the recordings in.")
    var phase = "acute"
    @Option(help: "The person's baseline in the recordings, for example systolic=120,diastolic=80.")
    var baseline: String?
    @Option(help: "Rules on missing values: off for recordings, which have gaps of their own; on for sessions.")
    var noData: Switch?
    @Option(help: ArgumentHelp("Another plan, to be held against the first.", valueName: "plan"))
    var against: String?
    @Option(help: ArgumentHelp("A database with past sessions; it is only read.", valueName: "database"))
    var sessions: String?
    @Option(help: "Only this session of the database, for example s12; can be given several times. Left out: all that have ended.")
    var session: [String] = []
    @Flag(help: "The same as the default: every line is JSON.")
    var json = false
    @Argument(help: "The plan file.")
    var plan: String
    @Argument(help: "Recordings.")
    var files: [String] = []

    func validate() throws {
        if files.isEmpty, sessions == nil { throw ValidationError("name recordings, or a database with --sessions") }
        if sessions == nil, !session.isEmpty { throw ValidationError("--session needs --sessions with the database that it is in") }
        if files.isEmpty, baseline != nil { throw ValidationError("--baseline is for recordings; a session has its own") }
    }

    func run() throws {
        let this = try readWholePlan(plan)
        let other = try against.map { try readWholePlan($0) }
        let subjects = try subjects()
        let trial = PlanTrial(plans: [this] + (other.map { [$0] } ?? []), options: try options(), noDataInSessions: noData != .off)
        var report = BacktestReport(isComparison: other != nil)
        var bar = ProgressBar("backtest", isBesideOutput: true)
        defer { bar.finish() }
        try AllCores.inOrder(subjects, work: { try trial.run($0) }) { index, outcomes in
            try StandardOutput.write(lines: report.take(outcomes, of: subjects[index].name))
            bar.show(Double(index + 1) / Double(subjects.count))
        }
        bar.finish()
        try StandardOutput.write(lines: [report.summary])
        let words = report.words(this: this, other: other)
        if !words.isEmpty { StandardOutput.writeError(words.joined(separator: "\n") + "\n") }
    }

    private func readWholePlan(_ path: String) throws -> SessionPlan {
        let read = try readPlan(path)
        guard let plan = read.value else {
            throw CommandFailure(description: read.errors.map(\.description).joined(separator: "\n"), status: EX_CONFIG)
        }
        return plan
    }

    private func options() throws -> PlanBacktest.Options {
        let values = try baseline.map { try BaselineText.parse($0).values } ?? []
        let baseline = Dictionary(values.map { ($0.signal, $0.value) }, uniquingKeysWith: { first, _ in first })
        return PlanBacktest.Options(phase: try parsePhase(phase), baseline: baseline, noData: noData == .on)
    }

    private func subjects() throws -> [BacktestSubject] {
        let recordings = files.map { BacktestSubject.recording($0) }
        guard let sessions else { return recordings }
        return try recordings + PastSessions(database: sessions).chosen(try session.map { try parseSession($0) }).map { .session($0) }
    }
}
