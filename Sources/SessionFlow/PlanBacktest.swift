import AlertEngine
import VitalsModel

/// Runs the alert rules of a plan over recorded series, as they would have run live, to see how many alerts a change of limits
/// would have meant.
///
/// The engine is the live one. What a recording does not have is decided here, and so that no alert is invented:
/// - The session stands in one phase, `acute` where the options do not say otherwise, from the first reading on.
/// - There is no baseline unless the options give one; delta rules are then not evaluable and give no episode.
/// - Rules on missing data (`missing`, `cuffOverdue`) are off unless asked for, and then only for signals that the file has.
/// - Nobody is there to answer: no reminders and no escalations. An episode that would stay until somebody sees it ends as
///   `latched` at that time, as if it had been seen at once; when it comes back, that is a further episode.
public struct PlanBacktest: Sendable {
    /// One value of a recording: time in seconds, signal, and the value in the signal's unit.
    public typealias Sample = (time: Double, signal: Signal, value: Double)

    /// What a back-test assumes of the session.
    public struct Options: Sendable, Hashable {
        /// The phase that arms the rules.
        public var phase: SessionPhase
        /// The baseline, in each signal's unit; empty for none.
        public var baseline: [Signal: Double]
        /// Whether rules on missing data run.
        public var noData: Bool

        /// Creates options; the defaults are those of DESIGN.md, section 4.
        public init(phase: SessionPhase = .acute, baseline: [Signal: Double] = [:], noData: Bool = false) {
            self.phase = phase
            self.baseline = baseline
            self.noData = noData
        }
    }

    /// How an episode of a back-test ended.
    public enum End: String, Sendable, Hashable {
        /// A valid value inside the clear limit for long enough.
        case cleared
        /// The same, but it would have stayed until somebody had seen it.
        case latched
        /// The values ended and did not come back within the hold time of the plan; the end is when that time was over.
        case unknown
        /// The session went on to a phase in which the rule is not armed; only in sessions, a recording has one phase.
        case disarmed
        /// The recording ended first.
        case endOfData = "end-of-data"
    }

    /// One alert that the plan would have given. Times are seconds on the recording's own clock.
    public struct Episode: Sendable, Hashable {
        /// The rule.
        public var rule: RuleID
        /// The signal, the first that the rule watches.
        public var signal: Signal?
        /// The highest priority that it reached.
        public var priority: AlertPriority
        /// The first breaching value.
        public var onset: Double
        /// When the rule raised it.
        public var raised: Double
        /// When people were first called for it; nil while a graver rule of its family spoke for it to the end.
        public var called: Double?
        /// When the value came back inside the clear limit for good, before the off-delay ran; nil when it did not.
        public var returned: Double?
        /// When it ended; nil when the recording ended first.
        public var ended: Double?
        /// How it ended.
        public var end: End
        /// The worst value in the rule's direction, in the signal's unit; for rules on missing data, seconds.
        public var peak: Double

        /// Creates an episode; one without `called` was never heard.
        public init(
            rule: RuleID, signal: Signal?, priority: AlertPriority, onset: Double, raised: Double, called: Double?, returned: Double? = nil,
            ended: Double? = nil, end: End = .endOfData, peak: Double
        ) {
            self.rule = rule
            self.signal = signal
            self.priority = priority
            self.onset = onset
            self.raised = raised
            self.called = called
            self.returned = returned
            self.ended = ended
            self.end = end
            self.peak = peak
        }
    }

    /// What all files together came to.
    public struct Summary: Sendable, Hashable {
        /// Recordings.
        public var files = 0
        /// From the first to the last reading of each, hours.
        public var hours = 0.0
        /// Readings that were evaluated.
        public var readings = 0
        /// Readings without a usable time or value.
        public var rejected = 0
        /// Episodes by the highest priority that each reached.
        public var byPriority: [AlertPriority: Int] = [:]
        /// When the last recording ended, seconds on its own clock.
        public var end = 0.0
        /// Breaches that went before they were confirmed, by rule; only rules that had any.
        public var fleeting: [RuleID: Int] = [:]

        /// Creates the sum of nothing.
        public init() {}

        /// All episodes.
        public var episodes: Int { byPriority.values.reduce(0, +) }
        /// Episodes in 10 minutes, the measure of alert load (alarms.md, section 3: one is normal, two the most).
        public var perTenMinutes: Double { hours > 0 ? Double(episodes) / (hours * 6) : 0 }
    }

    /// What the files so far came to.
    public private(set) var summary = Summary()

    private let plan: SessionPlan
    private let options: Options

    /// Creates a back-test of one plan.
    public init(plan: SessionPlan, options: Options = Options()) {
        self.plan = plan
        self.options = options
    }

