import Testing

/// Each fault of a plan, with its line, column and key path.
@Suite struct PlanFaultTests {
    @Test func `the sample has no fault`() { #expect(readPlan(soundPlan) == []) }

    @Test(arguments: [
        Breakage("id: test-plan", "id: ▸7", "id", "must be a text, not the number 7; put it in quotes"),
        Breakage("id: test-plan", "id: ▸Test Plan", "id", "\"Test Plan\" is not an id"),
        Breakage("id: test-plan", "id:▸", "id", "has no value"),
        Breakage("title: A plan for tests", "title: ▸yes", "title", "must be a text, not the truth value yes"),
        Breakage("title: A plan for tests", "title: ▸[A, B]", "title", "must be a text, not a list"),
        Breakage("version: 3", "version: ▸\"3\"", "version", "not the text \"3\"; write 3 without quotes"),
        Breakage("version: 3", "version: ▸3.5", "version", "must be a whole number, not 3.5"),
        Breakage("version: 3", "version: ▸0", "version", "0 is not between 1 and"),
        Breakage("version: 3\n", "", "", "the key \"version\" is missing"),
        Breakage("version: 3", "version: 3\n▸versoin: 3", "versoin", "unknown key"),
        Breakage("route: iv", "route: ▸intravenous", "route", "\"intravenous\" is none of iv, im, oral, nasal, none"),
        Breakage("below: 92", "below: ▸\"92\"", "rules[0].below", "not the text \"92\"; write 92 without quotes"),
        Breakage("below: 92", "below: ▸92 %", "rules[0].below", "must be a number, not the text \"92 %\"; write digits alone"),
        Breakage("below: 92", "below: ▸1e2", "rules[0].below", "must be a number"),
        Breakage("below: 92", "below: ▸.nan", "rules[0].below", "must be a number"),
        Breakage("for: 20 s", "for: ▸20", "rules[0].for", "the duration 20 has no unit; write 20 s, 20 min or 20 h"),
        Breakage("for: 20 s", "for: ▸20 sec", "rules[0].for", "\"sec\" is not a unit of time"),
        Breakage("for: 20 s", "for: ▸soon", "rules[0].for", "\"soon\" is not a duration"),
        Breakage("for: 20 s", "for: ▸-20 s", "rules[0].for", "is not between 0 s and"),
        Breakage("for: 20 s", "for: ▸2 h", "rules[0].for", "2 h is not between 0 s and 1 h"),
        Breakage("kind: delta", "kind: ▸detla", "rules[2].kind", "did you mean \"delta\"?"),
        Breakage("signal: spo2\n    below", "signal: ▸sp02\n    below", "rules[0].signal", "did you mean \"spo2\"?"),
        Breakage("below: 92", "below: 92\n    ▸deadbnad: 1", "rules[0].deadbnad", "unknown key; did you mean \"deadband\"?"),
        Breakage("below: 92", "below: 92\n    ▸colour: red", "rules[0].colour", "unknown key; known here: above, action"),
        Breakage("  - id: cuff-overdue", "  - ▸17\n  - id: cuff-overdue", "rules[4]", "must be a mapping of keys and values"),
    ])
    func `wrong types, words and keys`(breakage: Breakage) { breakage.check(soundPlan, file: "p.yaml", read: readPlan) }

    @Test(arguments: [
        Breakage(
            "id: spo2-low\n    kind: threshold\n    title: SpO2 low\n    signal: spo2\n    below: 92\n",
            "▸id: spo2-low\n    kind: threshold\n    title: SpO2 low\n    signal: spo2\n", "rules[0]", "the limit is missing"),
        Breakage(
            "id: spo2-low\n    kind: threshold\n", "▸id: spo2-low\n", "rules[0]", "the key \"kind\" is missing: one of threshold, deep"),
        Breakage("below: 92", "above: 99\n    below: ▸92", "rules[0].below", "a rule has one limit, and above is already given"),
        Breakage("at_least: 180", "at_least: ▸280.5", "rules[1].at_least", "can never alert: no value is above 280.5"),
        Breakage("at_least: 180", "above: ▸280", "rules[1].above", "plausible values of nibp_systolic lie between 40 and 280 mmHg"),
        Breakage("at_least: 180", "at_least: ▸30", "rules[1].at_least", "always alerts"),
        Breakage("below: 92", "below: ▸0", "rules[0].below", "can never alert"),
        Breakage("below: 92", "below: 92\n    deadband: ▸9", "rules[0].deadband", "can never clear: the clear limit would be 101"),
        Breakage("below: 92", "below: 92\n    deadband: ▸-1", "rules[0].deadband", "-1 is not between 0 and 100"),
        Breakage("below: 92", "below: 92\n    worsen: ▸0", "rules[0].worsen", "must be above 0"),
        Breakage("baseline_plus: 40", "baseline_plus: 40\n    deadband: ▸40", "rules[2].deadband", "on the other side of the baseline"),
        Breakage("baseline_plus: 40", "baseline_plus: ▸0", "rules[2].baseline_plus", "must be above 0"),
        Breakage("baseline_plus: 40", "baseline_plus: 40\n    ▸mode: any", "rules[2].mode", "it chooses between two distances"),
        Breakage("baseline_plus: 40", "baseline_plus: 40\n    baseline_minus: ▸40", "rules[2].baseline_minus", "a rule has one side"),
        Breakage("baseline_plus: 40", "baseline_minus_percent: ▸120", "rules[2].baseline_minus_percent", "120 is not between 0 and 99"),
        Breakage("readings: 2\n", "readings: 2\n    ▸for: 20 s\n", "rules[1].for", "comes as single cuff measurements"),
        Breakage("below: 92", "below: 92\n    ▸readings: 2", "rules[0].readings", "spo2 is a stream"),
        Breakage("readings: 2\n    within", "readings: 1\n    ▸within", "rules[1].within", "one reading is enough"),
        Breakage(
            "readings: 2\n    within: 6 min", "readings: 4\n    within: ▸8 min", "rules[1].within", "4 readings every 3 min take 9 min"),
        Breakage("readings: 2\n    within: 6 min", "readings: 4\n    within: ▸10 min", "rules[1].within", "can never alert in dosing"),
        Breakage("within: 6 min", "within: 6 min\n    phases: [▸discharge]", "rules[1].phases[0]", "this plan has no phase discharge"),
        Breakage("within: 6 min", "within: 6 min\n    phases: ▸dosing", "rules[1].phases", "must be a list of phases, or the word all"),
        Breakage("within: 6 min", "within: 6 min\n    phases: ▸[]", "rules[1].phases", "the list is empty"),
        Breakage("id: sbp-delta", "id: ▸sbp-crit", "rules[2].id", "the rule id sbp-crit is already taken on line 24"),
        Breakage(
            "kind: threshold\n    title: SpO2 low", "kind: deep\n    title: SpO2 low", "rules[0].for", "20 s is not between 0 s and 5 s",
            at: "for: ▸20 s"),
        Breakage("kind: cuffOverdue", "kind: cuffOverdue\n    ▸signal: spo2", "rules[4].signal", "watches the cuff's schedule"),
        Breakage("kind: cuffOverdue", "kind: cuffOverdue\n    ▸clear_for: 5 s", "rules[4].clear_for", "is confirmed by time itself"),
        Breakage("kind: cuffOverdue", "kind: cuffOverdue\n    phases: ▸all", "rules[4].phases", "can never alert in checkin", count: 3),
    ])
    func `limits, confirmations and phases`(breakage: Breakage) { breakage.check(soundPlan, file: "p.yaml", read: readPlan) }

    @Test(arguments: [
        Breakage("acute, recovery]", "acute, ▸dosing]", "phases[4]", "dosing cannot come after acute"),
        Breakage("acute, recovery]", "acute, ▸closed]", "phases[4]", "every session can be closed or aborted"),
        Breakage("every: 1 s}", "every: ▸1}", "expect[0].every", "has no unit"),
        Breakage("every: 1 s}", "every: 1 s}\n  - {signal: ▸spo2, every: 2 s}", "expect[1].signal", "is expected twice"),
        Breakage(
            "every: 1 s}", "every: 1 s}\n  - {signal: ▸nibp_mean, every: 5 min}", "expect[1].signal", "comes from the cuff"),
        Breakage("phase: baseline, every: 3 min", "phase: baseline, every: ▸3", "cuff.intervals[0].every", "has no unit", count: 1),
        Breakage("{phase: dosing, every: 10 min}", "{phase: ▸discharge, every: 10 min}", "cuff.intervals[2].phase", "no phase discharge"),
        Breakage(
            "{phase: dosing, every: 5 min, for: 20 min}\n    - {phase: dosing, every: 10 min}",
            "{phase: dosing, every: 5 min}\n    - ▸{phase: dosing, every: 10 min}", "cuff.intervals[2]", "is never reached"),
        Breakage("cuff:\n", "cuff:\n  grace_share: ▸20\n", "cuff.grace_share", "must be a share from 0 % to 100 %"),
        Breakage(
            "rules:\n", "baseline: {streams: {window: 20 s, minimum: ▸30 s}}\nrules:\n", "baseline.streams.minimum",
            "never fit into a window"),
        Breakage(
            "rules:\n", "response: {escalation: {high: [60 s, ▸30 s]}}\nrules:\n", "response.escalation.high[1]", "must be later than"),
        Breakage("rules:\n", "response: {reminder: {▸hihg: 60 s}}\nrules:\n", "response.reminder.hihg", "did you mean \"high\"?"),
        Breakage("2025-03-01", "▸2025-02-29", "review.reviewed_on", "is not a date"),
        Breakage("2025-03-01", "▸1 March 2025", "review.reviewed_on", "is not a date"),
        Breakage(
            "title: No SpO2\n    signal: spo2", "title: No SpO2\n    signal: ▸resp_rate", "rules[3].signal", "does not expect resp_rate"),
        Breakage(
            "title: No SpO2\n    signal: spo2", "title: No SpO2\n    signal: ▸nibp_mean", "rules[3].signal", "watched by kind cuffOverdue"),
        Breakage(
            "every: 1 s}", "every: 10 s}", "rules[3].stale", "is not longer than the period",
            also: ("kind: missing", "kind: missing\n    stale: ▸9 s")),
    ])
    func `phases, streams, cuff and times`(breakage: Breakage) { breakage.check(soundPlan, file: "p.yaml", read: readPlan) }

    @Test(arguments: [
        Breakage("reviewed_by: A. Clinician", "reviewed_by: \"\"", "review", "nobody has signed", severity: "warning", at: "review: ▸{"),
        Breakage("review: {reviewed_by: A. Clinician, reviewed_on: 2025-03-01}\n", "", "", "nobody has signed", severity: "warning"),
        Breakage(
            "every: 1 s}", "every: 1 s}\n  - ▸{signal: resp_rate, every: 1 s}", "expect[1]", "no rule watches it", severity: "warning"),
        Breakage(
            "every: 1 s}", "every: 1 s}", "expect[0]", "nothing tells when it stays away", severity: "warning",
            also: ("  - id: spo2-missing\n    kind: missing", "  - id: spo2-missing\n    below: 80\n    for: 0 s\n    kind: threshold"),
            at: "▸{signal: spo2, every"),
        Breakage(
            "    kind: cuffOverdue\n", "    kind: threshold\n    signal: nibp_mean\n    below: 60\n", "cuff",
            "nothing tells when a measurement is overdue", severity: "warning", at: "▸intervals:"),
        Breakage(
            "for: 20 s\n    priority: medium", "for: ▸90 s\n    priority: high", "rules[0].for", "this one waits 90 s", severity: "warning"),
        Breakage(
            "within: 6 min", "within: 6 min\n    latching: ▸never", "rules[1].latching", "leaves nothing on the screen", severity: "warning"
        ),
        Breakage(
            "kind: missing", "kind: missing\n    priorities: ▸{checkin: low}", "rules[3].priorities", "not armed in it", severity: "warning"
        ),
        Breakage(
            "kind: missing", "kind: missing\n    phases: [acute]\n    high_after: ▸60 s", "rules[3].high_after", "works only in dosing",
            severity: "warning"),
    ])
    func `doubts are warnings`(breakage: Breakage) { breakage.check(soundPlan, file: "p.yaml", read: readPlan) }
}
