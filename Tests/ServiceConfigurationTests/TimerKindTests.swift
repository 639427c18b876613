import AlertEngine
import ServiceConfiguration
import Testing
import VitalsModel

/// Rules of kind `timer` as a plan gives them.
@Suite struct TimerKindTests {
    private static let sample =
        soundPlan + """
              - id: duty
                kind: timer
                title: Rate the sedation
                since: first_dose
                awaits: cuff
                opens: 35 min
                due: 50 min
                grace: 10 min
                raise_to: medium
                priority: low
                action: Rate.
                reason: Test.

            """

    private func duty(_ changes: (old: String, new: String)...) throws -> AlertRule {
        try readRule("duty", of: changes.reduce(Self.sample) { $0.replacing($1.old, with: $1.new) })
    }

    @Test func `the sample has no fault`() { #expect(readPlan(Self.sample) == []) }

    @Test func `a duty with a window, and what it is by default`() throws {
        let rule = try duty()
        #expect(
            rule.condition as? TimerRule
                == TimerRule(
                    since: .firstDose, duty: .once(.cuff, opens: .seconds(2100), due: .seconds(3000)), priority: .low,
                    rise: TimerRule.Rise(after: .seconds(600), priority: .medium)))
        #expect(rule.type == .advisory)
        #expect(rule.latching == .never)
        #expect(rule.phases == [.checkin, .baseline, .dosing, .acute, .recovery])
        #expect(rule.condition.statement == "no cuff measurement between 35 and 50 min after the first dose; medium 10 min later")
        #expect((try duty(("    raise_to: medium\n", "")).condition as? TimerRule)?.rise?.priority == .medium)
    }

    @Test func `a duty that comes again, and what must not come early`() throws {
        let window = (old: "    awaits: cuff\n    opens: 35 min\n    due: 50 min\n", new: "    awaits: scale moaas\n    every: 15 min\n")
        let again = try duty(window, ("since: first_dose", "since: phase acute")).condition as? TimerRule
        #expect(again?.since == .phase(.acute))
        #expect(again?.duty == .again(.scale("moaas"), every: .seconds(900)))
        let early = try duty(
            (window.old, "    not_before: 2 h\n    phases: [recovery]\n"), ("    grace: 10 min\n    raise_to: medium\n", ""))
        #expect((early.condition as? TimerRule)?.duty == .notBefore(.seconds(7200)))
        #expect(early.condition.statement == "less than 120 min after the first dose")
    }

    private static let once = (old: "opens: 35 min\n    due: 50 min", new: "every: 50 min")

    @Test(arguments: [
        Breakage("since: first_dose", "since: ▸frist_dose", "rules[5].since", "did you mean \"first_dose\"?"),
        Breakage("since: first_dose", "since: ▸phase discharge", "rules[5].since", "no phase discharge, so it never begins"),
        Breakage("since: first_dose", "since: ▸phase nap", "rules[5].since", "\"nap\" is none of "),
        Breakage(
            "since: first_dose", "since: ▸cuff", "rules[5].since", "happens again and again", also: ("awaits: cuff", "awaits: scale moaas")),
        Breakage("    since: first_dose\n", "", "rules[5]", "the key \"since\" is missing", at: "  - ▸id: duty"),
        Breakage("    awaits: cuff\n", "", "rules[5]", "the key \"awaits\" is missing", at: "  - ▸id: duty"),
        Breakage("awaits: cuff", "awaits: ▸session_start", "rules[5].awaits", "has started before any rule asks"),
        Breakage("awaits: cuff", "awaits: ▸scale Moaas", "rules[5].awaits", "not the name of a scale"),
        Breakage("awaits: cuff", "awaits: ▸scale moas", "rules[5].awaits", "did you mean \"moaas\"?", severity: "warning"),
        Breakage("opens: 35 min", "opens: ▸50 min", "rules[5].opens", "counts from 50 min on and is due at 50 min"),
        Breakage("opens: 35 min", "opens: ▸35 min", "rules[5].opens", "happens once", also: ("awaits: cuff", "awaits: phase acute")),
        Breakage("due: 50 min", "due: ▸50 s", "rules[5].due", "50 s is not between 1 min and 1 d"),
        Breakage("    due: 50 min\n", "", "rules[5]", "the key \"due\" is missing", at: "  - ▸id: duty"),
        Breakage(
            "due: 50 min", "due: 50 min\n    not_before: 2 h\n    phases: [recovery]", "rules[5].awaits", "gives not_before",
            at: "▸awaits: cuff", count: 5),
        Breakage("due: 50 min", "every: 5 min", "rules[5].opens", "due again and again", at: "▸opens: 35 min"),
        Breakage(once.old, "every: ▸50 min", "rules[5].every", "happens once; give due", also: ("awaits: cuff", "awaits: phase acute")),
        Breakage("raise_to: medium", "raise_to: ▸low", "rules[5].raise_to", "is not above the rule's own priority low"),
        Breakage("    grace: 10 min\n", "", "rules[5].raise_to", "\"grace\", which is missing", at: "▸raise_to"),
        Breakage("awaits: cuff", "awaits: cuff\n    ▸signal: spo2", "rules[5].signal", "watches the clock"),
        Breakage("awaits: cuff", "awaits: cuff\n    phases: ▸[checkin, baseline]", "rules[5].phases", "only before the first dose"),
        Breakage("awaits: cuff\n    opens: 35 min", "awaits: ▸phase baseline", "rules[5].awaits", "comes before the first dose"),
        Breakage("awaits: cuff\n    opens: 35 min", "awaits: ▸first_dose", "rules[5].awaits", "the event that it is counted from"),
    ])
    func `what is wrong is said at its place`(breakage: Breakage) { breakage.check(Self.sample, file: "p.yaml", read: readPlan) }

    @Test func `without a phase or a schedule an event cannot come`() {
        let noDosing = Self.sample.replacing("baseline, dosing, acute", with: "baseline, acute")
        #expect(readPlan(noDosing).contains { $0.contains("rules[5].since") && $0.contains("no first dose is ever told") })
        let noCuff = Self.sample.replacing(
            "cuff:\n  intervals:\n    - {phase: baseline, every: 3 min}\n    - {phase: dosing, every: 5 min, for: 20 min}\n"
                + "    - {phase: dosing, every: 10 min}\n", with: "")
        #expect(readPlan(noCuff).contains { $0.contains("warning: rules[5].awaits") && $0.contains("no cuff.intervals") })
    }
}