    /// Runs one recording, ordered by time; a reading that is earlier than the one before counts at that one's time.
    ///
    /// - Returns: the episodes in the order in which they were raised.
    public mutating func run(series: some Sequence<Sample>) -> [Episode] {
        guard options.noData else { return run(series, terms: terms { $0.condition.side != nil }) }
        // Which data are missing can only be asked of signals that the file has at all, so it is read once before.
        let samples = Array(series)
        let present = Set(samples.map(\.signal))
        let hasCuff = present.contains { $0.cadence == .intermittent }
        return run(
            samples,
            terms: terms { rule in
                rule.condition.side != nil
                    || (rule.condition is CuffOverdueRule ? hasCuff : rule.condition.signals.contains(where: present.contains))
            })
    }

    private func terms(_ isChosen: (AlertRule) -> Bool) -> AlertEngine.Terms {
        AlertEngine.Terms(
            rules: plan.rules.filter(isChosen), schedule: plan.cuff,
            response: ResponseTimes(hold: plan.response.hold, reminder: [:], escalation: [:]),
            periods: Dictionary(plan.expected.map { ($0.signal, $0.period) }, uniquingKeysWith: { first, _ in first }), ranking: [:],
            filters: plan.filters)
    }

    private mutating func run(_ series: some Sequence<Sample>, terms: AlertEngine.Terms) -> [Episode] {
        var recording: RecordingRun?
        for sample in series {
            guard sample.time.isFinite, abs(sample.time) < RecordingRun.longestSeconds, sample.value.isFinite else {
                summary.rejected += 1
                continue
            }
            summary.readings += 1
            if recording == nil { recording = RecordingRun(terms: terms, options: options, firstTime: sample.time) }
            recording?.take(sample)
        }
        let episodes = recording?.finished() ?? []
        summary.files += 1
        summary.hours += (recording?.seconds ?? 0) / 3600
        for episode in episodes { summary.byPriority[episode.priority, default: 0] += 1 }
        summary.end = recording?.end ?? 0
        summary.fleeting.merge(recording?.fleeting ?? [:], uniquingKeysWith: +)
        return episodes
    }
}

/// One recording on its way through the engine.
private struct RecordingRun {
    /// Times beyond 30 years are no times of a recording; the boot clock counts nanoseconds in 64 bits.
    static let longestSeconds = 1e9
    private static let source: SourceID = "recording"

    private let firstTime: Double
    private var engine: AlertEngine
    private var plausibility = Plausibility()
    /// The pressures of one instant, which are held against each other before any of them counts.
    private var pressures: [Reading] = []
    private var triples = PressureTriple()
    private var sequence: UInt64 = 0
    private var log: EpisodeLog

    /// From the first to the last reading, seconds.
    private(set) var seconds = 0.0

    init(terms: AlertEngine.Terms, options: PlanBacktest.Options, firstTime: Double) {
        self.firstTime = firstTime
        let start = BootInstant(nanoseconds: 0)
        log = EpisodeLog(zero: start, firstTime: firstTime)
        engine = AlertEngine(session: "backtest", phase: options.phase, terms: terms, at: start)
        guard !options.baseline.isEmpty else { return }
        let values = Signal.allCases.compactMap { signal in
            options.baseline[signal].map { BaselineValue(signal: signal, value: $0, count: 1) }
        }
        note(engine.accept(Baseline(values: values, missing: []), at: start))
    }

    mutating func take(_ sample: PlanBacktest.Sample) {
        seconds = max(seconds, sample.time - firstTime)
        sequence += 1
        let at = Moment(boot: BootInstant(seconds: seconds), wall: WallInstant(nanoseconds: 0))
        let reading = Reading(
            source: Self.source, signal: sample.signal, value: sample.value, quality: .valid, received: at, sequence: sequence)
        if let first = pressures.first, first.received.boot < at.boot { takePressures() }
        if sample.signal.cadence == .intermittent { pressures.append(reading) } else { receive(reading) }
    }

    private mutating func takePressures() {
        for reading in triples.judged(pressures) { receive(reading) }
        pressures.removeAll(keepingCapacity: true)
    }

    private mutating func receive(_ reading: Reading) {
        let (judged, doubt) = plausibility.judged(reading)
        note(engine.receive(judged, doubt: doubt))
    }

    /// The episodes; those that are still open end with the data.
    mutating func finished() -> [PlanBacktest.Episode] {
        takePressures()
        return log.finished(by: engine)
    }

    /// The time of the last reading, seconds on the recording's own clock.
    var end: Double { firstTime + seconds }

    /// Breaches that went unconfirmed, by rule.
    var fleeting: [RuleID: Int] { engine.fleeting }

    private mutating func note(_ transitions: [TimedTransition]) {
        for timed in transitions {
            guard let unseen = log.note(timed, by: engine) else { continue }
            // It can only be refused because it is not open any more, and then nothing is left to answer.
            if let seen = try? engine.acknowledge(unseen, note: nil, at: timed.at) { note(seen) }
        }
    }
}
