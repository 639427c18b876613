import AlertEngine
import ServiceConfiguration
import Testing
import VitalsModel

/// Rules of kind `composite` as a plan gives them.
@Suite struct CompositeKindTests {
    private static let sample =
        soundPlan + """
              - id: both
                kind: composite
                title: Low SpO2 and high pressure
                all: [spo2-low, sbp-delta]
                none: [spo2-missing]
                within: 60 s
                priority: high
                action: Go.
                reason: Test.

            """

    @Test func `the sample has no fault`() { #expect(readPlan(Self.sample) == []) }

    @Test func `what it rests on`() throws {
        let rule = try readRule("both", of: Self.sample)
        #expect(
            rule.condition as? CompositeRule
                == CompositeRule(
                    all: ["spo2-low", "sbp-delta"], any: [], none: ["spo2-missing"], within: .seconds(60), priority: .high))
        #expect(rule.condition.statement == "spo2-low and sbp-delta, not spo2-missing, within 60 s")
        #expect(rule.type == .physiological)
        #expect(rule.phases == [.checkin, .baseline, .dosing, .acute, .recovery])
        let atOnce = try readRule("both", of: Self.sample.replacing("    within: 60 s\n", with: ""))
        #expect((atOnce.condition as? CompositeRule)?.within == .zero)
    }

    @Test(arguments: [
        Breakage("all: [spo2-low", "all: ▸[spo2-lwo", "rules[5].all", "no rule spo2-lwo; did you mean \"spo2-low\"?"),
        Breakage("all: [spo2-low", "all: ▸[both", "rules[5].all", "cannot rest on itself"),
        Breakage("all: [spo2-low, sbp-delta]", "all: [spo2-low, ▸spo2-low]", "rules[5].all[1]", "stands here twice"),
        Breakage("all: [spo2-low, sbp-delta]", "all: ▸spo2-low", "rules[5].all", "must be a list"),
        Breakage("all: [spo2-low, sbp-delta]", "any: ▸[]", "rules[5].any", "the list is empty"),
        Breakage("    all: [spo2-low, sbp-delta]\n", "", "rules[5]", "give all, any, or both", at: "  - ▸id: both"),
        Breakage("none: [spo2-missing]", "none: ▸[spo2-low]", "rules[5].none", "to alert and not to alert"),
        Breakage(
            "none: [spo2-missing]", "none: ▸[spo2-low]", "rules[5].none", "each rule of any stands in none",
            also: ("all: [spo2-low, sbp-delta]", "any: [spo2-low]")),
        Breakage("within: 60 s", "within: ▸60", "rules[5].within", "has no unit"),
        Breakage("within: 60 s", "within: 60 s\n    ▸signal: spo2", "rules[5].signal", "have signals"),
        Breakage(
            "within: 60 s", "phases: ▸[baseline]", "rules[5].phases", "can never alert: its members and itself are armed together in no"),
        Breakage(
            "within: 60 s", "within: 60 s\n    phases: ▸[baseline]", "rules[5].phases", "only for a short time", severity: "warning"),
        Breakage(
            "  - id: both\n    kind: composite",
            "  - id: other\n    kind: ▸composite\n    title: Other\n    any: [both]\n    priority: low\n    action: Go.\n    reason: Test.\n"
                + "  - id: both\n    kind: composite", "rules[5].kind", "other rests on both rests on other",
            also: ("none: [spo2-missing]", "none: [other]")),
    ])
    func `what is wrong is said at its place`(breakage: Breakage) { breakage.check(Self.sample, file: "p.yaml", read: readPlan) }

    @Test func `a family is not a rule, and its grades are named`() {
        let grades = Self.sample.replacing(
            "    below: 92\n    for: 20 s\n    priority: medium\n",
            with: "    for: 20 s\n    grades:\n      - {below: 92, priority: medium}\n      - {below: 88, priority: high}\n")
        #expect(readPlan(grades).contains { $0.contains("it is a family, name one of spo2-low-92, spo2-low-88") }, "\(readPlan(grades))")
        #expect(readPlan(grades.replacing("all: [spo2-low,", with: "all: [spo2-low-92,")) == [])
    }

    @Test func `while a rule cannot be read no id is called unknown`() {
        let faults = readPlan(Self.sample.replacing("below: 92", with: "below: many"))
        #expect(faults.count == 1 && faults[0].contains("must be a number"), "\(faults)")
    }
}
