import AlertEngine
import ServiceConfiguration
import SessionFlow
import Testing
import VitalsModel

/// The keys `inhibits` and `bounds` of rules, `filter` of plans, and what a plan leaves without a rule.
@Suite struct PlanKeyTests {
    private static let low = "    below: 92\n    for: 20 s\n"

    @Test func `the keys reach the plan`() throws {
        let text = soundPlan.replacing(Self.low, with: Self.low + "    bounds: {limit: [85, 94], for: [10 s, 60 s]}\n")
            .replacing("readings: 2\n", with: "readings: 2\n    inhibits: [sbp-delta]\n")
            .replacing("rules:\n", with: "filter: {spo2: 5, heart_rate: 3, resp_rate: 1}\nrules:\n")
        #expect(readPlan(text) == [])
        let plan = try #require(PlanReader.read(text: text, file: "p.yaml", hash: "h").value)
        #expect(plan.filters == [.spo2: 5, .heartRate: 3, .respRate: 1])
        let rules = Dictionary(uniqueKeysWithValues: plan.rules.map { ($0.id, $0) })
        #expect(rules["spo2-low"]?.bounds == OverrideBounds(limit: 85...94, onDelay: .seconds(10) ... .seconds(60)))
        #expect(rules["sbp-crit"]?.inhibits == ["sbp-delta"])
        #expect(rules["sbp-crit"]?.bounds == nil)
    }

    @Test(arguments: [
        Breakage("rules:\n", "filter: {spo2: ▸4}\nrules:\n", "filter.spo2", "4 is even; a median goes over 1, 3 or 5 values"),
        Breakage("rules:\n", "filter: {spo2: ▸7}\nrules:\n", "filter.spo2", "7 is not between 1 and 5"),
        Breakage("rules:\n", "filter: {nibp_systolic: ▸3}\nrules:\n", "filter.nibp_systolic", "comes from the cuff"),
        Breakage("rules:\n", "filter: {▸sp02: 3}\nrules:\n", "filter.sp02", "did you mean \"spo2\"?"),
        Breakage("rules:\n", "filter: ▸3\nrules:\n", "filter", "must be a mapping"),
    ])
    func `filters that cannot be`(breakage: Breakage) { breakage.check(soundPlan, file: "p.yaml", read: readPlan) }

    private static func inhibits(_ list: String) -> String { "readings: 2\n    inhibits: \(list)\n" }

    @Test(arguments: [
        Breakage("readings: 2\n", inhibits("▸[sbp-dleta]"), "rules[1].inhibits", "no rule sbp-dleta; did you mean \"sbp-delta\"?"),
        Breakage("readings: 2\n", inhibits("▸[sbp-crit]"), "rules[1].inhibits", "cannot inhibit itself"),
        Breakage("readings: 2\n", inhibits("[sbp-delta, ▸sbp-delta]"), "rules[1].inhibits[1]", "stands here twice"),
        Breakage(
            "baseline_plus: 40", "baseline_plus: 40\n    inhibits: ▸[sbp-crit]", "rules[2].inhibits",
            "sbp-crit can be of high priority and would be silenced by a rule of medium"),
        Breakage(
            "baseline_plus: 40", "baseline_plus: 40\n    inhibits: ▸[spo2-missing]", "rules[2].inhibits", "spo2-missing can be of high",
            also: ("kind: missing", "kind: missing\n    high_after: 60 s")),
        Breakage(
            "readings: 2\n", inhibits("▸[spo2-low]"), "rules[1].inhibits", "is a deep limit",
            also: (
                "kind: threshold\n    title: SpO2 low\n    signal: spo2\n    below: 92\n    for: 20 s\n    priority: medium",
                "kind: deep\n    title: SpO2 low\n    signal: spo2\n    below: 85\n    for: 5 s\n    priority: high"
            )),
        Breakage(
            "below: 92\n", "below: 92\n    inhibits: ▸[sbp-delta]\n", "rules[0].inhibits",
            "spo2-low inhibits sbp-delta inhibits spo2-missing inhibits spo2-low",
            also: ("baseline_plus: 40\n", "baseline_plus: 40\n    inhibits: [spo2-missing]\n"),
            further: ("kind: missing\n", "kind: missing\n    inhibits: [spo2-low]\n")),
    ])
    func `inhibitions that cannot be`(breakage: Breakage) { breakage.check(soundPlan, file: "p.yaml", read: readPlan) }

