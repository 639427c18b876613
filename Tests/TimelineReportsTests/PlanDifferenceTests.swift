import AlertEngine
import Foundation
import ServiceConfiguration
import SessionFlow
import Testing
import TimelineReports
import VitalsModel

/// What changed from one plan to another.
@Suite struct PlanDifferenceTests {
    private func difference(_ changes: (old: String, new: String)...) throws -> PlanDifference {
        var new = try PlanSamples.small().text
        for change in changes {
            let parts = new.components(separatedBy: change.old)
            try #require(parts.count == 2, "\"\(change.old)\" must be in the plan exactly once")
            new = parts.joined(separator: change.new)
        }
        return PlanDifference(from: try PlanSamples.small(), to: try PlanSamples.plan(new))
    }

    private func lines(_ difference: PlanDifference) -> [String] {
        PlanDifferenceText.lines(difference).filter { !$0.hasPrefix("warning: ") }
    }

    @Test func `equal plans have no difference`() throws {
        let plan = try PlanSamples.shipped()
        let difference = PlanDifference(from: plan, to: plan)
        #expect(difference.changes.isEmpty)
        #expect(difference.warnings.isEmpty)
        #expect(!difference.changesAlerts)
        #expect(PlanDifferenceText.lines(difference) == ["no difference"])
    }

