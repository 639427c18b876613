import VitalsModel

/// The invariants of alarms.md, section 6, held against a log. Each fault is one line; none is good.
struct LogInvariants {
    private var faults: [String] = []
    private var last: [EpisodeID: AlertTransition] = [:]
    private var openOf: [RuleID: EpisodeID] = [:]
    private var phaseChangedAt: BootInstant?
    private var endedAt: BootInstant?

    static func faults(in entries: [EntryDraft]) -> [String] {
        var check = LogInvariants()
        var events: Set<EventID> = []
        var time = BootInstant(nanoseconds: 0)
        for entry in entries {
            if entry.at.boot < time { check.faults.append("time goes back at \(entry.event)") }
            time = entry.at.boot
            if !events.insert(entry.event).inserted { check.faults.append("event \(entry.event) twice") }
            check.take(entry)
        }
        return check.faults
    }

    private mutating func take(_ entry: EntryDraft) {
        switch entry.content {
        case .phase(let change):
            phaseChangedAt = entry.at.boot
            if !change.to.isOpen { endedAt = entry.at.boot }
        case .alert(let transition):
            if let endedAt, entry.at.boot > endedAt { faults.append("\(entry.event) after the end") }
            follow(transition, event: entry.event, at: entry.at.boot)
        default: break
        }
    }

    private mutating func follow(_ now: AlertTransition, event: EventID, at time: BootInstant) {
        let before = last[now.episode]
        last[now.episode] = now
        if now.transition != (before?.transition ?? 0) + 1 { faults.append("\(event) does not follow \(before?.transition ?? 0)") }
        if let before, before.condition == .closed { faults.append("\(event) after closed") }
        if let before, before.condition != now.from { faults.append("\(event) from \(now.from), but it was \(before.condition)") }
        if now.change == .raised { raise(now, event: event) } else if before == nil { faults.append("\(event) was never raised") }
        checkHandling(now, before, event: event)
        checkAge(now, event: event)
        guard now.condition == .closed else { return }
        if openOf[now.rule] == now.episode { openOf[now.rule] = nil }
        checkEnd(now, before, event: event, at: time)
    }

    private mutating func raise(_ now: AlertTransition, event: EventID) {
        if let open = openOf[now.rule] { faults.append("\(event) raised while \(open) is open") }
        openOf[now.rule] = now.episode
        if now.handling != .unacknowledged { faults.append("\(event) begins answered") }
        if now.from != .pending && now.from != .normal { faults.append("\(event) raised from \(now.from)") }
    }

    /// An answer belongs to one episode, and only an answer answers.
    private mutating func checkHandling(_ now: AlertTransition, _ before: AlertTransition?, event: EventID) {
        let isAnswer = now.change == .acknowledged
        if isAnswer, now.handling != .acknowledged { faults.append("\(event) is an answer that does not answer") }
        if !isAnswer, now.handling == .acknowledged, before?.handling != .acknowledged { faults.append("\(event) is answered by nobody") }
        if now.change == .latched, now.handling == .acknowledged { faults.append("\(event) waits to be seen and was seen") }
    }

    /// What is announced as being so now rests on a value that is not stale: 6 s for streams of one value a second, 18 min for the cuff.
    private mutating func checkAge(_ now: AlertTransition, event: EventID) {
        guard now.announced, now.condition == .active, now.change != .acknowledged, now.type == .physiological else { return }
        let limit: Double = now.signal?.cadence == .intermittent ? 1080 : 6
        if (now.valueAge ?? .infinity) >= limit { faults.append("\(event) \(now.change) with a value \(now.valueAge ?? -1) s old") }
    }

    /// No way from active to closed but those of the table.
    private mutating func checkEnd(_ now: AlertTransition, _ before: AlertTransition?, event: EventID, at time: BootInstant) {
        let isRight: Bool
        switch now.end {
        case .cleared: isRight = now.from == .clearing
        case .acknowledged, .unknown: isRight = now.from == .latched && before?.change == .acknowledged
        case .disarmed: isRight = now.priority == .low || now.handling == .acknowledged
        case .sessionEnd: isRight = time == endedAt
        case nil: isRight = false
        }
        if !isRight { faults.append("\(event) closed as \(now.end?.rawValue ?? "nothing") from \(now.from)") }
        // A rule on time ends also where the schedule of the phase has nothing more to ask for.
        if now.end == .disarmed, now.type != .technical, time != phaseChangedAt { faults.append("\(event) disarmed without a phase") }
    }
}
