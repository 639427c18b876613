import AlertEngine
import SessionFlow
import VitalsModel

/// The alarm that a first script has, and that the plan is held against: the plan's own limits, and nothing else. A value beyond a
/// limit is an alarm until a value is not; no delay, no deadband, no confirmation, no family, and nobody asks whether the value can be.
struct EvidenceNaiveAlarm: Sendable {
    private struct Limit: Sendable {
        var rule: RuleID
        var priority: AlertPriority
        var threshold: ThresholdRule
    }

    private let limits: [Limit]

    /// Takes the fixed limits of a plan that are armed in a phase. Limits at a distance from a baseline are none: there is no baseline.
    init(plan: SessionPlan, phase: SessionPhase) {
        limits = plan.rules.filter { $0.phases.contains(phase) }.compactMap { rule in
            let threshold = rule.condition as? ThresholdRule ?? (rule.condition as? DeepRule)?.threshold
            return threshold.map { Limit(rule: rule.id, priority: rule.priority, threshold: $0) }
        }
    }

    /// The alarms over a recording, in the order in which they begin. A limit with two signals takes the first that the recording has.
    func episodes(_ samples: [PlanBacktest.Sample]) -> [PlanBacktest.Episode] {
        let present = Set(samples.map(\.signal))
        let watched = limits.map { limit in limit.threshold.signals.first(where: present.contains) }
        var episodes: [PlanBacktest.Episode] = []
        var open = [Int?](repeating: nil, count: limits.count)
        for sample in samples {
            for (index, limit) in limits.enumerated() where watched[index] == sample.signal {
                guard let side = limit.threshold.side else { continue }
                let isBeyond = side.isBeyond(sample.value, limit.threshold.limit, countingLimit: limit.threshold.countsLimit)
                if let place = open[index] {
                    episodes[place].peak = side.worse(episodes[place].peak, sample.value)
                    guard !isBeyond else { continue }
                    Self.end(&episodes[place], at: sample.time)
                    open[index] = nil
                } else if isBeyond {
                    open[index] = episodes.count
                    episodes.append(Self.alarm(limit, sample))
                }
            }
        }
        return episodes
    }

    private static func alarm(_ limit: Limit, _ sample: PlanBacktest.Sample) -> PlanBacktest.Episode {
        PlanBacktest.Episode(
            rule: limit.rule, signal: limit.threshold.signals.first, priority: limit.priority, onset: sample.time, raised: sample.time,
            called: sample.time, peak: sample.value)
    }

    private static func end(_ episode: inout PlanBacktest.Episode, at time: Double) {
        episode.returned = time
        episode.ended = time
        episode.end = .cleared
    }
}
