import AlertEngine
import SessionFlow
import VitalsModel

/// The cuff values of one recording under the four combinations of two rules.
struct EvidenceCuffRuns: Sendable {
    /// From the first to the last reading, hours.
    var hours: Double
    /// The plan over what the monitor delivered.
    var confirmed: EvidenceOutcome.Run
    /// The plan without the deliveries of a measurement that was delivered before.
    var confirmedWithoutResends: EvidenceOutcome.Run
    /// Every first reading beyond a limit alerts, over what the monitor delivered.
    var single: EvidenceOutcome.Run
    /// The same without repeated deliveries.
    var singleWithoutResends: EvidenceOutcome.Run
    /// Deliveries: values with one time.
    var measurements: Int
    /// Those of them that are equal to the one before, at most 4 minutes after it.
    var resends: Int
}

/// Measurements that a monitor delivers again: recorded series have no device time by which a live session knows them, so equal values
/// shortly after each other stand for one. A cuff that really measures the same three pressures twice in 4 minutes is very rare.
enum EvidenceResends {
    /// How long after a measurement equal values are the same measurement, seconds.
    static let window = 240.0

    /// The cuff samples without repeated deliveries, with the counts.
    static func dropped(
        from samples: [PlanBacktest.Sample]
    ) -> (samples: [PlanBacktest.Sample], measurements: Int, resends: Int) {
        var kept: [PlanBacktest.Sample] = []
        var counts = (measurements: 0, resends: 0)
        var last: (time: Double, values: [Signal: Double])?
        var start = 0
        while start < samples.count {
            let time = samples[start].time
            let end = samples[start...].firstIndex { $0.time != time } ?? samples.count
            let group = samples[start..<end]
            let values = Dictionary(group.map { ($0.signal, $0.value) }, uniquingKeysWith: { $1 })
            counts.measurements += 1
            if let last, last.values == values, time - last.time <= window {
                counts.resends += 1
            } else {
                kept += group
            }
            // From the last delivery: one that is repeated each minute for ten minutes is still the same.
            last = (time, values)
            start = end
        }
        return (kept, counts.measurements, counts.resends)
    }
}

/// What confirmation and resend rule change, over all recordings of one kind.
struct EvidenceCuffSum: Sendable {
    private(set) var hours = 0.0
    private(set) var measurements = 0
    private(set) var resends = 0
    /// In the order of `names`.
    private(set) var calls = [0, 0, 0, 0]
    /// Episodes of the rules that want a second reading, in the same order.
    private(set) var ofConfirmingRules = [0, 0, 0, 0]
    private let confirming: Set<RuleID>

    /// The combinations.
    static let names = [
        "as the plan has it, resends dropped", "as the plan has it, resends counted as measurements",
        "without confirmation, resends dropped", "without confirmation, resends counted as measurements",
    ]

    /// A sum for the rules of a plan.
    init(plan: SessionPlan) { confirming = Set(plan.rules.filter { $0.confirmation.readings > 1 }.map(\.id)) }

    /// Adds a recording.
    mutating func add(_ runs: EvidenceCuffRuns) {
        hours += runs.hours
        measurements += runs.measurements
        resends += runs.resends
        let ordered = [runs.confirmedWithoutResends, runs.confirmed, runs.singleWithoutResends, runs.single]
        for (index, run) in ordered.enumerated() {
            calls[index] += run.episodes.count { $0.called != nil }
            ofConfirmingRules[index] += run.episodes.count { confirming.contains($0.rule) }
        }
    }

    /// The share of first readings beyond a confirming rule's limit that no second reading confirmed; nil without any.
    func unconfirmedShare(resendsDropped: Bool) -> Double? {
        let (confirmed, single) =
            resendsDropped ? (ofConfirmingRules[0], ofConfirmingRules[2]) : (ofConfirmingRules[1], ofConfirmingRules[3])
        return single > 0 ? 1 - Double(confirmed) / Double(single) : nil
    }

    /// So many in 10 hours.
    func perTenHours(_ count: Int) -> Double { hours > 0 ? Double(count) / hours * 10 : 0 }
}
