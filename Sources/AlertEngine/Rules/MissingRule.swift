import VitalsModel

/// No fresh value of a streaming signal: the dead-man. Armed from the plan's expected signals, not from first sight.
public struct MissingRule: RuleCondition, Hashable {
    /// The word in a plan.
    public static let kind = "missing"

    /// The signals of which one fresh value is enough, the preferred one first.
    public var signals: [Signal]
    /// How old the last value may be: max(3 periods, period + 5 s) where the plan does not say otherwise.
    public var stale: Duration
    /// The priority in each phase; the rule's own where a phase is not named.
    public var priorities: [SessionPhase: AlertPriority]
    /// The rule's own priority.
    public var priority: AlertPriority
    /// How long `dosing` lets the priority of `acute` stand before it rises to `high`; nil never.
    public var dosingHighAfter: Duration?
    /// The side that is bad; nil for a rule on time.
    public var side: LimitSide? { nil }

    /// Creates a condition.
    public init(
        signals: [Signal], stale: Duration, priority: AlertPriority, priorities: [SessionPhase: AlertPriority], dosingHighAfter: Duration?
    ) {
        self.signals = signals
        self.stale = stale
        self.priority = priority
        self.priorities = priorities
        self.dosingHighAfter = dosingHighAfter
    }

    /// When it alerts, in words, with the priorities that are not the rule's own.
    public var statement: String {
        let others = priorities.filter { $0.value != priority }.sorted { $0.key < $1.key }
        let rise = dosingHighAfter.map { "\(AlertPriority.high.rawValue) after \($0.exactText) more in \(SessionPhase.dosing.rawValue)" }
        let priorityWords = others.map { "\($0.value.rawValue) in \($0.key.rawValue)" } + [rise].compactMap { $0 }
        return "no value for \(stale.exactText)" + (priorityWords.isEmpty ? "" : "; \(priorityWords.joined(separator: ", "))")
    }
    /// When the alert ends, in words.
    public var ending: String { "a value comes" }
    /// The gravest of all phases.
    public var gravestPriority: AlertPriority? { dosingHighAfter != nil ? .high : ([priority] + priorities.values).max() }
    /// The stale time in seconds.
    public var decidingNumber: Double? { stale.inSeconds }

    /// The stale time of a period (alarms.md section 6, "No data").
    public static func standardStale(period: Duration) -> Duration { max(period * 3, period + .seconds(5)) }

    /// What the time alone means.
    public func findingAtTime(in context: RuleContext) -> TimedFinding {
        let tracks = signals.compactMap { context.signals[$0] }
        let freshest = tracks.compactMap(\.lastReceived).max()
        guard let start = freshest ?? tracks.map(\.expectedSince).max() else { return .silent }
        let due = max(start + stale + context.unseen(since: start), masked(since: start, in: context) ?? start)
        guard context.now >= due else { return freshest == nil ? .waiting(until: due) : .fine(until: due) }
        var priority = priorities[context.phase] ?? priority
        var until: BootInstant?
        if context.phase == .dosing, let patience = dosingHighAfter {
            if context.now >= due + patience { priority = .high } else { until = due + patience }
        }
        if tracks.contains(where: \.endedBeyondLimit) { priority = priority.raised }
        return .overdue(
            since: due, limitSeconds: stale.inSeconds, priority: priority, words: words(tracks, now: context.now), until: until)
    }

    /// How long an inflated cuff may hide the signal: a monitor mutes such a fault for up to 60 s (Philips MP2 manual), and no longer.
    public static let longestMask: Duration = .seconds(60)

    /// Until when nothing is amiss because the cuff on the same arm took the pulse away; nil where that is no reason.
    private func masked(since start: BootInstant, in context: RuleContext) -> BootInstant? {
        // Silent before the cuff inflated: not the cuff's doing.
        guard !context.masked.isDisjoint(with: signals), let began = context.cuff.began, start + stale >= began else { return nil }
        let latest = began + Self.longestMask
        let ended = context.cuff.state == .measuring ? latest : min(context.cuff.since ?? latest, latest)
        return ended + stale
    }

    /// Which of the four reasons it is, and that the last value was beyond a limit (transition 6).
    private func words(_ tracks: [SignalTrack], now: BootInstant) -> String {
        let reason: String
        if tracks.allSatisfy({ $0.sourceState == .lost || $0.sourceState == .absent }) {
            reason = "device unplugged"
        } else if let said = tracks.first(where: { $0.condition != .measuring }) {
            reason = said.condition.words
        } else if tracks.contains(where: { $0.doubted.map { now - $0 < stale } ?? false }) {
            reason = "only doubtful values"
        } else {
            reason = "link silent"
        }
        guard let last = tracks.first(where: { $0.received != nil }), let value = last.value, let received = last.received else {
            return reason
        }
        let age = Int((now - received).inSeconds)
        let beyond = last.endedBeyondLimit ? ", beyond its limit" : ""
        return "\(reason); last value \(value.shortText)\(beyond), \(age) s ago"
    }
}
