import AlertEngine
import ServiceConfiguration
import Testing
import VitalsModel

/// Rules of kind `manual` as a plan gives them.
@Suite struct ManualKindTests {
    private static let sample =
        soundPlan + """
              - id: moaas
                kind: manual
                title: Deeply sedated
                scale: moaas
                grades:
                  - {at_most: 3, priority: medium}
                  - {at_most: 1, priority: high}
                action: Wake.
                reason: Test.
              - id: convulsion
                kind: manual
                title: Convulsion
                called: true
                priority: high
                action: Go.
                reason: Test.

            """

    @Test func `the sample has no fault`() { #expect(readPlan(Self.sample) == []) }

    @Test func `grades of a scale are a family, and a call has no limit`() throws {
        let mild = try readRule("moaas-3", of: Self.sample)
        let grave = try readRule("moaas-1", of: Self.sample)
        #expect([mild.family, grave.family] == ["moaas", "moaas"])
        let score = ManualRule.Input.score("moaas", side: .below, limit: 3, countsLimit: true)
        #expect(mild.condition as? ManualRule == ManualRule(input: score, priority: .medium))
        #expect(mild.type == .physiological)
        #expect(mild.phases == [.checkin, .baseline, .dosing, .acute, .recovery])
        #expect(try readRule("convulsion", of: Self.sample).condition as? ManualRule == ManualRule(input: .call, priority: .high))
    }

    @Test(arguments: [
        Breakage("scale: moaas", "scale: ▸moas", "rules[5].scale", "did you mean \"moaas\"?", severity: "warning"),
        Breakage("scale: moaas", "scale: ▸MOAA/S", "rules[5].scale", "not the name of a scale"),
        Breakage("    scale: moaas\n", "", "rules[5].grades[0]", "give scale with a limit, or called: true", at: "▸{at_most: 3", count: 2),
        Breakage("scale: moaas", "scale: moaas\n    called: ▸true", "rules[5].called", "make two rules"),
        Breakage("at_most: 3", "at_most: ▸5", "rules[5].grades[0].at_most", "always alerts: moaas runs from 0 to 5"),
        Breakage("at_most: 1", "below: ▸0", "rules[5].grades[1].below", "can never alert: moaas runs from 0 to 5"),
        Breakage("at_most: 1", "at_most: ▸1, at_least: 5", "rules[5].grades[1].at_most", "a rule has one limit, and at_least is"),
        Breakage("{at_most: 1, ", "▸{", "rules[5].grades[1]", "the limit is missing"),
        Breakage("scale: moaas", "scale: moaas\n    ▸signal: spo2", "rules[5].signal", "no device"),
        Breakage("scale: moaas", "scale: moaas\n    ▸deadband: 1", "rules[5].deadband", "the next score inside the limit ends the alert"),
        Breakage("called: true", "called: ▸false", "rules[6].called", "write called: true"),
        Breakage("called: true", "called: true\n    ▸above: 3", "rules[6].above", "a call has no score"),
        Breakage("called: true", "called: true\n    ▸for: 3 s", "rules[6].for", "is confirmed by time itself"),
    ])
    func `what is wrong is said at its place`(breakage: Breakage) { breakage.check(Self.sample, file: "p.yaml", read: readPlan) }

    @Test(arguments: [
        ("at_most: 1,", "at_most: 4,", "rules[5].grades[1]", "must lie deeper than moaas-3 (3) before it, and is at 4"),
        ("at_most: 1,", "at_least: 5,", "rules[5].grades[1]", "watches something else than moaas-3"),
        ("at_most: 1,", "scale: rass, at_most: 1,", "rules[5].grades[1]", "watches something else than moaas-3"),
        ("at_most: 1, priority: high", "at_most: 1, priority: low", "rules[5].grades[1].priority", "less urgent than moaas-3"),
    ])
    func `grades out of order are refused`(old: String, new: String, path: String, message: String) {
        let faults = readPlan(Self.sample.replacing(old, with: new))
        #expect(faults.contains { $0.contains(": error: \(path)") && $0.contains(message) }, "\(faults)")
    }
}
