import MonitorTesting
import SessionFlow
import Testing
import VitalsModel

/// Past sessions under another plan.
@Suite struct SessionBacktestTests {
    private static let nurse = Actor(name: "nurse", uid: 1000)
    private static let begin = 5000.0

    private static func moment(_ seconds: Double) -> Moment {
        Moment(boot: BootInstant(seconds: begin + seconds), wall: WallInstant(nanoseconds: 0))
    }

    private static let start = EntryDraft(
        event: "s1!1", session: "s1", room: "r1", at: moment(0), actor: nurse,
        content: .sessionStarted(SessionStart(patient: "P1", plan: "p", planHash: "")))

    private static func readings(_ samples: [PlanBacktest.Sample]) -> [ReplayInput] {
        samples.enumerated().map { index, sample in
            let reading = Reading(
                source: "monitor", signal: sample.signal, value: sample.value, quality: .valid, received: moment(sample.time),
                sequence: UInt64(index + 1))
            return ReplayInput(at: moment(sample.time), kind: .reading(reading))
        }
    }

    private static func phase(_ next: SessionPhase, at seconds: Double) -> ReplayInput {
        ReplayInput(at: moment(seconds), kind: .phase(PhaseChange(from: .baseline, to: next, reason: nil), by: nurse))
    }

    private func run(_ plan: String, _ inputs: [ReplayInput], noData: Bool = false) throws -> SessionBacktest.Outcome {
        let ordered = inputs.enumerated().sorted { ($0.element.at.boot, $0.offset) < ($1.element.at.boot, $1.offset) }.map(\.element)
        return try SessionBacktest.run(plan: try BacktestPlan.plan(plan), noData: noData, start: Self.start, inputs: ordered)
    }

    @Test func `in one phase and without device words it is the back-test of the same values`() throws {
        var random = SeededRandom.announced(for: "in one phase it is the back-test of the same values")
        for _ in 0..<20 {
            let samples = Self.series(using: &random)
            var backtest = PlanBacktest(plan: try BacktestPlan.plan(Self.plan))
            let expected = backtest.run(series: samples)
            let outcome = try run(Self.plan + "\nphases acute", Self.readings(samples))
            #expect(outcome.episodes == expected)
            #expect(!expected.isEmpty)
            #expect(outcome.summary.fleeting == backtest.summary.fleeting)
            #expect(outcome.summary.readings == samples.count && outcome.summary.hours == backtest.summary.hours)
        }
    }

    /// Ten minutes in which the values stand for some seconds each, or nothing would ever be confirmed.
    private static func series(using random: inout SeededRandom) -> [PlanBacktest.Sample] {
        var samples: [PlanBacktest.Sample] = []
        var (saturation, rate) = (97.0, 80.0)
        for second in 0..<600 {
            if second % 8 == 0 { saturation = [97, 97, 93, 91, 87, 84, 40].randomElement(using: &random) ?? 97 }
            if second % 5 == 0 { rate = [80, 80, 115, 135].randomElement(using: &random) ?? 80 }
            samples += [(Double(second), .spo2, saturation), (Double(second), .heartRate, rate)]
            guard second % 150 == 0 else { continue }
            samples.append((Double(second), .nibpSystolic, [120, 165, 185].randomElement(using: &random) ?? 120))
        }
        return samples
    }

    private static let plan = """
        rule low: SpO2 below 94 for 20s, low, deadband 1, clear 10s, family f
        rule lower: SpO2 below 92 for 10s, medium, deadband 1, clear 10s, family f
        rule deep: deep SpO2 below 85 for 3s, high, deadband 1, clear 10s, family f
        rule fast: HR above 110 for 5s, high, clear 5s
        rule sbp: SBP at_least 180, 2 readings within 6m, high, deadband 5
        """

    @Test func `phases are those of the session, and the end of the session is the end of the data`() throws {
        let inputs =
            Self.readings(BacktestPlan.series(.spo2, (90, 60)))
            + [Self.phase(.dosing, at: 20.5), Self.phase(.recovery, at: 40.5), Self.phase(.closed, at: 60.5)]
        let text = "rule low: SpO2 below 92 for 5s, low, phases dosing\nrule rec: SpO2 below 92 for 5s, medium, phases recovery"
        let outcome = try run(text + "\nphases baseline dosing recovery", inputs)
        #expect(outcome.episodes.map(\.rule) == ["low", "rec"])
        #expect(outcome.episodes.map(\.end) == [.disarmed, .endOfData])
        #expect(outcome.episodes.map(\.raised) == [25.5, 45.5])
        #expect(outcome.episodes.map(\.ended) == [40.5, nil])
        #expect(outcome.departures.isEmpty)
        #expect(outcome.summary.end == 60.5)
    }

