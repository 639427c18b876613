import AlertEngine
import SessionFlow
import VitalsModel

/// A test of alerts that a nurse can read: rules, what happens, and what is to be announced.
///
///     # A saturation below 92 for 20 s calls, and calls once.
///     plan iv-ketamine
///     phase acute
///     rules spo2-low
///
///     given
///     0:00 SpO2: 97x10 90x30 95x20
///
///     expect
///     0:30 spo2-low-92 raised medium value 90
///     0:50 spo2-low-92 closed end cleared peak 90
///
/// Times are minutes and seconds since the session began; what follows `#` is for the reader.
///
/// Before `given` stands the plan, in one of three ways:
/// - `plan iv-ketamine` or `plan ../own.yaml`: a plan file, by its id or by its path beside the scenario. `rules spo2-low-92` leaves
///   only the rules named, with the others of their families; a family's name names all its rules.
/// - Blocks as they stand in a plan file: a key with a colon at the beginning of a line, the lines below it indented. `rules:` must
///   be there; what else a plan needs is `id`, `title` ... of no meaning, all phases (the session begins in `acute`), streams and
///   cuff from the short lines.
/// - Short lines: `rule spo2-low: SpO2 below 92 for 20s, medium` (see `ScenarioRuleText`), `phases acute recovery`
///   (the first is the phase at the start), `stream SpO2 every 1s`, `cuff acute every 5m lasting 20m`.
///
/// Beside any of them: `phase acute` (the phase at the start), `baseline SBP 120 HR 70` (accepted at the start), `hold 10m`,
/// `remind medium 300s`, `escalate high 60s 180s`, `prefer SpO2 monitor oximeter`.
///
/// After `given` each line has a time. Series: `SpO2: 97x10 gap 30s suspect 80x5 demo 70 invalid 97` gives one value a second,
/// `SBP@5m: 140 182` one in 5 minutes, `SpO2 from oximeter: ...` names the source (else `monitor`). Cuff values carry a device
/// time; `resend` sends the last one again, and `SBP: late 20m 185` gives a value that was measured 20 minutes before. Events: `phase acute`, `ack`, `ack s1-2 "note"`, `note "text"`, `dup` (the last reading
/// comes again), `pause s1-1 60s` (the bell), `shelve RULE 10m "reason"`, `unshelve RULE`, `limit RULE to 90 after 15s priority high
/// "reason"` (or `off`), `baseline "reason"`, `countersign 1 by doctor`, `withdraw 1`, `scale moaas 3`, `call RULE "words"`, `call RULE
/// over`, `system disk_low on "words"`, `asleep 20s` (Vigil was not running), `clockstep monitor +1h` (a device's clock), `restart`, `restart 5m`, `reboot 5m`, `end`, `end "reason"`, `source monitor lost`, `sensor SpO2 sensor_off`,
/// `cuff measuring`, `cuff failed`, `cuff idle`, `until` (only time).
///
/// `expect` lists every announcement in order; what is not listed must not come, and `silence 0:31 0:49` says so for the reader.
/// `expect everything` lists the quiet transitions too. After time, rule and change may stand: a priority, `value 90`, `age 3`,
/// `limit 92`, `peak 90`, `duration 40`, `end cleared`, `to held`, `acknowledged`, `unacknowledged`, `quiet`, `aloud`,
/// `episode s1-1`, and text in quotes that the detail must contain. `1:00 entry note "text"` wants another entry of the record, and
/// the text in its words; entries that nobody lists are free to come. `1:00 refused "text"` wants an action to be refused.
public struct Scenario: Sendable {
    /// Gives the plan that a scenario names, by its id or by a path beside the scenario's file.
    public typealias Plans = (String) throws(ScenarioPlanFault) -> SessionPlan

    /// The plan that rules it.
    public var plan: SessionPlan
    /// For each signal the preferred sources.
    public var ranking: [Signal: [SourceID]]
    /// The phase that the session is brought into at once; nil for the plan's first.
    public var phase: SessionPhase?
    /// The baseline that is accepted at once; nil for none.
    public var baseline: Baseline?
    /// What happens, in order.
    public var events: [ScenarioEvent]
    /// What is to be announced, in order.
    public var expectations: [ScenarioExpectation]
    /// Spans in which nothing may be announced, since the start.
    public var silences: [ClosedRange<Duration>]
    /// Whether quiet transitions are listed too.
    public var expectsEverything: Bool
    /// Whether it has a part `expect`: without one it says nothing, and could not fail.
    public var hasExpectations: Bool

    /// Reads a scenario.
    ///
    /// - Parameter plans: gives the plans that it names; by default there are none.
    /// - Throws: `ScenarioFault` with the line and what to write instead.
    public init(_ text: String, plans: Plans = Scenario.noPlans) throws(ScenarioFault) {
        var reader = ScenarioReader()
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            try reader.read(String(line), number: index + 1, plans: plans)
        }
        self = try reader.scenario()
    }

    init(
        beginning: ScenarioPlanReader.Beginning, events: [ScenarioEvent], expectations: [ScenarioExpectation],
        silences: [ClosedRange<Duration>], expectsEverything: Bool, hasExpectations: Bool
    ) {
        plan = beginning.plan
        ranking = beginning.ranking
        phase = beginning.phase
        baseline = beginning.baseline
        self.events = events
        self.expectations = expectations
        self.silences = silences
        self.expectsEverything = expectsEverything
        self.hasExpectations = hasExpectations
    }

    /// The rules that are expected to be raised.
    public var raisedRules: [RuleID] {
        expectations.compactMap { expectation in
            if case .alert(let rule, .raised) = expectation.subject { rule } else { nil }
        }
    }

    /// For scenarios that name no plan.
    public static func noPlans(_ name: String) throws(ScenarioPlanFault) -> SessionPlan {
        throw ScenarioPlanFault(cause: .planMissing, what: "the plan `\(name)` cannot be read here; write the rules into the scenario")
    }
}
