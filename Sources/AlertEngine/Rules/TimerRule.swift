import VitalsModel

/// A duty by the clock (alarms.md section 6, `timer`): something must happen in time after an event, or again and again, or a phase
/// must not be entered before its time.
///
/// It remembers nothing: `SessionFacts.happened` has the last time of `cuff` and of scales, and the first of everything else. Time in
/// which Vigil was not running counts: a duty is due by the clock, whoever watched.
public struct TimerRule: RuleCondition, Hashable {
    /// The word in a plan.
    public static let kind = "timer"

    /// What is to be done.
    public enum Duty: Sendable, Hashable {
        /// Once: it counts from `opens` after the event on, and is due at `due` after it.
        case once(SessionEvent, opens: Duration, due: Duration)
        /// Again so long after the last time; the first time so long after the event.
        case again(SessionEvent, every: Duration)
        /// The session stands in none of the rule's phases before so long after the event.
        case notBefore(Duration)
    }

    /// How the alert rises when nobody does the duty.
    public struct Rise: Sendable, Hashable {
        /// How long after it was due.
        public var after: Duration
        /// To which priority.
        public var priority: AlertPriority

        /// Creates a rise.
        public init(after: Duration, priority: AlertPriority) {
            self.after = after
            self.priority = priority
        }
    }

    /// What the duty is counted from. Until it has happened nothing is due.
    public var since: SessionEvent
    /// What is to be done.
    public var duty: Duty
    /// How urgent it is when it is due.
    public var priority: AlertPriority
    /// How it rises; nil: not by itself.
    public var rise: Rise?
    /// The signals whose values decide.
    public var signals: [Signal] { [] }
    /// The side that is bad; nil for a rule on time.
    public var side: LimitSide? { nil }

    /// Creates a condition.
    public init(since: SessionEvent, duty: Duty, priority: AlertPriority, rise: Rise? = nil) {
        self.since = since
        self.duty = duty
        self.priority = priority
        self.rise = rise
    }

    /// What it rises to after its grace, where it does.
    public var gravestPriority: AlertPriority? { rise?.priority }

    /// The condition in words.
    public var statement: String {
        let words =
            switch duty {
            case .once(let awaited, let opens, let due): lacking(awaited, from: opens, to: due)
            case .again(let awaited, let every): "\(Self.absence(of: awaited)) for \(Self.text(every)), from \(since.words) on"
            case .notBefore(let time): "less than \(Self.text(time)) after \(since.words)"
            }
        return words + (rise.map { "; \($0.priority.rawValue) \(Self.text($0.after)) later" } ?? "")
    }

    /// What the time alone means.
    public func findingAtTime(in context: RuleContext) -> TimedFinding {
        guard let start = context.facts.happened[since] else { return .fine(until: nil) }
        switch duty {
        case .once(let awaited, let opens, let due):
            if let last = context.facts.happened[awaited], last >= start + opens { return .fine(until: nil) }
            return overdue(start, after: due, words: lacking(awaited, from: opens, to: due), at: context.now)
        case .again(let awaited, let every):
            guard let last = context.facts.happened[awaited], last >= start else {
                return overdue(start, after: every, words: lacking(awaited, from: .zero, to: every), at: context.now)
            }
            return overdue(last, after: every, words: "\(Self.absence(of: awaited)) for \(Self.text(every))", at: context.now)
        case .notBefore(let time):
            return tooEarly(start, time, in: context)
        }
    }

    private func overdue(_ start: BootInstant, after allowed: Duration, words: String, at now: BootInstant) -> TimedFinding {
        let due = start + allowed
        guard now >= due else { return .fine(until: due) }
        var (priority, until): (AlertPriority, BootInstant?) = (priority, nil)
        if let rise {
            if now >= due + rise.after { priority = max(priority, rise.priority) } else { until = due + rise.after }
        }
        return .overdue(since: due, limitSeconds: allowed.inSeconds, priority: priority, words: words, until: until)
    }

    private func tooEarly(_ start: BootInstant, _ time: Duration, in context: RuleContext) -> TimedFinding {
        let ready = start + time
        guard context.now < ready else { return .fine(until: nil) }
        let elapsed = context.now - start
        let isInMinutes = Self.isInMinutes(time)
        let passed = isInMinutes ? "\(Int(elapsed.inSeconds / 60)) min" : "\(Int(elapsed.inSeconds)) s"
        return .breach(
            TimedBreach(
                since: max(context.phaseEntered, start), value: elapsed.inSeconds, limit: time.inSeconds, priority: priority,
                words: "\(context.phase.rawValue) \(passed) after \(since.words), \(Self.number(time, inMinutes: isInMinutes)) at least",
                until: ready))
    }

    // MARK: Words

    private func lacking(_ event: SessionEvent, from opens: Duration, to due: Duration) -> String {
        let isInMinutes = Self.isInMinutes(opens) && Self.isInMinutes(due)
        let span =
            opens == .zero
            ? "within \(Self.text(due))"
            : "between \(Self.number(opens, inMinutes: isInMinutes)) and \(Self.number(due, inMinutes: isInMinutes)) "
                + (isInMinutes ? "min" : "s")
        return "\(Self.absence(of: event)) \(span) after \(since.words)"
    }

    private static func absence(of event: SessionEvent) -> String {
        if event.isPhase { return "\(event.words) not begun" }
        // "a cuff measurement", "the first dose": the article gives way.
        return "no \(event.words.split(separator: " ").dropFirst().joined(separator: " "))"
    }

    private static func text(_ duration: Duration) -> String {
        isInMinutes(duration) ? "\(number(duration, inMinutes: true)) min" : "\(number(duration, inMinutes: false)) s"
    }

    private static func number(_ duration: Duration, inMinutes: Bool) -> String {
        (inMinutes ? duration.inSeconds / 60 : duration.inSeconds).shortText
    }

    private static func isInMinutes(_ duration: Duration) -> Bool { duration.nanoseconds % 60_000_000_000 == 0 }
}
