import VitalsModel

/// Rules over a session's readings: (input, now) -> transitions. Deterministic: the same inputs give the same transitions,
/// live, replayed and back-tested, since no input is older than what was evaluated and timers fire at their own time.
public struct AlertEngine: Sendable {
    /// The rules, in the order of the plan.
    public let rules: [AlertRule]
    /// What survives a restart.
    public internal(set) var state: EngineState

    let schedule: CuffSchedule
    let response: ResponseTimes
    let ranking: [Signal: [SourceID]]
    /// How old a value of each streaming signal may be, by the signal's place in `Signal.allCases`.
    private let streamAges: [Duration]
    /// The rules that watch each signal, by the signal's place in `Signal.allCases`.
    private let watching: [[Int]]
    /// What each rule watches, apart from its rule: asked on the way of every reading, where copying whole rules would cost most.
    let conditions: [any RuleCondition]
    /// The signals of each condition.
    let signals: [[Signal]]
    /// The rules that watch time alone.
    let timed: [Int]
    /// For each rule whether the phase arms it: on the way of every reading, so not asked of the set each time.
    private var armed: [Bool]
    /// Rules that stopped alerting while the present input is being evaluated; empty between inputs.
    var stoppedAlerting: [Int] = []
    /// When a rule on time wants to be asked again; nil never.
    var timedUntil: [BootInstant?]
    /// The earliest deadline, found when it was last asked for; nil: must be found again.
    var cachedDeadline: BootInstant??

    /// What an engine is made from.
    public struct Terms: Sendable {
        /// The rules.
        public var rules: [AlertRule]
        /// The cuff schedule.
        public var schedule: CuffSchedule
        /// When alerts come again or rise.
        public var response: ResponseTimes
        /// The expected signals with their period.
        public var periods: [Signal: Duration]
        /// For each signal the sources, the preferred one first; a source that is not named comes last.
        public var ranking: [Signal: [SourceID]]

        /// Creates terms.
        public init(
            rules: [AlertRule], schedule: CuffSchedule, response: ResponseTimes, periods: [Signal: Duration], ranking: [Signal: [SourceID]]
        ) {
            self.rules = rules
            self.schedule = schedule
            self.response = response
            self.periods = periods
            self.ranking = ranking
        }
    }

    /// Creates the engine of a new session.
    public init(session: SessionID, phase: SessionPhase, terms: Terms, at now: BootInstant) {
        let watched = Set(terms.rules.flatMap(\.condition.signals)).union(terms.periods.keys)
        let state = EngineState(
            session: session, phase: phase, phaseEntered: now, baseline: nil,
            signals: Dictionary(uniqueKeysWithValues: watched.map { ($0, SignalTrack(expectedSince: now)) }),
            cuff: CuffTrack(dueSince: now), machines: terms.rules.map { EpisodeMachine(priority: $0.priority) }, evaluated: now)
        self.init(terms: terms, state: state)
    }

    /// Creates the engine of a session that is taken up again; call `restore` before anything else.
    public init(terms: Terms, state: EngineState) {
        rules = terms.rules
        schedule = terms.schedule
        response = terms.response
        ranking = terms.ranking
        streamAges = Signal.allCases.map { MissingRule.standardStale(period: terms.periods[$0] ?? .seconds(1)) }
        conditions = terms.rules.map(\.condition)
        signals = terms.rules.map(\.condition.signals)
        // The gravest of a family first: when one value breaches them all, the lesser ones find it alerting and stay silent.
        watching = Signal.allCases.map { signal in
            terms.rules.indices.reversed().filter {
                terms.rules[$0].condition.side != nil && terms.rules[$0].condition.signals.contains(signal)
            }
        }
        timed = terms.rules.indices.filter { terms.rules[$0].condition.side == nil }
        armed = terms.rules.map { $0.phases.contains(state.phase) }
        timedUntil = terms.rules.map { _ in state.evaluated }
        self.state = state
    }

    // MARK: Inputs

