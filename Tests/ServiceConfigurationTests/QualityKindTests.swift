import AlertEngine
import Testing
import VitalsModel

/// Rules of kind `quality` as a plan gives them.
@Suite struct QualityKindTests {
    static let plan = KindSample.plan("quality", "signal: spo2")

    @Test func `its defaults`() throws {
        let rule = try KindSample.rule(Self.plan)
        #expect(KindSample.errors(Self.plan) == [])
        let expected = QualityRule(
            signal: .spo2, suspectShare: 0.5, window: .seconds(30), sensorOffFor: nil, perfusion: nil, priority: .medium)
        #expect(rule.condition as? QualityRule == expected)
        #expect(rule.confirmation == Confirmation(offDelay: .seconds(10)))
        #expect(rule.type == .technical)
        #expect(rule.phases == [.baseline, .dosing, .acute, .recovery])
        #expect(rule.condition.statement == "50 % of the values in 30 s doubtful")
    }

    @Test func `its keys`() throws {
        let rule = try KindSample.rule(
            KindSample.plan(
                "quality", "signal: heart_rate", "suspect_share: 30 %", "over: 60 s", "sensor_off_for: 90 s", "perfusion_below: 0.4",
                "perfusion_for: 20 s", "clear_for: 5 s"))
        let expected = QualityRule(
            signal: .heartRate, suspectShare: 0.3, window: .seconds(60), sensorOffFor: .seconds(90),
            perfusion: QualityRule.LowPerfusion(limit: 0.4, lasting: .seconds(20)), priority: .medium)
        #expect(rule.condition as? QualityRule == expected)
        #expect(rule.condition.signals == [.heartRate])
        #expect(rule.confirmation.offDelay == .seconds(5))
        #expect(
            rule.condition.statement
                == "30 % of the values in 1 min doubtful, or sensor off or signal poor for 90 s, or perfusion index below 0.4 for 20 s")
    }

    @Test func `of a cuff it takes no numbers`() throws {
        let rule = try KindSample.rule(KindSample.plan("quality", "signal: nibp_mean", "clear_readings: 2"))
        #expect(rule.confirmation.clearReadings == 2)
        #expect(rule.condition.statement == "a doubtful reading")
        #expect(rule.condition.unit == "mm[Hg]")
    }

    @Test(arguments: [
        Breakage("signal: spo2\n", "signal: spo2\n    suspect_share: ▸0 %\n", "rules[0].suspect_share", "always alerts"),
        Breakage("signal: spo2\n", "signal: spo2\n    suspect_share: ▸half\n", "rules[0].suspect_share", "must be a share"),
        Breakage("signal: spo2\n", "signal: spo2\n    over: ▸11 min\n", "rules[0].over", "11 min is not between 5 s and 10 min"),
        Breakage("signal: spo2\n", "signal: spo2\n    sensor_off_for: ▸60\n", "rules[0].sensor_off_for", "has no unit"),
        Breakage("signal: spo2\n", "signal: spo2\n    perfusion_below: ▸0\n", "rules[0].perfusion_below", "must be above 0"),
        Breakage("signal: spo2\n", "signal: spo2\n    ▸perfusion_for: 9 s\n", "rules[0].perfusion_for", "there is no perfusion_below"),
        Breakage("signal: spo2\n", "signal: spo2\n    ▸for: 9 s\n", "rules[0].for", "a rule of kind quality alerts as soon as"),
        Breakage("signal: spo2\n", "signal: spo2\n    ▸within: 9 min\n", "rules[0].within", "alerts as soon as it is true"),
        Breakage("signal: spo2\n", "signal: spo2\n    ▸worsen: 2\n", "rules[0].worsen", "no value that could become worse"),
        Breakage("signal: spo2\n", "signal: nibp_mean\n    ▸over: 60 s\n", "rules[0].over", "of which one doubtful one alerts"),
        Breakage(
            "{signal: spo2, every: 1 s}", "{signal: spo2, every: 16 s}", "rules[0].over",
            "can never alert by doubtful values: it needs 3, and 30 s hold at most 2, one every 16 s",
            also: ("signal: spo2\n", "signal: spo2\n    over: ▸30 s\n")),
        Breakage(
            "{signal: spo2, every: 1 s}", "{signal: spo2, every: 1 s}\n  - {signal: perfusion_index, every: 20 s}",
            "rules[0].perfusion_for", "good values never span 80 % of 30 s; change perfusion_for",
            also: ("signal: spo2\n", "signal: spo2\n    perfusion_below: 0.4\n    perfusion_for: ▸30 s\n")),
    ])
    func `what it refuses`(breakage: Breakage) { breakage.check(Self.plan, file: "p.yaml", read: KindSample.errors) }
}
