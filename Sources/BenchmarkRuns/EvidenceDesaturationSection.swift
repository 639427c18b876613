import AlertEngine
import SessionFlow
import VitalsModel

/// Whether desaturations are found, and how often people are called for one.
struct EvidenceDesaturationSection {
    /// A fixed limit on saturation.
    private struct Rule {
        var id: RuleID
        var limit: Double
    }

    private let rules: [Rule]
    private var outcomes: [EvidenceOutcome] = []
    /// Two drops closer than this are one event, seconds.
    private static let gap = 60.0
    private static let folder = "hypoxia_uw"

    init(plan: SessionPlan) {
        rules = plan.rules.compactMap { rule in
            let threshold = rule.condition as? ThresholdRule ?? (rule.condition as? DeepRule)?.threshold
            guard let threshold, threshold.signals == [.spo2], threshold.side == .below else { return nil }
            return Rule(id: rule.id, limit: threshold.limit)
        }
    }

    mutating func take(_ outcome: EvidenceOutcome) {
        if outcome.folder == Self.folder { outcomes.append(outcome) }
    }

    /// One person's recordings, one an oximeter.
    private var subjects: [[EvidenceOutcome]] {
        let subjects = Dictionary(grouping: outcomes) { String($0.name.prefix { $0 != "_" }) }
        return subjects.sorted { $0.key < $1.key }.map(\.value)
    }

    private var intro: String {
        """
        ## Desaturations

        Folder `\(Self.folder)`: \(subjects.count) people, each with four oximeters, of which each is a recording of its own. What is true is the \
        consensus of the four: their median below a limit. \(agreement)

        Is each stretch of the consensus below 90 % met by an alert of at least medium priority, each below 85 % by one of high priority? The \
        delay counts from the start of the stretch and is negative where the alert was there before it: the rules begin above these \
        limits. `SL` is the low-saturation alarm of the real monitor (Nellcor N-600X, limit 85, no delay), for the two oximeters that \
        recorded it.

        """
    }

    private static let meaning = """

        An onset is false when the consensus is not below the rule's own limit within 30 s of it. An oximeter that reads lower than the other \
        three gives false onsets by this measure, whatever rule reads it.
        """

    private static let ideal = "\nOne onset an event would be ideal, drops less than 60 s apart being one event:\n"

    var lines: [String] {
        var lines: [String] = [intro]
        lines += detection
        lines += ["", missedWords, Self.ideal]
        lines += onsets
        lines.append(Self.meaning)
        return lines
    }

    // MARK: Detection

    private struct Question {
        var limit: Int
        var least: AlertPriority
    }

    private static let questions = [Question(limit: 90, least: .medium), Question(limit: 85, least: .high)]

    private var detection: [String] {
        var table = EvidenceTable("", "stretches", "found", "delay, median (s)", "90 % within (s)", "longest (s)")
        for question in Self.questions {
            row("below \(question.limit) %, plan", sum(question) { $0.plan.episodes }, &table)
            row("below \(question.limit) %, naive", sum(question) { $0.naive.episodes }, &table)
        }
        row("below 85 %, SL of the monitor", monitor, &table)
        row("below 85 %, plan, the same oximeters", sum(Self.questions[1], only: \.hasMonitorAlarm) { $0.plan.episodes }, &table)
        return table.lines
    }

    private func row(_ title: String, _ sum: EvidenceDetectionSum, _ table: inout EvidenceTable) {
        table.add(
            title, "\(sum.events)", EvidenceNumber.part(sum.delays.count, of: sum.events),
            EvidenceNumber.seconds(Quantile.of(sum.delays, share: 0.5)), EvidenceNumber.seconds(Quantile.of(sum.delays, share: 0.9)),
            EvidenceNumber.seconds(sum.delays.max()))
    }

    private func sum(
        _ question: Question, only isWanted: (EvidenceOutcome) -> Bool = { _ in true },
        _ episodes: (EvidenceOutcome) -> [PlanBacktest.Episode]
    ) -> EvidenceDetectionSum {
        var sum = EvidenceDetectionSum()
        for subject in subjects {
            let events = Self.annotated(question.limit, subject)
            for outcome in subject where isWanted(outcome) {
                sum.add(events, episodes(outcome).filter { $0.signal == .spo2 && $0.priority >= question.least })
            }
        }
        return sum
    }

