import AlertEngine
import SessionFlow
import VitalsModel

/// What the plan and the naive alarm came to on one recording.
struct EvidenceOutcome: Sendable {
    /// The alerts and the sum of one way to alert.
    struct Run: Sendable {
        /// In the order in which they were raised.
        var episodes: [PlanBacktest.Episode]
        /// What else it came to.
        var summary: PlanBacktest.Summary
    }

    /// The kind of the recording.
    var folder: String
    /// The recording.
    var name: String
    /// What was written beside it.
    var marks: [EvidenceMark]
    /// The plan.
    var plan: Run
    /// The plan with its rules on missing data, where an alarm was judged; elsewhere the plan.
    var planWithMissing: Run
    /// The naive alarm.
    var naive: Run
    /// Cuffs only: what confirmation and resend rule change.
    var cuff: EvidenceCuffRuns?
    /// Saturation by second, where the recording has it.
    var saturation: [(time: Double, value: Double)]
}

/// Runs the ways to alert that are compared over a recording, all in the phase `acute` and without a baseline.
struct EvidenceTrial: Sendable {
    /// The plan.
    let plan: SessionPlan
    private let naive: EvidenceNaiveAlarm
    private let unconfirmed: SessionPlan

    /// Creates a trial of a plan.
    init(plan: SessionPlan) {
        self.plan = plan
        naive = EvidenceNaiveAlarm(plan: plan, phase: .acute)
        unconfirmed = Self.withoutConfirmation(plan)
    }

    /// The plan where each cuff reading beyond a limit alerts by itself.
    static func withoutConfirmation(_ plan: SessionPlan) -> SessionPlan {
        var plan = plan
        for index in plan.rules.indices { plan.rules[index].confirmation.readings = 1 }
        return plan
    }

    /// Runs all of them.
    func run(_ recording: EvidenceRecording) -> EvidenceOutcome {
        let run = run(plan, recording.samples)
        let isJudged = recording.marks.contains { EvidenceVerdict($0) != nil }
        return EvidenceOutcome(
            folder: recording.folder, name: recording.name, marks: recording.marks, plan: run,
            planWithMissing: isJudged ? self.run(plan, recording.samples, noData: true) : run,
            naive: naiveRun(recording.samples, beside: run.summary), cuff: cuffRuns(recording.samples, plan: run),
            saturation: recording.samples.filter { $0.signal == .spo2 }.map { ($0.time, $0.value) })
    }

    private func run(_ plan: SessionPlan, _ samples: [PlanBacktest.Sample], noData: Bool = false) -> EvidenceOutcome.Run {
        var backtest = PlanBacktest(plan: plan, options: PlanBacktest.Options(noData: noData))
        let episodes = backtest.run(series: samples)
        return EvidenceOutcome.Run(episodes: episodes, summary: backtest.summary)
    }

    private func naiveRun(_ samples: [PlanBacktest.Sample], beside plan: PlanBacktest.Summary) -> EvidenceOutcome.Run {
        var summary = plan
        summary.fleeting = [:]
        return EvidenceOutcome.Run(episodes: naive.episodes(samples), summary: summary)
    }

    private func cuffRuns(_ samples: [PlanBacktest.Sample], plan run: EvidenceOutcome.Run) -> EvidenceCuffRuns? {
        let cuff = samples.filter { $0.signal.cadence == .intermittent }
        guard !cuff.isEmpty else { return nil }
        let kept = EvidenceResends.dropped(from: cuff)
        return EvidenceCuffRuns(
            hours: run.summary.hours, confirmed: self.run(plan, cuff), confirmedWithoutResends: self.run(plan, kept.samples),
            single: self.run(unconfirmed, cuff), singleWithoutResends: self.run(unconfirmed, kept.samples),
            measurements: kept.measurements, resends: kept.resends)
    }
}