    /// A reading that was checked for plausibility. Earlier ones than what was evaluated count as now.
    public mutating func receive(_ reading: Reading) -> [TimedTransition] {
        let now = max(reading.received.boot, state.evaluated)
        var transitions = advance(to: now)
        // A value that is no number is inside no limit and outside none, so it must not reach them.
        guard let value = reading.value, value.isFinite, reading.quality == .valid || reading.quality == .suspect else {
            return transitions
        }
        guard isPreferred(reading, at: now) else {
            guard reading.quality == .valid else { return transitions }
            if reading.signal.cadence == .streaming { standBy(reading, value, at: now) }
            return transitions + noticeBreach(reading, value, at: now)
        }
        let watchers = watching[reading.signal.ordinal]
        if reading.quality == .suspect {
            for index in watchers where decides(reading.signal, for: index, at: now) { state.machines[index].receiveSuspect(at: now) }
            cachedDeadline = nil
            return transitions
        }
        track(reading, value, at: now)
        let context = context(at: now)
        for index in watchers where armed[index] && decides(reading.signal, for: index, at: now) {
            transitions += evaluate(index, value, takenAt: now, in: context)
        }
        for index in timed where state.machines[index].isOpen { transitions += evaluateTimed([index], at: now) }
        return stoppedAlerting.isEmpty ? transitions : transitions + uncoverSilenced(at: now)
    }

    /// The devices' word on a signal.
    public mutating func receive(_ condition: SignalCondition, of signal: Signal, at time: BootInstant) -> [TimedTransition] {
        let now = max(time, state.evaluated)
        let transitions = advance(to: now)
        state.signals[signal]?.condition = condition
        return transitions
    }

    /// Whether a source of these signals is there. While any is, the others do not matter.
    public mutating func receive(_ sourceState: SourceState, of signals: [Signal], at time: BootInstant) -> [TimedTransition] {
        let now = max(time, state.evaluated)
        let transitions = advance(to: now)
        for signal in signals { state.signals[signal]?.sourceState = sourceState }
        return transitions
    }

    /// A source is gone: where another one gives the signal too, that one takes over at once, without waiting until the last value of
    /// the lost one is stale.
    public mutating func lose(_ source: SourceID, at time: BootInstant) -> [TimedTransition] {
        let now = max(time, state.evaluated)
        let transitions = advance(to: now)
        for signal in Signal.allCases where state.signals[signal]?.source == source {
            handOver(signal, at: now)
        }
        return transitions
    }

    /// A cuff began or ended a measurement.
    public mutating func receive(_ cuff: CuffState, failed: Bool, at time: BootInstant) -> [TimedTransition] {
        let now = max(time, state.evaluated)
        let transitions = advance(to: now)
        state.cuff.state = cuff
        if failed { state.cuff.failures += 1 }
        return transitions + (failed ? evaluateTimed(timed, at: now) : []) + uncoverSilenced(at: now)
    }

    /// The phase changed: rules are disarmed (21) and armed, and armed ones look at the last fresh value.
    public mutating func enter(_ phase: SessionPhase, at time: BootInstant) -> [TimedTransition] {
        let now = max(time, state.evaluated)
        var transitions = advance(to: now)
        state.phase = phase
        state.phaseEntered = now
        state.cuff.dueSince = now
        armed = rules.map { $0.phases.contains(phase) }
        // The phase decides how old a cuff value may be, and with it when things fall due.
        cachedDeadline = nil
        for index in rules.indices where !armed[index] {
            transitions += transform(index, at: now) { machine, terms in machine.disarm(by: terms) }
        }
        transitions += reevaluate(at: now)
        return transitions + uncoverSilenced(at: now)
    }

    /// The baseline was taken (23).
    public mutating func accept(_ baseline: Baseline, at time: BootInstant) -> [TimedTransition] {
        let now = max(time, state.evaluated)
        var transitions = advance(to: now)
        state.baseline = baseline
        transitions += reevaluate(at: now)
        return transitions + uncoverSilenced(at: now)
    }

