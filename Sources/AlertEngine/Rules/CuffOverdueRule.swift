import VitalsModel

/// No cuff measurement within the interval of the phase plus grace, or too many failed ones in a row.
public struct CuffOverdueRule: RuleCondition, Hashable {
    /// The word in a plan.
    public static let kind = "cuffOverdue"

    /// The priority when overdue.
    public var priority: AlertPriority
    /// How many failed measurements in a row alert on their own; nil never.
    public var failures: Int?
    /// The signals whose values decide.
    public var signals: [Signal] { [] }
    /// The side that is bad; nil for a rule on time.
    public var side: LimitSide? { nil }

    /// Creates a condition.
    public init(priority: AlertPriority, failures: Int?) {
        self.priority = priority
        self.failures = failures
    }

    /// When it alerts, in words.
    public var statement: String {
        let failed = failures.map { ", or \($0) failed \($0 == 1 ? "measurement" : "measurements in a row")" } ?? ""
        return "no cuff measurement within the interval and its grace\(failed)"
    }
    /// When the alert ends, in words.
    public var ending: String { "a measurement succeeds" }

    /// What the time alone means.
    public func findingAtTime(in context: RuleContext) -> TimedFinding {
        let elapsed = context.now - context.phaseEntered
        guard let interval = context.schedule.interval(in: context.phase, elapsed: elapsed) else { return .silent }
        let allowed = interval + context.schedule.grace(for: interval)
        let due = (context.cuff.lastMeasured.map { max($0, context.cuff.dueSince) } ?? context.cuff.dueSince) + allowed
        if let failures, context.cuff.failures >= failures {
            return .overdue(
                since: context.now, limitSeconds: allowed.inSeconds, priority: priority,
                words: "\(context.cuff.failures) failed measurements in a row", until: nil)
        }
        guard context.now >= due else {
            // A denser interval may begin before `due`, and with it an earlier one.
            let change = context.schedule.intervalEnd(in: context.phase, elapsed: elapsed).map { context.phaseEntered + $0 }
            return .fine(until: change.map { min($0, due) } ?? due)
        }
        return overdue(since: due, limitSeconds: allowed.inSeconds, in: context)
    }

    /// Overdue; one priority up, and said so, where the last value waited beyond a limit to be confirmed (transition 6).
    private func overdue(since due: BootInstant, limitSeconds: Double, in context: RuleContext) -> TimedFinding {
        let words = context.cuff.lastMeasured == nil ? "no cuff measurement yet" : "cuff measurement overdue"
        let pressures = Signal.allCases.filter { $0.cadence == .intermittent }
        guard let beyond = pressures.first(where: { context.signals[$0]?.endedBeyondLimit == true }),
            let value = context.signals[beyond]?.value
        else { return .overdue(since: due, limitSeconds: limitSeconds, priority: priority, words: words, until: nil) }
        return .overdue(
            since: due, limitSeconds: limitSeconds, priority: priority.raised,
            words: "\(words); last \(beyond.label) \(value.shortText) was beyond its limit", until: nil)
    }
}
