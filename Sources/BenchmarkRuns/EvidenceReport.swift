import AlertEngine
import SessionFlow
import VitalsModel

/// Gathers what came of each recording, and writes the page.
struct EvidenceReport {
    private let plan: SessionPlan
    private var load: EvidenceLoadSection
    private var desaturation: EvidenceDesaturationSection
    private var verdicts: EvidenceVerdictSection
    private var cuff: EvidenceCuffSection

    /// Creates a report on a plan.
    init(plan: SessionPlan) {
        self.plan = plan
        load = EvidenceLoadSection()
        desaturation = EvidenceDesaturationSection(plan: plan)
        verdicts = EvidenceVerdictSection(plan: plan)
        cuff = EvidenceCuffSection(plan: plan)
    }

    /// Takes one recording; they come in the order of the index.
    mutating func take(_ outcome: EvidenceOutcome) {
        // The same record once more, with the code 0 for "no value" left in: a test of decoders, no patient.
        guard !outcome.name.hasSuffix("rawzeros") else { return }
        load.take(outcome)
        desaturation.take(outcome)
        verdicts.take(outcome)
        cuff.take(outcome)
    }

    /// The page.
    var page: String {
        let sections: [[String]] = [head, load.lines, desaturation.lines, verdicts.lines, cuff.lines, Self.limits]
        return EvidenceText.wrapped(sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")) + "\n"
    }

    private var head: [String] {
        [
            """
            # Evidence from real recordings

            What the rules that ship do on recordings of real people, beside a naive alarm with the same limits.

            ## Overview

            Made by `vigil-bench evidence`; no figure here was typed. The plan is `\(plan.id)`, version \(plan.version), \(plan.rules.count) rules, \
            in the phase `acute` and without a baseline, so that rules on a distance from the baseline say nothing, and with nobody who \
            answers. Rules on missing data are off where nothing else is said. No limit was tuned to these recordings.

            The naive alarm is what a first script does: each value beyond one of the plan's own limits is an alarm until a value is not. No \
            delay, no deadband, no second reading, no families, no judgement whether the value can be.

            A call is an alert that people would have heard; an episode that a graver one of its family spoke for is none.
            """
        ]
    }

    /// What no figure of the page may be taken for.
    private static let limits = [
        """
        ## What this does not prove

        - That anybody is safer. These are counts of alerts on old recordings; nobody was treated by them.
        - Anything about ketamine. The people are intensive care patients, volunteers breathing thin air at rest, and athletes; none had \
        the drug, its pressures, its nausea or its movements.
        - That an alert kept is an alert in time: the recordings of judged alarms end shortly after the alarm.
        - How often true events are missed outside the volunteers' study. No other recording says what was true of a rate or a pressure.
        - Much about rare things: few volunteers, few true alarms of some types. A share of such numbers moves by tens of percent with \
        one case.
        - The truth of a saturation: the consensus is the median of the same four oximeters, each of which is then judged by it. It is \
        computed, not measured in blood, and late as oximeters are.
        - Anything about the original heart rates of the judged alarms: they are derived from the waveforms by a simple method, and \
        artefact shows in them as a wrong rate; a monitor may have shown something else.
        - What a session would be like: no baseline, no phases, no nurse who answers, no second source, no device that says that its \
        sensor is off.
        - That the naive alarm is what a bedside monitor does. Monitors have delays, averages and judgement of their own; theirs stay on \
        and come first.
        - Anything about sparse streams. A rate charted once an hour, or once a minute, is never fresh for long enough to confirm a rule \
        on a stream: there the plan is silent by design, and that is no merit.
        """
    ]
}
