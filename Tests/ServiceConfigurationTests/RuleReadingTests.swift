import AlertEngine
import ServiceConfiguration
import SessionFlow
import Testing
import VitalsModel

/// What a rule becomes: defaults, stand-ins, grades and families.
@Suite struct RuleReadingTests {
    private func rules(_ changes: (old: String, new: String)...) throws -> [RuleID: AlertRule] {
        let text = changes.reduce(soundPlan) { $0.replacing($1.old, with: $1.new) }
        let result = PlanReader.read(text: text, file: "p.yaml", hash: "h")
        let plan = try #require(result.value, "\(result.faults.map(\.description).joined(separator: "\n"))")
        return Dictionary(uniqueKeysWithValues: plan.rules.map { ($0.id, $0) })
    }

    private let grades = (
        old: "    below: 92\n    for: 20 s\n    priority: medium\n",
        new: """
            for: 20 s
            grades:
              - {below: 94, for: 60 s, priority: low, title: SpO2 lowish}
              - {below: 92, priority: medium}
              - {below: 85, for: 5 s, priority: high, kind: deep}

        """
    )

    @Test func `a plan keeps its text and hash`() throws {
        let plan = try #require(PlanReader.read(text: soundPlan, file: "p.yaml", hash: "beef").value)
        #expect(plan.text == soundPlan)
        #expect(plan.hash == "beef")
        #expect(plan.version == 3)
        #expect(plan.phases == [.checkin, .baseline, .dosing, .acute, .recovery])
        #expect(plan.baseline == BaselineMethod())
        #expect(plan.response == ResponseTimes())
    }

    @Test func `a stream's defaults`() throws {
        let rule = try #require(try rules()["spo2-low"])
        #expect(rule.confirmation == Confirmation(onDelay: .seconds(20), minimumSamples: 2, offDelay: .seconds(10)))
        #expect(rule.type == .physiological)
        #expect(rule.latching == .brief)
        #expect(rule.phases == [.baseline, .dosing, .acute, .recovery])
        #expect(rule.family == nil)
        #expect(rule.worsenStep == nil)
        let condition = try #require(rule.condition as? ThresholdRule)
        #expect(condition == ThresholdRule(signals: [.spo2], side: .below, limit: 92, countsLimit: false, deadband: 1))
    }

    @Test func `a cuff rule's defaults`() throws {
        let rule = try #require(try rules()["sbp-crit"])
        #expect(rule.confirmation == Confirmation(readings: 2, window: .seconds(360), clearReadings: 1))
        #expect(rule.latching == .always)
        #expect((rule.condition as? ThresholdRule)?.countsLimit == true)
        #expect((rule.condition as? ThresholdRule)?.deadband == 5)
    }

    @Test func `rules on the baseline, on absence and on the cuff are armed where they make sense`() throws {
        let rules = try rules()
        #expect(rules["sbp-delta"]?.phases == [.dosing, .acute, .recovery])
        #expect(rules["spo2-missing"]?.phases == [.baseline, .dosing, .acute, .recovery])
        #expect(rules["cuff-overdue"]?.phases == [.baseline, .dosing])
        #expect(rules["cuff-overdue"]?.type == .technical)
    }

    @Test func `only the heart rate has a stand-in`() throws {
        let asHeart = try rules(
            (grades.old, "    below: 40\n    for: 20 s\n    priority: medium\n"),
            ("signal: spo2\n    below", "signal: heart_rate\n    below"))
        #expect(asHeart["spo2-low"]?.condition.signals == [.heartRate, .pulseRate])
        let asPulse = try rules(
            (grades.old, "    below: 40\n    for: 20 s\n    priority: medium\n"),
            ("signal: spo2\n    below", "signal: pulse_rate\n    below"))
        #expect(asPulse["spo2-low"]?.condition.signals == [.pulseRate])
    }

    @Test func `phases all means all of the plan`() throws {
        let rules = try rules(("below: 92", "below: 92\n    phases: all"))
        #expect(rules["spo2-low"]?.phases == [.checkin, .baseline, .dosing, .acute, .recovery])
    }

    @Test func `grades become rules of one family, named after their limits, and take what they do not say`() throws {
        let rules = try rules(grades)
        #expect(rules["spo2-low"] == nil)
        let low = try #require(rules["spo2-low-94"])
        let medium = try #require(rules["spo2-low-92"])
        let deep = try #require(rules["spo2-low-85"])
        #expect([low, medium, deep].map(\.family) == ["spo2-low", "spo2-low", "spo2-low"])
        #expect([low, medium, deep].map(\.title) == ["SpO2 lowish", "SpO2 low", "SpO2 low"])
        #expect([low, medium, deep].map(\.confirmation.onDelay) == [.seconds(60), .seconds(20), .seconds(5)])
        #expect([low, medium, deep].map(\.condition.canBeShelved) == [true, true, false])
        #expect([low, medium, deep].map(\.latching) == [.never, .brief, .always])
    }

    @Test func `grades keep the order of the file`() throws {
        let text = soundPlan.replacing(grades.old, with: grades.new)
        let plan = try #require(PlanReader.read(text: text, file: "p.yaml", hash: "h").value)
        #expect(plan.rules.map(\.id).prefix(3) == ["spo2-low-94", "spo2-low-92", "spo2-low-85"])
    }

