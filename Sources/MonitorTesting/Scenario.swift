import AlertEngine
import SessionFlow
import VitalsModel

/// A test of alerts that a nurse can read: rules, what happens, and what is to be announced.
///
///     # A saturation below its limit for 20 s calls, and calls once.
///     rule spo2-low: SpO2 below 92 for 20s, medium, deadband 1, clear 10s, latching never
///
///     given
///     0:00 SpO2: 97x10 90x30 95x20
///
///     expect
///     0:30 spo2-low raised medium value 90
///     0:50 spo2-low closed end cleared peak 90
///
/// Times are minutes and seconds since the session began. Before `given` stand the plan's lines: `rule`, `phases acute recovery`
/// (the first is the phase at the start), `stream SpO2 every 1s`, `cuff acute every 5m lasting 20m`, `hold 10m`,
/// `remind medium 300s`, `escalate high 60s 180s`, `prefer SpO2 monitor oximeter`.
///
/// After `given` each line has a time. Series: `SpO2: 97x10 gap 30s suspect 80x5 demo 70 invalid 97` gives one value a second,
/// `SBP@5m: 140 182` one in 5 minutes, `SpO2 from oximeter: ...` names the source (else `monitor`). Cuff values carry a device
/// time; `resend` sends the last one again. Events: `phase acute`, `ack`, `ack s1-2 "note"`, `note "text"`, `restart`,
/// `restart 5m`, `reboot 5m`, `end`, `end "reason"`, `source monitor lost`, `sensor SpO2 sensor_off`, `cuff failed`,
/// `cuff measuring`, `until` (only time).
///
/// `expect` lists every announcement in order; what is not listed must not come, and `silence 0:31 0:49` says so for the reader.
/// `expect everything` lists the quiet transitions too. After time, rule and change may stand: a priority, `value 90`, `age 3`,
/// `limit 92`, `peak 90`, `duration 40`, `end cleared`, `to held`, `acknowledged`, `unacknowledged`, `quiet`, `aloud`,
/// `episode s1-1`, and text in quotes that the detail must contain.
public struct Scenario: Sendable {
    /// The plan that its rules make.
    public var plan: SessionPlan
    /// For each signal the preferred sources.
    public var ranking: [Signal: [SourceID]]
    /// What happens, in order.
    public var events: [ScenarioEvent]
    /// What is to be announced, in order.
    public var expectations: [ScenarioExpectation]
    /// Spans in which nothing may be announced, since the start.
    public var silences: [ClosedRange<Duration>]
    /// Whether quiet transitions are listed too.
    public var expectsEverything: Bool

    /// Reads a scenario.
    ///
    /// - Throws: `ScenarioFault` with the line and what to write instead.
    public init(_ text: String) throws(ScenarioFault) {
        var reader = ScenarioReader()
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let content = line.prefix { $0 != "#" }
            let words = ScenarioWords(String(content), line: index + 1)
            if !words.isEmpty { try reader.read(words) }
        }
        self = reader.scenario()
    }

    init(
        plan: SessionPlan, ranking: [Signal: [SourceID]], events: [ScenarioEvent], expectations: [ScenarioExpectation],
        silences: [ClosedRange<Duration>], expectsEverything: Bool
    ) {
        self.plan = plan
        self.ranking = ranking
        self.events = events
        self.expectations = expectations
        self.silences = silences
        self.expectsEverything = expectsEverything
    }
}

/// One thing that happens in a scenario.
public struct ScenarioEvent: Sendable, Hashable {
    /// What can happen.
    public enum Kind: Sendable, Hashable {
        /// A value comes; `measurement` counts the cuff measurements of the scenario and is nil for streams.
        case reading(Signal, Double?, ReadingQuality, SourceID, measurement: Int?)
        /// The phase changes.
        case phase(SessionPhase)
        /// Somebody answers one episode, or all of low and medium priority.
        case acknowledge(EpisodeID?, note: String?)
        /// Somebody writes a note.
        case note(String)
        /// The daemon is killed, and starts again after a time; another boot clock where the machine was restarted too.
        case restart(after: Duration, sameBoot: Bool)
        /// Somebody ends the session.
        case end(reason: String?)
        /// A source moves.
        case source(SourceID, SourceState)
        /// A device says something of a signal.
        case sensor(Signal, SignalCondition)
        /// A cuff begins a measurement, or fails.
        case cuff(failed: Bool)
        /// Only time passes.
        case until
    }

    /// When, since the start.
    public var at: Duration
    /// What.
    public var kind: Kind
}