    private var monitor: EvidenceDetectionSum {
        var sum = EvidenceDetectionSum()
        for subject in subjects {
            for outcome in subject where outcome.hasMonitorAlarm { sum.add(Self.annotated(85, subject), outcome.monitorAlarms) }
        }
        return sum
    }

    private var missedWords: String {
        let missed = Self.questions.map { question in sum(question) { $0.plan.episodes }.missed }
        let all = missed.flatMap { $0 }
        guard let longest = all.max() else { return "The plan missed none." }
        return """
            The plan missed \(missed[0].count) stretches below 90 % and \(missed[1].count) below 85 %; the longest of them lasted \
            \(EvidenceNumber.seconds(longest)) s. A stretch shorter than the rules' delays is one of a longer event, or too short to alert \
            by design.
            """
    }

    /// The annotations lie beside one of a person's recordings and hold for all of them.
    private static func annotated(_ limit: Int, _ subject: [EvidenceOutcome]) -> [ClosedRange<Double>] {
        subject.flatMap { EvidenceMark.stretches("consensus_spo2_below_\(limit)", from: "start", to: "end", in: $0.marks) }
    }

    // MARK: Onsets

    private var onsets: [String] {
        var table = EvidenceTable(
            "rule", "ideal", "episodes, plan", "calls, plan", "false, plan", "onsets, naive", "false, naive")
        for rule in rules {
            let sum = onsets(of: rule)
            table.add(
                "`\(rule.id)`", "\(sum.ideal)", "\(sum.plan.episodes)", "\(sum.plan.calls)", "\(sum.plan.wrong)", "\(sum.naive.episodes)",
                "\(sum.naive.wrong)")
        }
        let real = outcomes.filter(\.hasMonitorAlarm)
        let events = subjects.map { subject in
            Self.consensus(subject).stretches(below: 85, gap: Self.gap).count * subject.count(where: \.hasMonitorAlarm)
        }
        table.add("SL of the monitor (two oximeters)", "\(events.reduce(0, +))", "\(real.map(\.monitorAlarms.count).reduce(0, +))")
        return table.lines
    }

    private func onsets(of rule: Rule) -> EvidenceOnsetSum {
        var sum = EvidenceOnsetSum()
        for subject in subjects {
            let stretches = Self.consensus(subject).stretches(below: rule.limit, gap: Self.gap)
            for outcome in subject {
                sum.add(
                    outcome.plan.episodes.filter { $0.rule == rule.id }, outcome.naive.episodes.filter { $0.rule == rule.id }, stretches)
            }
        }
        return sum
    }

    private static func consensus(_ subject: [EvidenceOutcome]) -> EvidenceConsensus {
        EvidenceConsensus(subject.map(\.saturation))
    }

    /// How well the consensus that is computed here for any limit agrees with the one that came with the recordings for two.
    private var agreement: String {
        var (same, all) = (0, 0)
        for subject in subjects {
            let stretches = Self.annotated(90, subject)
            for sample in Self.consensus(subject).values {
                let isAnnotated = stretches.contains { sample.time >= $0.lowerBound && sample.time < $0.upperBound }
                same += isAnnotated == (sample.value < 90) ? 1 : 0
                all += 1
            }
        }
        return "Below 90 %, the median computed here agrees with the annotations of the recordings in \(same) of \(all) seconds."
    }
}

extension EvidenceOutcome {
    private static let monitorAlarm = "monitor_status_SL"

    /// Whether the monitor's own low-saturation alarm was recorded.
    fileprivate var hasMonitorAlarm: Bool { marks.contains { $0.kind == Self.monitorAlarm } }

    /// The monitor's own low-saturation alarms.
    fileprivate var monitorAlarms: [PlanBacktest.Episode] {
        EvidenceMark.stretches(Self.monitorAlarm, from: "on", to: "off", in: marks).map { stretch in
            PlanBacktest.Episode(
                rule: "SL", signal: .spo2, priority: .high, onset: stretch.lowerBound, raised: stretch.lowerBound,
                called: stretch.lowerBound, ended: stretch.upperBound, end: .cleared, peak: 85)
        }
    }
}
