import VitalsModel

/// Rules over a session's readings: (input, now) -> transitions. Deterministic: the same inputs give the same transitions,
/// live, replayed and back-tested, since no input is older than what was evaluated and timers fire at their own time.
public struct AlertEngine: Sendable {
    /// The rules as they hold now, in the order of the plan: with what the session has changed.
    public internal(set) var rules: [AlertRule]
    /// The rules as the plan gives them.
    public let planRules: [AlertRule]
    /// What survives a restart.
    public internal(set) var state: EngineState

    let schedule: CuffSchedule
    let response: ResponseTimes
    let ranking: [Signal: [SourceID]]
    let masked: Set<Signal>
    /// How old a value of each streaming signal may be, by the signal's place in `Signal.allCases`.
    let streamAges: [Duration]
    /// The rules that watch each signal, by the signal's place in `Signal.allCases`.
    private let watching: [[Int]]
    /// What each rule watches, apart from its rule: asked on the way of every reading, where copying whole rules would cost most.
    var conditions: [any RuleCondition]
    /// The signals of each condition.
    let signals: [[Signal]]
    /// The rules that are asked by time, the gravest of a family first.
    let timed: [Int]
    /// Of these, those that every reading of a signal makes ask again, by the signal's place.
    private let observing: [[Int]]
    /// The rules that rest on others.
    let composites: [Int]
    /// For each rule the graver ones of its family.
    let graver: [[Int]]
    /// For each rule those that inhibit it.
    let inhibitors: [[Int]]
    /// For each rule whether the phase arms it: on the way of every reading, so not asked of the set each time.
    var armed: [Bool]
    /// How much of each signal's past is kept, by its place; nil: nothing.
    private let reach: [SampleHistory.Reach?]
    /// The past of the signals that a rule looks back on. Not kept over a restart.
    var history: [Signal: SampleHistory] = [:]
    private var filters: StreamFilters
    /// For each signal the jump that nothing has borne out yet. Not kept over a restart.
    private var doubts: [DoubtedValue?] = Signal.allCases.map { _ in nil }
    /// Rules that stopped alerting while the present input is being evaluated; empty between inputs.
    var stoppedAlerting: [Int] = []
    /// Whether a rule moved while the present input is being evaluated, so that composites must ask again.
    var haveMoved = false
    /// Shelves that ended by themselves and are not told yet.
    var endedShelves: [TimedShelfEnd] = []
    /// How many transitions there have been since the start of the daemon.
    var done = 0
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
        /// Of how many values the median goes before the rules, for each streaming signal; 1 where none is given.
        public var filters: [Signal: Int]
        /// The signals that no source gives while a cuff is inflated: clip and cuff share an arm.
        public var masked: Set<Signal>