    @Test func `a fault that grades inherit is said once, at its place`() {
        let text = soundPlan.replacing(grades.old, with: grades.new).replacing("title: SpO2 low\n", with: "title: 7\n    deadbnad: 1\n")
        #expect(readPlan(text).map { $0.prefix(30) }.count == 2, "\(readPlan(text))")
    }

    @Test(arguments: [
        ("below: 85", "below: 93", "rules[0].grades[2]", "must lie deeper than spo2-low-92 (92) before it, and is at 93"),
        ("below: 85", "below: 84.5", "rules[0].grades[2]", "give it an id of its own"),
        ("below: 85", "above: 95", "rules[0].grades[2]", "watches something else than spo2-low-92"),
        ("priority: high, kind", "priority: low, kind", "rules[0].grades[2].priority", "less urgent than spo2-low-92"),
        ("below: 85", "belwo: 85", "rules[0].grades[2].belwo", "did you mean \"below\"?"),
        ("below: 94, for: 60 s", "below: 94, for: 60", "rules[0].grades[0].for", "has no unit"),
    ])
    func `grades out of order are refused`(old: String, new: String, path: String, message: String) {
        let faults = readPlan(soundPlan.replacing(grades.old, with: grades.new).replacing(old, with: new))
        #expect(faults.contains { $0.contains(": error: \(path): ") && $0.contains(message) }, "\(faults)")
    }

    @Test func `a grade may have an id of its own`() throws {
        let rules = try rules((grades.old, grades.new.replacing("below: 85", with: "id: spo2-deep, below: 84.5")))
        #expect(rules["spo2-deep"]?.family == "spo2-low")
    }

    @Test func `a graver rule that is not armed everywhere deserves a look`() {
        let text = soundPlan.replacing(grades.old, with: grades.new.replacing("kind: deep", with: "kind: deep, phases: [dosing]"))
        let faults = PlanReader.read(text: text, file: "p.yaml", hash: "h").faults
        #expect(faults.map(\.severity) == [.warning, .warning, .warning])
        #expect(faults.first?.message == "is not armed in baseline, where the milder spo2-low-92 is")
    }

    @Test func `both distances of a delta need a mode`() throws {
        let both = ("baseline_plus: 40", "baseline_plus: 40\n    baseline_plus_percent: 30")
        let faults = readPlan(soundPlan.replacing(both.0, with: both.1))
        #expect(faults.count == 1 && faults[0].contains("rules[2]: the key \"mode\" is missing"), "\(faults)")
        let rule = try rules((both.0, both.1 + "\n    mode: all"))["sbp-delta"]
        let expected = DeltaRule(signals: [.nibpSystolic], side: .above, absolute: 40, percent: 30, mode: .all, deadband: 5)
        #expect(rule?.condition as? DeltaRule == expected)
    }

    @Test func `a missing rule takes its stale time from the period, or its own`() throws {
        #expect((try rules()["spo2-missing"]?.condition as? MissingRule)?.stale == .seconds(6))
        let slow = try rules(("every: 1 s}", "every: 4 s}"))["spo2-missing"]?.condition as? MissingRule
        #expect(slow?.stale == .seconds(12))
        let own = try rules(("kind: missing", "kind: missing\n    stale: 20 s"))["spo2-missing"]?.condition as? MissingRule
        #expect(own?.stale == .seconds(20))
    }

    @Test func `a window counts as at least one interval with its grace`() throws {
        let rules = try rules(
            ("{phase: baseline, every: 3 min}", "{phase: baseline, every: 1 min}"),
            ("readings: 2\n    within: 6 min", "readings: 3\n    within: 1 min\n    phases: [baseline]"))
        #expect(rules["sbp-crit"]?.confirmation.window == .seconds(60))
    }

    @Test func `steps of the cuff follow each other`() throws {
        let text = soundPlan.replacing(
            "{phase: dosing, every: 10 min}", with: "{phase: dosing, every: 10 min, for: 30 min}\n    - {phase: dosing, every: 15 min}")
        let cuff = try #require(PlanReader.read(text: text, file: "p.yaml", hash: "h").value).cuff
        #expect(cuff.interval(in: .dosing, elapsed: .seconds(49 * 60)) == .seconds(600))
        #expect(cuff.interval(in: .dosing, elapsed: .seconds(50 * 60)) == .seconds(900))
    }

    @Test func `response times and the baseline method are taken from the file`() throws {
        let text = soundPlan.replacing(
            "rules:\n",
            with: """
                baseline:
                  cuff: {readings: 3, within: 15 min, spread_mmhg: 8}
                  streams: {window: 90 s, minimum: 45 s}
                response:
                  hold: 5 min
                  reminder: {high: 90 s, low: 10 min}
                  escalation: {high: [30 s, 90 s, 3 min], medium: []}
                rules:

                """)
        let plan = try #require(PlanReader.read(text: text, file: "p.yaml", hash: "h").value)
        let method = BaselineMethod(
            cuffReadings: 3, cuffWithin: .seconds(900), cuffSpread: 8, streamWindow: .seconds(90), streamMinimum: .seconds(45))
        #expect(plan.baseline == method)
        #expect(plan.response.hold == .seconds(300))
        #expect(plan.response.reminder == [.high: .seconds(90), .medium: .seconds(300), .low: .seconds(600)])
        #expect(plan.response.escalation == [.high: [.seconds(30), .seconds(90), .seconds(180)], .medium: []])
    }
}
