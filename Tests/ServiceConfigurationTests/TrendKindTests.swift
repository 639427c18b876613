import AlertEngine
import Testing
import VitalsModel

/// Rules of kind `trend` as a plan gives them.
@Suite struct TrendKindTests {
    static let plan = KindSample.plan("trend", "signal: spo2", "falls: 1.5")

    @Test func `its defaults`() throws {
        let rule = try KindSample.rule(Self.plan)
        #expect(KindSample.errors(Self.plan) == [])
        #expect(
            rule.condition as? TrendRule
                == TrendRule(signals: [.spo2], side: .below, limit: -1.5, deadband: 0.75, window: .seconds(180), points: 10))
        #expect(rule.confirmation == Confirmation(onDelay: .zero, minimumSamples: 1, offDelay: .seconds(10)))
        #expect(rule.type == .physiological)
        #expect(rule.condition.unit == "%/min")
        #expect(rule.condition.statement == "falls by 1.5 % or more per minute, over 3 min")
    }

    @Test func `its keys`() throws {
        let rule = try KindSample.rule(
            KindSample.plan(
                "trend", "signal: heart_rate", "rises: 10", "over: 90 s", "points: 20", "deadband: 2", "for: 10 s", "clear_for: 5 s"))
        #expect(
            rule.condition as? TrendRule
                == TrendRule(signals: [.heartRate, .pulseRate], side: .above, limit: 10, deadband: 2, window: .seconds(90), points: 20))
        #expect(rule.confirmation == Confirmation(onDelay: .seconds(10), minimumSamples: 2, offDelay: .seconds(5)))
        #expect(rule.condition.unit == "/min2")
        #expect(rule.condition.statement == "rises by 10 /min or more per minute, over 90 s")
    }

    @Test func `grades grow steeper, and a slope is not a limit`() {
        let grades = Self.plan.replacing(
            "    falls: 1.5\n", with: "    grades:\n      - {falls: 1, priority: low}\n      - {falls: 3, priority: medium}\n")
        #expect(KindSample.errors(grades) == [])
        let upsideDown = KindSample.errors(grades.replacing("falls: 1,", with: "falls: 4,"))
        #expect(upsideDown.count == 1 && upsideDown[0].contains("must lie deeper than watched-4 (4) before it"), "\(upsideDown)")
        let mixed = grades.replacing("{falls: 3,", with: "{kind: threshold, below: 90, for: 5 s,")
        #expect(KindSample.errors(mixed).contains { $0.contains("watches something else than watched-1") }, "\(KindSample.errors(mixed))")
    }

    @Test(arguments: [
        Breakage("    falls: 1.5\n", "", "rules[0]", "the slope is missing: give falls or rises", at: "▸id: watched"),
        Breakage("falls: 1.5", "falls: 1.5\n    rises: ▸2", "rules[0].rises", "a rule has one side"),
        Breakage("falls: 1.5", "falls: ▸0", "rules[0].falls", "must be above 0"),
        Breakage("falls: 1.5", "falls: ▸1.25", "rules[0].falls", "1.25 has more than one decimal"),
        Breakage("falls: 1.5", "falls: ▸21", "rules[0].falls", "can never alert: plausible values of spo2 lie between 50 and 100"),
        Breakage("falls: 1.5", "falls: 1.5\n    deadband: ▸1.5", "rules[0].deadband", "a course in the other direction"),
        Breakage("falls: 1.5", "falls: 1.5\n    over: ▸59 s", "rules[0].over", "59 s is not between 1 min and 10 min"),
        Breakage("falls: 1.5", "falls: 1.5\n    over: ▸3", "rules[0].over", "has no unit"),
        Breakage("falls: 1.5", "falls: 1.5\n    points: ▸2", "rules[0].points", "2 is not between 3 and 600"),
        Breakage("falls: 1.5", "falls: 1.5\n    points: ▸182", "rules[0].points", "3 min hold at most 181 values, one every 1 s"),
        Breakage(
            "{signal: spo2, every: 1 s}", "{signal: spo2, every: 100 ms}", "rules[0].over", "only the last 1200 values are kept",
            also: ("falls: 1.5", "falls: 1.5\n    over: ▸3 min")),
        Breakage("signal: spo2\n", "signal: ▸nibp_mean\n", "rules[0].signal", "comes as single cuff measurements, and a slope"),
        Breakage("falls: 1.5", "falls: 1.5\n    ▸readings: 2", "rules[0].readings", "spo2 is a stream"),
        Breakage("falls: 1.5", "falls: 1.5\n    ▸share: 80 %", "rules[0].share", "unknown key"),
    ])
    func `what it refuses`(breakage: Breakage) { breakage.check(Self.plan, file: "p.yaml", read: KindSample.errors) }

    @Test func `181 values fit into 3 minutes`() {
        #expect(KindSample.errors(Self.plan.replacing("falls: 1.5", with: "falls: 1.5\n    points: 181")) == [])
    }
}