        /// Creates terms.
        public init(
            rules: [AlertRule], schedule: CuffSchedule, response: ResponseTimes, periods: [Signal: Duration],
            ranking: [Signal: [SourceID]], filters: [Signal: Int] = [:], masked: Set<Signal> = []
        ) {
            self.rules = rules
            self.schedule = schedule
            self.response = response
            self.periods = periods
            self.ranking = ranking
            self.filters = filters
            self.masked = masked
        }
    }

    /// Creates the engine of a new session.
    public init(session: SessionID, phase: SessionPhase, terms: Terms, at now: BootInstant) {
        let watched = Set(terms.rules.flatMap(\.condition.signals)).union(terms.periods.keys)
        var state = EngineState(
            session: session, phase: phase, phaseEntered: now, baseline: nil,
            signals: Dictionary(uniqueKeysWithValues: watched.map { ($0, SignalTrack(expectedSince: now)) }),
            cuff: CuffTrack(dueSince: now), machines: terms.rules.map { EpisodeMachine(priority: $0.priority) }, evaluated: now)
        state.facts.happened = [.sessionStart: now, .phase(phase): now]
        self.init(terms: terms, state: state)
    }

    /// Creates the engine of a session that is taken up again; call `restore` before anything else.
    public init(terms: Terms, state: EngineState) {
        rules = terms.rules
        planRules = terms.rules
        schedule = terms.schedule
        response = terms.response
        ranking = terms.ranking
        masked = terms.masked
        streamAges = Signal.allCases.map { MissingRule.standardStale(period: terms.periods[$0] ?? .seconds(1)) }
        conditions = terms.rules.map(\.condition)
        signals = terms.rules.map(\.condition.signals)
        let indices = terms.rules.indices
        // The gravest of a family first: when one value breaches them all, the lesser ones find it alerting and stay silent.
        watching = Signal.allCases.map { signal in
            indices.reversed().filter { terms.rules[$0].condition.side != nil && terms.rules[$0].condition.signals.contains(signal) }
        }
        timed = indices.reversed().filter { terms.rules[$0].condition.side == nil }
        observing = Signal.allCases.map { signal in indices.filter { terms.rules[$0].condition.observed.contains(signal) } }
        composites = indices.reversed().filter { !terms.rules[$0].condition.members.isEmpty }
        graver = indices.map { lesser in
            indices.filter { $0 > lesser && terms.rules[$0].family != nil && terms.rules[$0].family == terms.rules[lesser].family }
        }
        inhibitors = indices.map { index in indices.filter { terms.rules[$0].inhibits.contains(terms.rules[index].id) } }
        reach = Self.reach(of: terms.rules)
        filters = StreamFilters(terms.filters)
        armed = terms.rules.map { $0.phases.contains(state.phase) }
        timedUntil = terms.rules.map { _ in state.evaluated }
        self.state = state
        for (rule, override) in state.overrides { put(override.change, on: rule) }
    }

    private static func reach(of rules: [AlertRule]) -> [SampleHistory.Reach?] {
        let lookbacks = rules.compactMap(\.condition.lookback)
        return Signal.allCases.map { signal in
            let own = lookbacks.filter { $0.signals.contains(signal) }
            guard !own.isEmpty else { return nil }
            return own.reduce(into: SampleHistory.Reach()) { $0.cover($1) }
        }
    }

    // MARK: Inputs of devices

    /// A reading that was checked for plausibility. Earlier ones than what was evaluated count as now.
    public mutating func receive(_ reading: Reading, doubt: ReadingDoubt = .none) -> [TimedTransition] {
        let now = max(reading.received.boot, state.evaluated)
        var transitions = advance(to: now)
        // A value that is no number is inside no limit and outside none, so it must not reach them.
        guard let raw = reading.value, raw.isFinite, reading.quality == .valid || reading.quality == .suspect else {
            return transitions
        }
        let isValid = reading.quality == .valid
        let place = reading.signal.ordinal
        let confirmed = settleDoubt(reading, raw, doubt, at: now)
        let value = isValid ? filters.filtered(raw, of: reading, at: now, longestPause: streamAges[place]) : raw
        guard isPreferred(reading, at: now) else {
            guard isValid else { return transitions }
            if reading.signal.cadence == .streaming { standBy(reading, value, at: now) }
            transitions += noticeBreach(reading, value, at: now)
            settle(&transitions, at: now)
            return transitions
        }
        if let reach = reach[place] {
            history[reading.signal, default: SampleHistory()].append(
                value, of: reading.source, isValid: isValid, at: now, reach: reach)
        }
        if isValid {
            track(reading, value, at: now)
            let context = context(at: now)
            for index in watching[place] where armed[index] && decides(reading.signal, for: index, at: now) {
                if let confirmed { transitions += evaluate(index, confirmed, in: context) }
                transitions += evaluate(index, value, takenAt: now, in: context)
            }
        } else {
            state.signals[reading.signal]?.doubted = now
            for index in watching[place] where decides(reading.signal, for: index, at: now) {
                state.machines[index].receiveSuspect(at: now)
            }
            cachedDeadline = nil
        }
        if !observing[place].isEmpty { transitions += evaluateTimed(observing[place], at: now) }
        if isValid { for index in timed where state.machines[index].isOpen { transitions += evaluateTimed([index], at: now) } }
        settle(&transitions, at: now)
        return transitions
    }

    /// Remembers a doubted jump, and gives it back when this value bears it out.
    private mutating func settleDoubt(_ reading: Reading, _ raw: Double, _ doubt: ReadingDoubt, at now: BootInstant) -> DoubtedValue? {
        let place = reading.signal.ordinal
        let before = doubts[place]
        if doubt == .jump {
            doubts[place] = DoubtedValue(source: reading.source, value: raw, at: now)
            return nil
        }
        // Another source's value says nothing of this one's jump.
        guard var confirmed = before, confirmed.source == reading.source else { return nil }
        doubts[place] = nil
        let isStream = reading.signal.cadence == .streaming
        guard doubt == .confirmsJump, reading.quality == .valid, !isStream || now - confirmed.at <= streamAges[place] else { return nil }
        var reading = reading
        reading.value = confirmed.value
        confirmed.value = filters.filtered(confirmed.value, of: reading, at: confirmed.at, longestPause: streamAges[place])
        return confirmed
    }

    /// The devices' word on a signal.
    public mutating func receive(_ condition: SignalCondition, of signal: Signal, at time: BootInstant) -> [TimedTransition] {
        take(at: time) { engine, now in
            engine.state.signals[signal]?.note(condition, at: now)
            return engine.evaluateTimed(engine.observing[signal.ordinal], at: now)
        }
    }

    /// Whether a source of these signals is there. While any is, the others do not matter.
    public mutating func receive(_ sourceState: SourceState, of signals: [Signal], at time: BootInstant) -> [TimedTransition] {
        take(at: time) { engine, _ in
            for signal in signals { engine.state.signals[signal]?.sourceState = sourceState }
            return []
        }
    }

    /// A source is gone: where another one gives the signal too, that one takes over at once, without waiting until the last value of
    /// the lost one is stale.
    public mutating func lose(_ source: SourceID, at time: BootInstant) -> [TimedTransition] {
        take(at: time) { engine, now in
            for signal in Signal.allCases where engine.state.signals[signal]?.source == source { engine.handOver(signal, at: now) }
            return []
        }
    }

    /// A cuff began or ended a measurement.
    public mutating func receive(_ cuff: CuffState, failed: Bool, at time: BootInstant) -> [TimedTransition] {
        take(at: time) { engine, now in
            engine.state.cuff.state = cuff
            engine.state.cuff.since = now
            if cuff == .measuring { engine.state.cuff.began = now }
            if failed { engine.state.cuff.failures += 1 }
            return failed ? engine.evaluateTimed(engine.timed, at: now) : []
        }
    }

    /// Something went wrong with Vigil itself, or is over.
    public mutating func receive(_ change: SystemFaultChange, at time: BootInstant) -> [TimedTransition] {
        take(at: time) { engine, now in
            let until: BootInstant? = change.fault.isMoment ? now + Self.newsLasts : nil
            engine.state.facts.faults[change.fault] = change.isOn ? DatedFault(words: change.detail, since: now, until: until) : nil
            return engine.evaluateTimed(engine.timed, at: now)
        }
    }

    /// Vigil itself was not running from `start` to `end`. What fell due meanwhile is told now; time that nobody watched counts neither
    /// for a delay nor against a device.
    public mutating func skip(from start: BootInstant, to end: BootInstant) -> [TimedTransition] {
        let begin = max(start, state.evaluated)
        guard end > begin else { return [] }
        var transitions = advance(to: begin)
        state.gap = UnseenTime(from: begin, to: end)
        for index in state.machines.indices { state.machines[index].pauseWatches(at: begin) }
        state.evaluated = end
        cachedDeadline = nil
        timedUntil = rules.map { _ in end }
        transitions += advance(to: end)
        return transitions
    }

    /// How long a moment such as a clock step stays news.
    static let newsLasts: Duration = .seconds(60)

    /// Does one input: what falls due before it, itself, and what follows from it for other rules.
    mutating func take(
        at time: BootInstant, _ body: (inout AlertEngine, BootInstant) -> [TimedTransition]
    ) -> [TimedTransition] {
        let now = max(time, state.evaluated)
        var transitions = advance(to: now)
        transitions += body(&self, now)
        settle(&transitions, at: now)
        return transitions
    }

    // MARK: Restart

    /// Takes up a stored session (24). `offset` moves the stored instants to this boot's clock (zero within one boot).
    public mutating func restore(savedAt: BootInstant, offset: Duration, now: BootInstant) -> [TimedTransition] {
        shift(by: offset)
        state.evaluated = now
        for signal in state.signals.keys {
            state.signals[signal]?.received = nil
            state.signals[signal]?.standby = nil
            state.signals[signal]?.doubted = nil
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
        state.cuff.since = state.cuff.since.map { $0 + offset }
        state.cuff.began = state.cuff.began.map { $0 + offset }
        state.facts.shift(by: offset)
        for (signal, track) in state.signals { state.signals[signal]?.notMeasuringSince = track.notMeasuringSince.map { $0 + offset } }
        state.shelves = state.shelves.mapValues { shelf in
            var moved = shelf
            moved.until = shelf.until + offset
            return moved
        }
        state.gap = state.gap.map { UnseenTime(from: $0.from + offset, to: $0.to + offset) }
        for index in state.machines.indices { state.machines[index].shift(by: offset) }
    }

    func isArmed(_ index: Int) -> Bool { armed[index] }
}

/// What a reading's value says of a jump.
public enum ReadingDoubt: Sendable, Hashable {
    /// Nothing.
    case none
    /// It lies further from the one before than a body changes: it is doubted, and comes as `suspect`.
    case jump
    /// It lies where the doubted one before it lay: both count.
    case confirmsJump
}

/// A value that was doubted because it jumped.
struct DoubtedValue: Sendable, Hashable {
    var source: SourceID
    var value: Double
    var at: BootInstant
}
