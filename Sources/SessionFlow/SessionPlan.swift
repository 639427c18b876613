import AlertEngine
import VitalsModel

/// The reviewed rules of one kind of session, as read from its file.
public struct SessionPlan: Sendable {
    /// The id: `iv-ketamine`.
    public var id: String
    /// The version that the clinic gives it.
    public var version: Int
    /// What people read.
    public var title: String
    /// The route: `iv`, `im`, `oral`, `nasal`, `none`.
    public var route: String
    /// The phases that a session of this plan passes, in order.
    public var phases: [SessionPhase]
    /// The signals that a session is expected to have, with the period of the stream; the dead-man is armed from this list.
    public var expected: [ExpectedSignal]
    /// The cuff schedule.
    public var cuff: CuffSchedule
    /// How the baseline is taken.
    public var baseline: BaselineMethod
    /// When an alert comes again or rises.
    public var response: ResponseTimes
    /// The alert rules, in the order of the file; within a family the gravest last.
    public var rules: [AlertRule]
    /// Of how many values the median goes before the rules, for each stream; 1 where none is given.
    public var filters: [Signal: Int]
    /// The text that the plan was read from, byte for byte.
    public var text: String
    /// SHA-256 of `text`, lower-case hexadecimal.
    public var hash: String
    /// Who reviewed it; nil as long as nobody has signed.
    public var signature: PlanSignature?

    /// Creates a plan.
    public init(
        id: String, version: Int, title: String, route: String, phases: [SessionPhase], expected: [ExpectedSignal], cuff: CuffSchedule,
        baseline: BaselineMethod, response: ResponseTimes, rules: [AlertRule], filters: [Signal: Int] = [:], text: String, hash: String,
        signature: PlanSignature? = nil
    ) {
        self.id = id
        self.version = version
        self.title = title
        self.route = route
        self.phases = phases
        self.expected = expected
        self.cuff = cuff
        self.baseline = baseline
        self.response = response
        self.rules = rules
        self.filters = filters
        self.text = text
        self.hash = hash
        self.signature = signature
    }

    /// The signals that a baseline is taken of: the expected ones, and those that a rule holds against the baseline.
    var baselineSignals: [Signal] {
        let compared = rules.compactMap { ($0.condition as? DeltaRule)?.signals.first }
        let wanted = Set(expected.map(\.signal) + compared)
        return Signal.allCases.filter(wanted.contains)
    }
}

/// A signal that a session is expected to have.
public struct ExpectedSignal: Sendable, Hashable {
    /// The signal.
    public var signal: Signal
    /// How often values come.
    public var period: Duration

    /// Creates an expectation.
    public init(signal: Signal, period: Duration) {
        self.signal = signal
        self.period = period
    }
}

/// How the baseline is taken (alarms.md, section 6, "Baseline").
public struct BaselineMethod: Sendable, Hashable {
    /// Pressures: how many valid cuff readings at least.
    public var cuffReadings: Int
    /// Pressures: within which time before the baseline is taken.
    public var cuffWithin: Duration
    /// Pressures: the largest spread, mmHg; above it a further reading is asked for.
    public var cuffSpread: Double
    /// Streams: over which time before the baseline is taken the median goes.
    public var streamWindow: Duration
    /// Streams: how much valid data must be in it.
    public var streamMinimum: Duration

    /// Creates a method; the defaults are those of alarms.md.
    public init(
        cuffReadings: Int = 2, cuffWithin: Duration = .seconds(600), cuffSpread: Double = 10, streamWindow: Duration = .seconds(120),
        streamMinimum: Duration = .seconds(60)
    ) {
        self.cuffReadings = cuffReadings
        self.cuffWithin = cuffWithin
        self.cuffSpread = cuffSpread
        self.streamWindow = streamWindow
        self.streamMinimum = streamMinimum
    }
}
