import AlertEngine
import VitalsModel

/// Which of two conditions alerts more easily. The conditions are asked, not read: a new kind of rule needs nothing here.
struct ConditionComparison {
    var old: any RuleCondition
    var new: any RuleCondition

    /// Baselines of people, in any signal's unit. A distance in percent may be looser for one person and tighter for another.
    private static let baselines = stride(from: 20.0, through: 240, by: 10)

    /// The direction of the change of what the conditions watch.
    var direction: PlanChange.Direction {
        guard old.signals == new.signals, old.side == new.side else { return .either }
        guard let side = old.side else { return directionOnTime }
        var (looser, tighter) = (false, false)
        for baseline in Self.baselines {
            guard let before = limit(of: old, baseline), let after = limit(of: new, baseline) else { return .either }
            let isSame = before == after
            looser = looser || side.isBeyond(after, before, countingLimit: false)
            tighter = tighter || side.isBeyond(before, after, countingLimit: false)
            // On the limit itself one may alert and the other not.
            let (onOld, onNew) = (isBreach(before, of: old, baseline), isBreach(before, of: new, baseline))
            looser = looser || (isSame && onOld && !onNew)
            tighter = tighter || (isSame && onNew && !onOld)
        }
        return looser == tighter ? (looser ? .either : .neutral) : looser ? .looser : .tighter
    }

    /// A rule on time waits for its limit; where its words differ by more than that number, words alone do not tell.
    private var directionOnTime: PlanChange.Direction {
        guard isOnlyLimitChanged, let before = old.decidingNumber, let after = new.decidingNumber else { return .either }
        return after > before ? .looser : .tighter
    }

    /// Whether the statements are the same but for their one number.
    var isOnlyLimitChanged: Bool {
        guard let before = old.decidingNumber, let after = new.decidingNumber, before != after, old.decidingUnit == new.decidingUnit else {
            return false
        }
        let texts = [(before.exactText, after.exactText), (Self.time(before), Self.time(after))]
        return texts.contains { old.statement.replacing($0.0, with: $0.1) == new.statement }
    }

    private static func time(_ seconds: Double) -> String { PlanWords.time(seconds) }

    private func limit(of condition: any RuleCondition, _ baseline: Double) -> Double? {
        switch condition.finding(for: baseline, in: context(baseline)) {
        case .breach(let limit, _), .between(let limit, _): limit
        case .inside(let limit, _): limit
        case .notEvaluable: nil
        }
    }

    private func isBreach(_ value: Double, of condition: any RuleCondition, _ baseline: Double) -> Bool {
        if case .breach = condition.finding(for: value, in: context(baseline)) { true } else { false }
    }

    private func context(_ baseline: Double) -> RuleContext {
        let start = BootInstant(nanoseconds: 0)
        let values = Signal.allCases.map { BaselineValue(signal: $0, value: baseline, count: 1) }
        return RuleContext(
            now: start, phase: .acute, phaseEntered: start, baseline: Baseline(values: values, missing: []), signals: [:],
            cuff: CuffTrack(dueSince: start), schedule: .none)
    }
}