    @Test func `comments and order of keys are no difference, but ask for a version`() throws {
        let difference = try difference(("version: 3", "version: 3 # three"))
        #expect(difference.changes.isEmpty)
        #expect(!difference.changesAlerts)
        #expect(
            PlanDifferenceText.lines(difference) == [
                "only comments or layout differ",
                "warning: the version is still 3 although the file changed; raise it with every change",
            ])
    }

    /// One change of a rule: the old text, the new text, the line.
    @Test(arguments: [
        // Limits, on both sides.
        ("below: 50", "below: 45", "hr-low: limit 50 -> 45 /min (looser: alerts later)"),
        ("below: 50", "below: 55", "hr-low: limit 50 -> 55 /min (tighter: alerts earlier)"),
        ("below: 85", "below: 84", "spo2-deep: limit 85 -> 84 % (looser: alerts later)"),
        ("at_least: 180", "at_least: 185", "sbp-crit: limit 180 -> 185 mmHg (looser: alerts later)"),
        ("at_least: 180", "at_least: 175", "sbp-crit: limit 180 -> 175 mmHg (tighter: alerts earlier)"),
        ("at_least: 180", "above: 180", "sbp-crit: condition at least 180 mmHg -> above 180 mmHg (looser: alerts later)"),
        ("below: 50", "at_most: 50", "hr-low: condition below 50 /min -> at most 50 /min (tighter: alerts earlier)"),
        ("baseline_minus: 6", "baseline_minus: 7", "rr-fall: limit 6 -> 7 /min (looser: alerts later)"),
        ("baseline_minus: 6", "baseline_minus: 5", "rr-fall: limit 6 -> 5 /min (tighter: alerts earlier)"),
        (
            "baseline_plus: 8", "baseline_plus: 7",
            "rr-delta: condition at least 8 /min or 45 % above the baseline -> at least 7 /min or 45 % above the baseline "
                + "(tighter: alerts earlier)"
        ),
        (
            "mode: any", "mode: all",
            "rr-delta: condition at least 8 /min or 45 % above the baseline -> at least 8 /min and 45 % above the baseline "
                + "(looser: alerts later)"
        ),
        (
            "baseline_minus: 6", "baseline_minus_percent: 10",
            "rr-fall: condition at least 6 /min below the baseline -> at least 10 % below the baseline "
                + "(looser or tighter: judge by the words)"
        ),
        ("high_after: 70 s,", "high_after: 70 s, stale: 12 s,", "spo2-missing: limit 7 -> 12 s (looser: alerts later)"),
        (
            "failures: 2", "failures: 3",
            "cuff-overdue: condition no cuff measurement within the interval and its grace, or 2 failed measurements in a row -> no cuff "
                + "measurement within the interval and its grace, or 3 failed measurements in a row (looser or tighter: judge by the words)"
        ),
        // What a session may change, and whom the rule silences.
        (
            "worsen: 5, samples: 7", "worsen: 5, bounds: {limit: [45, 55], for: [10 s, 30 s]}, samples: 7",
            "hr-low: bounds of what a session may change: none -> limit 45 to 55 /min, delay 10 s to 30 s "
                + "(looser or tighter: judge by the words)"
        ),
        (
            "failures: 2", "failures: 2, inhibits: [rr-fall]",
            "cuff-overdue: silences none -> rr-fall (looser or tighter: judge by the words)"
        ),
        // Confirmation and end.
        ("for: 25 s", "for: 35 s", "hr-low: delay 25 s -> 35 s (looser: alerts later)"),
        ("for: 25 s", "for: 15 s", "hr-low: delay 25 s -> 15 s (tighter: alerts earlier)"),
        ("samples: 7", "samples: 9", "hr-low: values needed 7 -> 9 (looser: alerts later)"),
        ("readings: 2, within: 25", "readings: 3, within: 25", "sbp-high: readings needed 2 -> 3 (looser: alerts later)"),
        ("readings: 2, within: 25 min", "readings: 1", "sbp-high: readings needed 2 -> 1 (tighter: alerts earlier)"),
        (
            "at_least: 180", "at_least: 180, readings: 2, within: 6 min",
            "sbp-crit: readings needed 1 -> 2 within 6 min (looser: alerts later)"
        ),
        ("within: 25 min", "within: 24 min", "sbp-high: readings needed within 25 min -> 24 min (looser: alerts later)"),
        ("clear_for: 14 s", "clear_for: 4 s", "hr-low: time inside the limit before it ends 14 s -> 4 s (looser: ends sooner)"),
        ("clear_readings: 3", "clear_readings: 4", "sbp-high: readings inside the limit before it ends 3 -> 4 (tighter: ends later)"),
        ("deadband: 4", "deadband: 6", "hr-low: deadband 4 /min -> 6 /min (tighter: ends later)"),
        ("worsen: 5", "worsen: 8", "hr-low: announced again when worse by 5 /min -> 8 /min (looser: people are called later)"),
        ("worsen: 5,", "", "hr-low: announced again when worse by 5 /min -> never (looser: people are called later)"),
        // Gravity and handling.
        ("phases: [dosing, acute]", "phases: [dosing]", "hr-low: armed in dosing, acute -> dosing (looser: watches less)"),
        (
            "phases: [dosing, acute]", "phases: [dosing, acute, recovery]",
            "hr-low: armed in dosing, acute -> dosing, acute, recovery (tighter: watches more)"
        ),
        (
            "phases: [dosing, acute]", "phases: [acute, recovery]",
            "hr-low: armed in dosing, acute -> acute, recovery (looser or tighter: judge by the words)"
        ),
        (
            "priority: medium, phases", "priority: medium, latching: never, phases",
            "hr-low: latching brief -> never (looser: can go unseen)"
        ),
        (
            "priority: medium, phases", "priority: medium, latching: always, phases",
            "hr-low: latching brief -> always (tighter: stays to be seen)"
        ),
        (
            "priority: medium, phases", "priority: low, latching: brief, phases",
            "hr-low: priority medium -> low (looser: less urgent)"
        ),
        ("family: slow", "family: slowly", "hr-low: family slow -> slowly (neutral)"),
        (
            "priority: medium, phases", "priority: medium, latching: brief, type: advisory, phases",
            "hr-low: type physiological -> advisory (neutral)"
        ),
        (
            "kind: deep", "kind: threshold",
            "spo2-deep: kind deep -> threshold (looser: can be shelved or switched off)"
        ),
        // Rules that come and go, and grades.
        ("id: hr-low", "id: hr-slow", "hr-low -> hr-slow: renamed (neutral)"),
        // Cuff, streams, baseline, response.
        (
            "phase: baseline, every: 3 min", "phase: baseline, every: 4 min",
            "cuff: baseline every 3 min -> every 4 min (looser: noticed later)"
        ),
        (
            "every: 5 min, for: 20 min", "every: 4 min, for: 20 min",
            "cuff: dosing every 5 min until 20 min, then every 10 min -> every 4 min until 20 min, then every 10 min "
                + "(tighter: noticed earlier)"
        ),
        (
            "every: 5 min, for: 20 min", "every: 5 min, for: 10 min",
            "cuff: dosing every 5 min until 20 min, then every 10 min -> every 5 min until 10 min, then every 10 min "
                + "(looser: noticed later)"
        ),
        ("grace_at_least: 60 s", "grace_at_least: 90 s", "cuff: grace at least 1 min -> 90 s (looser: noticed later)"),
        ("grace_share: 20 %", "grace_share: 10 %", "cuff: grace as a share of the interval 20 % -> 10 % (tighter: noticed earlier)"),
        (
            "repeat_after: 3 min", "repeat_after: 5 min",
            "cuff: repeated after a value beyond a limit by 3 min -> 5 min (looser: noticed later)"
        ),
        (
            "{signal: heart_rate, every: 1 s}", "{signal: heart_rate, every: 3 s}",
            "expected streams: heart rate every 1 s -> every 3 s (looser: noticed later)"
        ),
        ("readings: 2, within: 11", "readings: 3, within: 11", "baseline: cuff readings 2 -> 3 (neutral)"),
        ("within: 11 min", "within: 12 min", "baseline: cuff readings within 11 min -> 12 min (neutral)"),
        ("spread_mmhg: 10", "spread_mmhg: 15", "baseline: spread of cuff readings 10 mmHg -> 15 mmHg (neutral)"),
        ("window: 2 min", "window: 3 min", "baseline: window of streams 2 min -> 3 min (neutral)"),
        ("minimum: 50 s", "minimum: 40 s", "baseline: good data of streams 50 s -> 40 s (neutral)"),
        ("hold: 12 min", "hold: 10 min", "response: a silent source holds an alert 12 min -> 10 min (neutral)"),
        (
            "{high: 130 s,", "{high: 140 s,",
            "response: high, once acknowledged, comes again after 130 s -> after 140 s (looser: people are called later)"
        ),
        (
            "high: [1 min, 3 min]", "high: [1 min]",
            "response: high escalates after 1 min and 3 min -> after 1 min (looser: people are called later)"
        ),
        (
            "medium: [4 min, 10 min]", "medium: [3 min, 10 min]",
            "response: medium escalates after 4 min and 10 min -> after 3 min and 10 min (tighter: people are called earlier)"
        ),
        (
            "medium: [4 min, 10 min]", "medium: [3 min, 11 min]",
            "response: medium escalates after 4 min and 10 min -> after 3 min and 11 min (looser or tighter: judge by the words)"
        ),
    ])
    func `one changed field that alerts is one line`(old: String, new: String, line: String) throws {
        let difference = try difference((old, new))
        #expect(lines(difference) == [line])
        #expect(difference.changesAlerts)
        #expect(difference.warnings.count == 1)
    }

    @Test(arguments: [
        ("title: Slow heart", "title: Slow pulse", "hr-low: title \"Slow heart\" -> \"Slow pulse\" (neutral)"),
        ("action: Look at it.", "action: Call.", "hr-low: action \"Look at it.\" -> \"Call.\" (neutral)"),
        ("reason: Slow source.", "reason: Book.", "hr-low: reason \"Slow source.\" -> \"Book.\" (neutral)"),
        ("version: 3", "version: 4", "plan: version 3 -> 4 (neutral)"),
        ("title: Small plan", "title: Smaller plan", "plan: title \"Small plan\" -> \"Smaller plan\" (neutral)"),
        ("id: small", "id: smaller", "plan: id small -> smaller (neutral)"),
        ("route: iv", "route: im", "plan: route iv -> im (neutral)"),
        (
            "reviewed_by: A. Clinician", "reviewed_by: B. Clinician",
            "plan: reviewed by A. Clinician, 2025-03-01 -> B. Clinician, 2025-03-01 (neutral)"
        ),
    ])
    func `one changed text is one line and alerts nobody`(old: String, new: String, line: String) throws {
        let difference = try difference((old, new))
        #expect(lines(difference) == [line])
        #expect(!difference.changesAlerts)
    }

    @Test func `a removed rule says what nobody watches any more, or what is left`() throws {
        let old = try PlanSamples.small()
        var new = old
        new.text += "#"
        new.rules.removeAll { $0.id == "hr-low" }
        #expect(
            lines(PlanDifference(from: old, to: new)) == [
                "rule hr-low removed: heart rate or else pulse rate below 50 /min is no longer watched by any rule (looser: watches less)"
            ])
        new = old
        new.text += "#"
        new.rules.removeAll { $0.id == "sbp-high" }
        #expect(
            lines(PlanDifference(from: old, to: new)) == [
                "rule sbp-high removed: systolic pressure at least 160 mmHg; what is left is sbp-crit (at least 180 mmHg) "
                    + "(looser: watches less)"
            ])
        #expect(
            lines(PlanDifference(from: new, to: old)) == [
                "rule sbp-high added: systolic pressure at least 160 mmHg, 2 readings within 25 min, ends after 3 readings "
                    + "at most 155 mmHg, priority medium (tighter: watches more)"
            ])
    }

    @Test func `a grade that got another limit, and with it another name, is the same rule`() throws {
        let old = try PlanSamples.shipped()
        // Another rule rests on it by its name.
        let text = old.text.replacing("- below: 92\n", with: "- below: 90\n").replacing("spo2-low-92", with: "spo2-low-90")
        #expect(text != old.text)
        let found = lines(PlanDifference(from: old, to: try PlanSamples.plan(text)))
        #expect(
            found.filter { !$0.hasPrefix("breathing-fails") } == [
                "spo2-low-92 -> spo2-low-90: limit 92 -> 90 % (looser: alerts later)"
            ], "\(found.joined(separator: "\n"))")
        #expect(found.count == 3)
    }

    @Test func `looser stands before tighter, and neutral last`() throws {
        let difference = try difference(
            ("title: Slow heart", "title: Slow pulse"), ("below: 85", "below: 86"), ("for: 40 s", "for: 50 s"), ("mode: any", "mode: all"),
            ("phases: [dosing, acute]", "phases: [acute, recovery]"), ("version: 3", "version: 4"))
        #expect(difference.changes.map(\.direction) == [.looser, .looser, .either, .tighter, .neutral, .neutral])
        #expect(difference.warnings.isEmpty)
    }

    @Test func `the order within a family counts`() throws {
        let old = try PlanSamples.small()
        var new = old
        new.text += "#"
        new.rules.swapAt(2, 3)
        #expect(
            lines(PlanDifference(from: old, to: new)) == [
                "family sbp: order sbp-high, sbp-crit -> sbp-crit, sbp-high (neutral: the last one is the gravest)"
            ])
    }

    @Test func `a version that went back is told`() throws {
        #expect(try difference(("version: 3", "version: 2")).warnings == ["the version went back from 3 to 2; raise it with every change"])
    }

    @Test func `lines are broken where the screen has a width, and a colour never stands alone`() throws {
        let difference = try difference(("below: 85", "below: 84"), ("mode: any", "mode: all"))
        let lines = PlanDifferenceText.lines(difference, style: TailStyle(usesColour: true, width: 60))
        let plain = lines.map { $0.replacingOccurrences(of: "\u{1B}\\[[0-9;]*m", with: "", options: .regularExpression) }
        #expect(plain.allSatisfy { $0.count <= 60 })
        #expect(plain.first == "spo2-deep: limit 85 -> 84 % (looser: alerts later)")
        #expect(lines.first?.hasPrefix("\u{1B}[1;31m") ?? false)
    }
}