    private static func bounds(_ words: String) -> String { "\(low)    bounds: \(words)\n" }

    @Test(arguments: [
        Breakage(low, bounds("▸{}"), "rules[0].bounds", "gives no bounds"),
        Breakage(low, bounds("{limit: ▸[93, 95]}"), "rules[0].bounds.limit", "own limit 92 is not between"),
        Breakage(low, bounds("{limit: ▸[85]}"), "rules[0].bounds.limit", "a list of two"),
        Breakage(low, bounds("{limit: ▸[94, 85]}"), "rules[0].bounds.limit", "the least must stand before the most"),
        Breakage(low, bounds("{limit: [▸40, 94]}"), "rules[0].bounds.limit[0]", "plausible values of spo2 lie between 50 and 100"),
        Breakage(low, bounds("{limit: [85, ▸99.5]}"), "rules[0].bounds.limit[1]", "its clear limit must lie there too"),
        Breakage(low, bounds("{for: ▸[30 s, 60 s]}"), "rules[0].bounds.for", "own delay 20 s is not between"),
        Breakage(low, bounds("{for: [▸10, 60 s]}"), "rules[0].bounds.for[0]", "has no unit"),
        Breakage(low, bounds("▸{delay: [10 s, 60 s]}"), "rules[0].bounds", "gives no bounds", count: 2),
        Breakage("readings: 2\n", "readings: 2\n    bounds: {for: ▸[0 s, 1 s]}\n", "rules[1].bounds.for", "values of a stream"),
        Breakage(
            "kind: missing\n", "kind: missing\n    bounds: {limit: ▸[3, 9]}\n", "rules[3].bounds.limit",
            "a rule of kind missing has no limit that a session could change"),
        Breakage(
            "baseline_plus: 40\n", "baseline_plus: 40\n    bounds: {limit: ▸[30, 50]}\n", "rules[2].bounds.limit", "kind delta has no limit"
        ),
    ])
    func `bounds that cannot be`(breakage: Breakage) { breakage.check(soundPlan, file: "p.yaml", read: readPlan) }

    @Test func `a deep limit can only be made stricter`() throws {
        let deep = soundPlan.replacing("kind: threshold\n    title: SpO2 low", with: "kind: deep\n    title: SpO2 low")
            .replacing("for: 20 s\n    priority: medium", with: "for: 4 s\n    priority: high")
        func faults(_ bounds: String) -> [String] { readPlan(deep.replacing("below: 92\n", with: "below: 92\n    bounds: \(bounds)\n")) }
        #expect(faults("{limit: [92, 94], for: [0 s, 4 s]}") == [])
        #expect(faults("{limit: [91, 94]}").first?.contains("92 is the loosest bound") ?? false)
        #expect(faults("{for: [0 s, 5 s]}").first?.contains("4 s is the longest delay") ?? false)
    }

    @Test(arguments: [
        Breakage(
            "kind: threshold\n    title: SpO2 low\n    signal: spo2\n    below: 92\n    for: 20 s",
            "kind: threshold\n    title: SpO2 low\n    signal: resp_rate\n    below: 9\n    for: 20 s", "expect[0]",
            "no rule holds its values against a limit", severity: "warning", at: "▸{signal: spo2, every"),
        Breakage(
            "signal: nibp_systolic\n    at_least: 180\n    readings: 2\n    within: 6 min",
            "signal: resp_rate\n    above: 40\n    for: 60 s", "cuff", "no rule holds a pressure against a limit", severity: "warning",
            also: ("signal: nibp_systolic\n    baseline_plus: 40", "signal: spo2\n    baseline_minus: 4\n    for: 20 s"), at: "▸intervals:"),
    ])
    func `what is awaited and held against nothing is doubted`(breakage: Breakage) {
        breakage.check(soundPlan, file: "p.yaml", read: readPlan)
    }
}
