import AlertEngine
import SessionFlow
import VitalsModel

/// What becomes of alarms that experts judged.
struct EvidenceVerdictSection {
    private let sides: [RuleID: LimitSide]
    private var sums: [String: EvidenceVerdictSum] = [:]

    init(plan: SessionPlan) {
        sides = Dictionary(
            plan.rules.compactMap { rule in rule.condition.side.map { (rule.id, $0) } }, uniquingKeysWith: { first, _ in first })
    }

    mutating func take(_ outcome: EvidenceOutcome) {
        for verdict in outcome.marks.compactMap(EvidenceVerdict.init) {
            let isKept = { [sides] (episodes: [PlanBacktest.Episode]) in verdict.isKept(by: episodes) { sides[$0] } }
            sums[verdict.type, default: EvidenceVerdictSum()].add(
                verdict, plan: isKept(outcome.plan.episodes), planWithMissing: isKept(outcome.planWithMissing.episodes),
                naive: isKept(outcome.naive.episodes),
                stay: verdict.longestStay(outcome.naive.episodes, until: outcome.naive.summary.end) { [sides] in sides[$0] })
        }
    }

    /// What a rate can say of an alarm, where it cannot say all.
    private static let reservations = [
        "asystole": " (in part)", "ventricular_flutter_fibrillation": " (not by a rate)", "ventricular_tachycardia": " (not by a rate)",
    ]

    private static func name(_ type: String) -> String {
        type.split(separator: "_").joined(separator: " ") + (reservations[type] ?? "")
    }

    private static let intro = """
        ## Judged alarms

        Folder `challenge2015_derived`: alarms of intensive care monitors that experts judged, with rates derived from the waveforms. An alarm \
        counts as kept when an alert was open at any time from 60 s before it to 10 s after it, and on its side: a low rate for asystole \
        and bradycardia, a high one for tachycardia, either for the ventricular types. With missing data: the rule on an absent rate \
        counts too.

        """

    private static let meaning = """

        Ventricular tachycardia and fibrillation are seen in the shape of the beats. An engine that gets a rate and a saturation cannot judge \
        them; where it keeps or silences one, it is by chance of the rate. A clinic needs a monitor that analyses the rhythm for that, \
        with its own alarm on. Asystole shows in a rate in part: no beats at all are no rate, and then missing data.

        A true alarm that only the naive alarm keeps is one that the plan's delays wait out: the alarms of rhythm monitors are of a few \
        beats, and many of the recordings stop at the alarm, before a delay that began with the event could run. (The naive alarm also \
        lasts over gaps in the rate, which the plan does not count as time beyond a limit.)
        """

    private var waitedOut: [String] {
        var table = EvidenceTable("true alarm", "kept by naive alone", "rate beyond a limit, median (s)", "longest (s)")
        for (type, sum) in sums.sorted(by: { $0.key < $1.key }) {
            table.add(
                Self.name(type), "\(sum.waitedOut.count)", EvidenceNumber.seconds(Quantile.of(sum.waitedOut, share: 0.5)),
                EvidenceNumber.seconds(sum.waitedOut.max()))
        }
        return table.lines
    }

    var lines: [String] {
        let silenced = table("false alarms", "silenced by the plan", "with missing data", "silenced by naive", \.falseOnes) {
            $0.alarms - $1
        }
        let kept = table("true alarms", "kept by the plan", "with missing data", "kept by naive", \.trueOnes) { $1 }
        return [Self.intro] + silenced + [""] + kept + [Self.meaning, ""] + waitedOut
    }

    private func table(
        _ what: String, _ plan: String, _ missing: String, _ naive: String, _ count: (EvidenceVerdictSum) -> EvidenceVerdictSum.Count,
        _ shown: (EvidenceVerdictSum.Count, Int) -> Int
    ) -> [String] {
        var table = EvidenceTable("alarm", what, plan, missing, naive)
        for (type, sum) in sums.sorted(by: { $0.key < $1.key }) {
            let count = count(sum)
            let cells = [count.plan, count.planWithMissing, count.naive].map { EvidenceNumber.part(shown(count, $0), of: count.alarms) }
            table.add(Self.name(type), "\(count.alarms)", cells[0], cells[1], cells[2])
        }
        return table.lines
    }
}
