import AlertEngine
import Testing
import VitalsModel

/// Rules of kind `count` as a plan gives them.
@Suite struct CountKindTests {
    static let stream = KindSample.plan("count", "signal: spo2", "below: 90")
    static let cuff = KindSample.plan("count", "signal: nibp_systolic", "at_least: 160", "readings: 3", "of: 4")

    @Test func `a stream's defaults`() throws {
        let rule = try KindSample.rule(Self.stream)
        #expect(KindSample.errors(Self.stream) == [])
        let threshold = ThresholdRule(signals: [.spo2], side: .below, limit: 90, countsLimit: false, deadband: 1)
        #expect(rule.condition as? CountRule == CountRule(threshold, tally: .share(0.8, over: .seconds(30))))
        #expect(rule.confirmation == Confirmation(onDelay: .zero, minimumSamples: 1, readings: 1, offDelay: .seconds(10)))
        #expect(rule.condition.statement == "below 90 % in 80 % of 30 s")
        #expect(rule.type == .physiological)
    }

    @Test func `a cuff's keys`() throws {
        let rule = try KindSample.rule(Self.cuff.replacing("of: 4", with: "of: 4\n    within: 20 min\n    clear_readings: 2"))
        let threshold = ThresholdRule(signals: [.nibpSystolic], side: .above, limit: 160, countsLimit: true, deadband: 5)
        #expect(rule.condition as? CountRule == CountRule(threshold, tally: .readings(3, of: 4, within: .seconds(1200))))
        #expect(rule.confirmation == Confirmation(readings: 1, clearReadings: 2))
        #expect(rule.condition.statement == "3 of 4 readings at least 160 mmHg within 20 min")
    }

    @Test(arguments: [
        Breakage("    below: 90\n", "", "rules[0]", "the limit is missing", at: "▸id: watched"),
        Breakage("below: 90", "below: ▸50", "rules[0].below", "can never alert"),
        Breakage("below: 90", "below: 90\n    deadband: ▸11", "rules[0].deadband", "can never clear"),
        Breakage("below: 90", "below: 90\n    share: ▸0 %", "rules[0].share", "always alerts: a share of 0 %"),
        Breakage("below: 90", "below: 90\n    share: ▸101 %", "rules[0].share", "must be a share from 0 % to 100 %"),
        Breakage("below: 90", "below: 90\n    share: ▸0.8", "rules[0].share", "must be a share"),
        Breakage("below: 90", "below: 90\n    over: ▸4 s", "rules[0].over", "4 s is not between 5 s and 10 min"),
        Breakage(
            "{signal: spo2, every: 1 s}", "{signal: spo2, every: 20 s}", "rules[0].over",
            "can never alert: a value comes every 20 s, so good values never span 80 % of 30 s; change over",
            also: ("below: 90", "below: 90\n    over: ▸30 s")),
        Breakage("below: 90", "below: 90\n    ▸for: 10 s", "rules[0].for", "a rule of kind count alerts as soon as it is true"),
        Breakage("below: 90", "below: 90\n    ▸samples: 2", "rules[0].samples", "alerts as soon as it is true"),
        Breakage("below: 90", "below: 90\n    ▸readings: 2", "rules[0].readings", "spo2 is a stream; give share and over"),
        Breakage("below: 90", "below: 90\n    ▸clear_readings: 2", "rules[0].clear_readings", "its end is confirmed by \"clear_for\""),
    ])
    func `what it refuses of a stream`(breakage: Breakage) { breakage.check(Self.stream, file: "p.yaml", read: KindSample.errors) }

    @Test(arguments: [
        Breakage("    readings: 3\n", "", "rules[0]", "the key \"readings\" is missing", at: "▸id: watched"),
        Breakage("    of: 4\n", "", "rules[0]", "the key \"of\" is missing", at: "▸id: watched"),
        Breakage("of: 4", "of: ▸2", "rules[0].of", "can never alert: 3 of the last 2 readings"),
        Breakage("readings: 3", "readings: ▸1", "rules[0].readings", "1 is not between 2 and 10"),
        Breakage("of: 4", "of: 4\n    within: ▸599 s", "rules[0].within", "can never alert in dosing: 3 readings every 5 min take 10 min"),
        Breakage("of: 4", "of: 4\n    ▸share: 80 %", "rules[0].share", "give readings and of"),
        Breakage("of: 4", "of: 4\n    ▸clear_for: 5 s", "rules[0].clear_for", "its end is confirmed by \"clear_readings\""),
    ])
    func `what it refuses of a cuff`(breakage: Breakage) { breakage.check(Self.cuff, file: "p.yaml", read: KindSample.errors) }

    @Test func `three readings in just two intervals are possible`() {
        #expect(KindSample.errors(Self.cuff.replacing("of: 4", with: "of: 4\n    within: 10 min")) == [])
    }
}