    @Test func `a phase that the plan does not have is told and passed over`() throws {
        let inputs = Self.readings(BacktestPlan.series(.spo2, (90, 30))) + [Self.phase(.acute, at: 10), Self.phase(.recovery, at: 15)]
        let outcome = try run("rule low: SpO2 below 92 for 5s, low\nphases baseline recovery", inputs)
        #expect(outcome.departures.count == 1)
        #expect(outcome.departures.first?.hasPrefix("10 s: the phase acute not taken: ") == true)
        #expect(outcome.episodes.count == 1)
    }

    @Test func `the baseline is the person's own, and answers of people are left out`() throws {
        let inputs =
            Self.readings([(10, .nibpSystolic, 120), (190, .nibpSystolic, 122), (400, .nibpSystolic, 165), (700, .nibpSystolic, 120)])
            + [
                Self.phase(.dosing, at: 300),
                ReplayInput(at: Self.moment(401), kind: .acknowledgement("s1-1", note: nil, by: Self.nurse)),
                ReplayInput(at: Self.moment(402), kind: .note(Note(text: "seen"), by: Self.nurse)),
            ]
        let text = "rule delta: SBP 40 above baseline, medium, latching always, phases dosing\nphases baseline dosing\nstream SBP every 5m"
        let outcome = try run(text, inputs)
        #expect(outcome.episodes.map(\.raised) == [400])
        #expect(outcome.episodes.map(\.end) == [.latched], "with the answer of that day it would have been closed as cleared")
        #expect(try run(text, inputs.filter { $0.at.boot != Self.moment(190).boot }).episodes.isEmpty, "one reading is no baseline")
    }

    @Test func `device states of the log move the rules on missing data`() throws {
        let lost = SourceTransition(source: "monitor", from: .streaming, to: .lost, reason: "unplugged", sequence: 100)
        let inputs =
            Self.readings(BacktestPlan.series(.spo2, (97, 10)) + BacktestPlan.series(.spo2, from: 60, (97, 10)))
            + [ReplayInput(at: Self.moment(9.5), kind: .source(lost, signals: [.spo2]))]
        let text = "rule none: no SpO2 for 6s, medium\nstream SpO2 every 1s\nphases acute"
        #expect(try run(text, inputs).episodes.isEmpty)
        #expect(try run(text, inputs, noData: true).episodes.map(\.rule) == ["none"])
    }

    @Test func `an unseen alert that comes back is a further episode, and nothing rises`() throws {
        let text =
            "rule low: SpO2 below 92 for 5s, medium, clear 10s, latching always\nphases acute\nescalate medium 10s\nremind medium 10s"
        let outcome = try run(text, Self.readings(BacktestPlan.series(.spo2, (90, 60), (97, 20), (90, 20))))
        #expect(outcome.episodes.map(\.end) == [.latched, .endOfData])
        #expect(outcome.episodes.map(\.priority) == [.medium, .medium])
    }

    @Test func `another boot's clock is brought onto the first by wall time`() {
        let start = Moment(boot: BootInstant(seconds: 900), wall: WallInstant(nanoseconds: 1_000_000_000_000))
        let later = Moment(boot: BootInstant(seconds: 20), wall: WallInstant(nanoseconds: 1_600_000_000_000))
        #expect(SessionBacktest.onClock(of: start, later).boot == BootInstant(seconds: 1500))
        #expect(SessionBacktest.onClock(of: start, start) == start)
    }

    @Test func `it begins with the start of a session`() throws {
        var draft = Self.start
        draft.content = .note(Note(text: "no start"))
        let plan = try BacktestPlan.plan(Self.plan)
        #expect(throws: ReplayFault.notASessionStart(.note)) { try SessionBacktest.run(plan: plan, start: draft, inputs: []) }
    }
}
