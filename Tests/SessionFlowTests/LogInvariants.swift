import VitalsModel

/// The invariants of alarms.md, section 6, held against a log. Each fault is one line; none is good.
struct LogInvariants {
    private var faults: [String] = []
    private var last: [EpisodeID: AlertTransition] = [:]
    private var openOf: [RuleID: EpisodeID] = [:]
    private var phaseChangedAt: BootInstant?
    private var endedAt: BootInstant?
    private var shelved: Set<RuleID> = []
    /// The requests that wait for a second person, with who asked.
    private var waiting: [Int: Actor] = [:]
    private var limitsVersion = 0
    private var limitsChangedAt: BootInstant?

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
        case .shelf(let shelf):
            if shelf.state == .shelved { shelved.insert(shelf.rule) } else { shelved.remove(shelf.rule) }
        case .pending(let request): follow(request, by: entry.actor)
        case .limit(let limits):
            if limits.version != limitsVersion + 1 { faults.append("\(entry.event) has limits version \(limits.version)") }
            limitsVersion = limits.version
            limitsChangedAt = entry.at.boot
            // Loosening a high rule takes two.
            let isHigh = limits.rule == "hr-high" || limits.before.priority == .high
            if limits.isLoosening, isHigh, limits.witness == nil { faults.append("\(entry.event) was loosened by one person") }
            if limits.witness == entry.actor.name { faults.append("\(entry.event) was countersigned by the one who asked") }
        case .alert(let transition):
            checkMessage(transition, event: entry.event)
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

    private mutating func follow(_ request: PendingChange, by actor: Actor) {
        switch request.state {
        case .waiting: waiting[request.request] = actor
        case .countersigned:
            if waiting[request.request] == nil || waiting[request.request] == actor {
                faults.append("request \(request.request) by itself")
            }
            waiting[request.request] = nil
        case .withdrawn, .expired:
            if waiting.removeValue(forKey: request.request) == nil { faults.append("request \(request.request) ended twice") }
        }
    }

    /// What a nurse hears: never from a shelved rule, and always with a value, its age, a limit, a duration and what to do.
    private mutating func checkMessage(_ now: AlertTransition, event: EventID) {
        let isAnswer = [.acknowledged, .audioPaused, .limitsChanged].contains(now.change)
        guard now.announced, !isAnswer else { return }
        if shelved.contains(now.rule) { faults.append("\(event) \(now.change) of a shelved rule") }
        if now.action.isEmpty { faults.append("\(event) says not what to do") }
        let isCall = now.rule == "called"
        if !isCall, now.value == nil || now.limit == nil || now.unit == nil { faults.append("\(event) has no value, limit or unit") }
        if now.valueAge == nil || now.duration < 0 { faults.append("\(event) has no age or duration") }
        if let age = now.valueAge, age < 0 { faults.append("\(event) has a value from the future") }
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
        guard now.announced, now.condition == .active, now.change != .acknowledged, now.type == .physiological, now.signal != nil else {
            return
        }
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
        // Or where a person switches the rule off.
        if now.end == .disarmed, now.type != .technical, time != phaseChangedAt, time != limitsChangedAt {
            faults.append("\(event) disarmed without a phase")
        }
    }
}