    /// A person answers one episode.
    ///
    /// - Throws: `AcknowledgeRefusal.unknownEpisode` when it is not open.
    public mutating func acknowledge(
        _ episode: EpisodeID, note: String?, at time: BootInstant
    ) throws(AcknowledgeRefusal) -> [TimedTransition] {
        let now = max(time, state.evaluated)
        // A refusal must leave no trace: what `advance` says is lost when it is thrown away.
        var advanced = self
        let before = advanced.advance(to: now)
        guard let index = advanced.state.machines.firstIndex(where: { $0.episode == episode }) else {
            throw .unknownEpisode(episode, open: advanced.state.machines.compactMap(\.episode))
        }
        self = advanced
        return before + transform(index, at: now) { machine, terms in machine.acknowledge(at: now, note: note, by: terms) ?? [] }
    }

    /// The session ends (22).
    public mutating func endSession(at time: BootInstant) -> [TimedTransition] {
        let now = max(time, state.evaluated)
        var transitions = advance(to: now)
        for index in rules.indices {
            transitions += transform(index, at: now) { machine, terms in machine.endSession(by: terms) }
        }
        stoppedAlerting = []
        return transitions
    }

    /// Takes up a stored session (24). `offset` moves the stored instants to this boot's clock (zero within one boot).
    public mutating func restore(savedAt: BootInstant, offset: Duration, now: BootInstant) -> [TimedTransition] {
        shift(by: offset)
        state.evaluated = now
        for signal in state.signals.keys {
            state.signals[signal]?.received = nil
            state.signals[signal]?.standby = nil
            state.signals[signal]?.expectedSince = now
            state.signals[signal]?.sourceState = .absent
            state.signals[signal]?.endedBeyondLimit = false
        }
        cachedDeadline = nil
        timedUntil = rules.map { _ in now }
        var transitions: [TimedTransition] = []
        for index in rules.indices {
            transitions += transform(index, at: now) { machine, _ in machine.restore(savedAt: savedAt + offset, now: now) }
        }
        return transitions
    }

    private mutating func shift(by offset: Duration) {
        state.phaseEntered = state.phaseEntered + offset
        state.cuff.dueSince = state.cuff.dueSince + offset
        state.cuff.lastMeasured = state.cuff.lastMeasured.map { $0 + offset }
        for index in state.machines.indices { state.machines[index].shift(by: offset) }
    }

    /// How old a cuff value may be where no further measurement is scheduled: the longest interval of clinical.md, section 5.
    static let longestUnscheduled: Duration = .seconds(15 * 60)

    func isArmed(_ index: Int) -> Bool { armed[index] }

    // MARK: Time

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
        return transitions + uncoverSilenced(at: now)
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
        let age = age(signal, at: taken)
        // A cuff breach waits for its confirmation as long as the rule's window allows, also where the schedule is denser.
        guard machine.isConfirming, let last = machine.breaches.last, !isStreaming(index) else { return taken + age }
        return max(taken + age, last + window(index, at: last))
    }

    /// The value that a rule rests on has become too old: another source of the signal takes over, else the next of the rule's signals
    /// where it is fresh (`heart_rate`, else `pulse_rate`), else the rule is held.
    private mutating func loseValue(_ index: Int, at now: BootInstant) -> [TimedTransition] {
        var transitions: [TimedTransition] = []
        for signal in signals[index] where !isFresh(signal, at: now) {
            handOver(signal, at: now)
        }
        if let signal = rules[index].condition.signals.first(where: { isFresh($0, at: now) }),
            let track = state.signals[signal], let value = track.value, let taken = track.received
        {
            transitions = evaluate(index, value, takenAt: taken, in: context(at: now))
        }
        if let stale = staleTime(index), stale <= now { transitions += becomeStale(index, at: now) }
        return transitions
    }

    /// The next source of the signal takes over, where it has given a fresh value.
    private mutating func handOver(_ signal: Signal, at now: BootInstant) {
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
        if wasPending { for signal in rules[index].condition.signals { state.signals[signal]?.endedBeyondLimit = true } }
        return transitions
    }

    /// How old a value of the signal may be.
    func age(_ signal: Signal, at now: BootInstant) -> Duration {
        switch signal.cadence {
        case .streaming: return streamAges[signal.ordinal]
        case .intermittent:
            let interval = schedule.interval(in: state.phase, elapsed: now - state.phaseEntered)
            return interval.map { $0 + schedule.grace(for: $0) } ?? Self.longestUnscheduled
        }
    }
}
