import VitalsModel

/// What falls due.
extension AlertEngine {
    /// When `advance` has something to do; nil never.
    public mutating func nextDeadline() -> BootInstant? {
        if let cachedDeadline { return cachedDeadline }
        var earliest: BootInstant?
        func take(_ candidate: BootInstant?) {
            if let candidate { earliest = earliest.map { min($0, candidate) } ?? candidate }
        }
        for index in rules.indices where state.machines[index].condition != .normal {
            take(state.machines[index].deadline(by: terms(index)))
            take(staleTime(index))
        }
        for index in timed where armed[index] { take(timedUntil[index]) }
        for shelf in state.shelves.values { take(shelf.until) }
        cachedDeadline = .some(earliest)
        return earliest
    }

    /// Fires every deadline up to `now`, each at its own time.
    public mutating func advance(to now: BootInstant) -> [TimedTransition] {
        var transitions: [TimedTransition] = []
        while let due = nextDeadline(), due <= now {
            transitions += fire(at: max(due, state.evaluated))
        }
        state.evaluated = max(state.evaluated, now)
        return transitions
    }

    private mutating func fire(at now: BootInstant) -> [TimedTransition] {
        state.evaluated = now
        cachedDeadline = nil
        var transitions: [TimedTransition] = []
        for index in rules.indices.reversed() where state.machines[index].condition != .normal {
            if let stale = staleTime(index), stale <= now { transitions += loseValue(index, at: now) }
            if let deadline = state.machines[index].deadline(by: terms(index)), deadline <= now {
                transitions += transform(index, at: now) { machine, terms in machine.advance(to: now, by: terms) }
            }
        }
        transitions += evaluateTimed(timed.filter { timedUntil[$0].map { $0 <= now } ?? false }, at: now)
        transitions += endShelves(at: now)
        settle(&transitions, at: now)
        return transitions
    }

    /// When the value that an alerting or confirming rule rests on becomes too old; nil for rules on time, and after a restart
    /// until a value has come.
    private func staleTime(_ index: Int) -> BootInstant? {
        let machine = state.machines[index]
        let signals = signals[index]
        let isWatching = machine.condition == .active || machine.condition == .clearing || machine.isConfirming
        guard isWatching, conditions[index].side != nil, let taken = machine.valueAt,
            let signal = signals.first(where: { state.signals[$0]?.received == taken })
                ?? signals.first(where: { state.signals[$0]?.received != nil })
        else { return nil }
        let stale = taken + age(signal, at: taken)
        guard machine.isConfirming else { return stale }
        // What is being confirmed waits for the first value after a time in which Vigil itself was not running; what alerts is held.
        guard let last = machine.breaches.last, !isStreaming(index) else { return stale + (state.gap?.grace(since: taken) ?? .zero) }
        // A cuff breach waits for its confirmation as long as the rule's window allows, also where the schedule is denser.
        return max(stale, last + window(index, at: last))
    }

    /// The value that a rule rests on has become too old: another source of the signal takes over, else the next of the rule's signals
    /// where it is fresh (`heart_rate`, else `pulse_rate`), else the rule is held.
    private mutating func loseValue(_ index: Int, at now: BootInstant) -> [TimedTransition] {
        var transitions: [TimedTransition] = []
        for signal in signals[index] where !isFresh(signal, at: now) {
            handOver(signal, at: now)
        }
        if let signal = signals[index].first(where: { isFresh($0, at: now) }),
            let track = state.signals[signal], let value = track.value, let taken = track.received
        {
            transitions = evaluate(index, value, takenAt: taken, in: context(at: now))
        }
        if let stale = staleTime(index), stale <= now { transitions += becomeStale(index, at: now) }
        return transitions
    }

    /// The next source of the signal takes over, where it has given a fresh value.
    mutating func handOver(_ signal: Signal, at now: BootInstant) {
        let oldest = now - age(signal, at: now)
        state.signals[signal]?.takeOver(since: oldest)
    }

    private mutating func becomeStale(_ index: Int, at now: BootInstant) -> [TimedTransition] {
        var wasPending = false
        let transitions = transform(index, at: now) { machine, _ in
            let result = machine.becomeStale(at: now)
            wasPending = result.wasPending
            return result.steps
        }
        if wasPending { for signal in signals[index] { state.signals[signal]?.endedBeyondLimit = true } }
        return transitions
    }

    /// How old a cuff value may be where no further measurement is scheduled: the longest interval of clinical.md, section 5.
    static let longestUnscheduled: Duration = .seconds(15 * 60)

    /// How old a value of the signal that came at `taken` may be.
    func age(_ signal: Signal, at taken: BootInstant) -> Duration {
        switch signal.cadence {
        case .streaming: return streamAges[signal.ordinal]
        case .intermittent:
            let interval = schedule.interval(in: state.phase, elapsed: taken - state.phaseEntered)
            return interval.map { $0 + schedule.grace(for: $0) } ?? Self.longestUnscheduled
        }
    }
}
