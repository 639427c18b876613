import AlertEngine
import Testing
import VitalsModel

/// Rules of kind `disagree` as a plan gives them.
@Suite struct DisagreeKindTests {
    static let plan = KindSample.plan("disagree", "signal: heart_rate", "against: pulse_rate")

    @Test func `its defaults`() throws {
        let rule = try KindSample.rule(Self.plan)
        #expect(KindSample.errors(Self.plan) == [])
        let expected = DisagreeRule(signal: .heartRate, comparison: .signal(.pulseRate), gap: 20, deadband: 5)
        #expect(rule.condition as? DisagreeRule == expected)
        #expect(rule.confirmation == Confirmation(onDelay: .seconds(30), minimumSamples: 2, offDelay: .seconds(10)))
        #expect(rule.type == .technical)
        #expect(rule.latching == .never)
        #expect(rule.condition.statement == "more than 20 /min from pulse_rate")
    }

    @Test func `two sources of one signal`() throws {
        let plan = KindSample.plan("disagree", "signal: spo2", "between: sources")
        let rule = try KindSample.rule(plan)
        #expect(rule.condition as? DisagreeRule == DisagreeRule(signal: .spo2, comparison: .sources, gap: 4, deadband: 1))
        #expect(rule.condition.statement == "more than 4 % between two sources")
        let own = try KindSample.rule(plan.replacing("sources\n", with: "sources\n    gap: 6\n    deadband: 3\n    for: 5 s\n"))
        #expect(own.condition as? DisagreeRule == DisagreeRule(signal: .spo2, comparison: .sources, gap: 6, deadband: 3))
        #expect(own.confirmation.onDelay == .seconds(5))
    }

    @Test(arguments: [
        Breakage("    against: pulse_rate\n", "", "rules[0]", "what it is compared with is missing", at: "▸id: watched"),
        Breakage("against: pulse_rate", "against: ▸heart_rate", "rules[0].against", "does not measure the same as heart_rate"),
        Breakage("against: pulse_rate", "against: ▸spo2", "rules[0].against", "only heart_rate and pulse_rate do"),
        Breakage("against: pulse_rate", "against: ▸pusle_rate", "rules[0].against", "did you mean \"pulse_rate\"?"),
        Breakage("against: pulse_rate", "between: ▸monitors", "rules[0].between", "\"monitors\" is none of sources"),
        Breakage("against: pulse_rate", "against: pulse_rate\n    between: ▸sources", "rules[0].between", "a rule compares two things"),
        Breakage("against: pulse_rate", "against: pulse_rate\n    gap: ▸0", "rules[0].gap", "must be above 0"),
        Breakage("against: pulse_rate", "against: pulse_rate\n    deadband: ▸20", "rules[0].deadband", "can never clear: deadband 20"),
        Breakage("against: pulse_rate", "against: pulse_rate\n    ▸readings: 2", "rules[0].readings", "heart_rate is a stream"),
        Breakage(
            "signal: heart_rate\n    against: pulse_rate", "signal: spo2\n    between: sources\n    gap: ▸50", "rules[0].gap",
            "can never alert: plausible values of spo2 lie between 50 and 100, never further apart"),
        Breakage(
            "    signal: heart_rate\n    against: pulse_rate", "    signal: resp_rate\n    between: sources", "rules[0]",
            "the key \"gap\" is missing", at: "▸id: watched"),
        Breakage(
            "signal: heart_rate\n    against: pulse_rate", "signal: ▸nibp_mean\n    between: sources", "rules[0].signal",
            "only streams are compared"),
        Breakage(
            "{signal: pulse_rate, every: 1 s}", "{signal: pulse_rate, every: 4 s}", "rules[0].against",
            "cannot be judged: pulse_rate comes every 4 s", at: "against: ▸pulse_rate"),
    ])
    func `what it refuses`(breakage: Breakage) { breakage.check(Self.plan, file: "p.yaml", read: KindSample.errors) }
}
