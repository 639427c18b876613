import VitalsModel

extension AlertEngine {
    // MARK: Which value counts

    func isFresh(_ signal: Signal, at now: BootInstant) -> Bool {
        guard let received = state.signals[signal]?.received else { return false }
        return now < received + age(signal, at: received)
    }

    /// How long a cuff's values keep those of a lesser cuff from counting: two cuffs started together are one measurement, a later one
    /// is news, whichever cuff it is of; waiting until the first is stale would hide it for a whole interval.
    static let togetherness: Duration = .seconds(60)

    /// Whether a reading comes from the best fresh source of its signal. A doubtful one never displaces a source that gives good values.
    func isPreferred(_ reading: Reading, at now: BootInstant) -> Bool {
        guard let track = state.signals[reading.signal], let current = track.source, current != reading.source,
            isFresh(reading.signal, at: now)
        else { return true }
        if reading.signal.cadence == .intermittent, let received = track.received, now > received + Self.togetherness { return true }
        guard reading.quality == .valid else { return false }
        let order = ranking[reading.signal] ?? []
        let rank = { (source: SourceID) in order.firstIndex(of: source) ?? order.count }
        return rank(reading.source) < rank(current) || (rank(reading.source) == rank(current) && reading.source < current)
    }

    /// A rule takes the first of its signals that is fresh: `heart_rate`, else `pulse_rate`.
    func decides(_ signal: Signal, for index: Int, at now: BootInstant) -> Bool {
        for candidate in signals[index] {
            if candidate == signal { return true }
            if isFresh(candidate, at: now) { return false }
        }
        return false
    }

    /// Keeps a value that a better source's kept from counting, for when that one ends.
    mutating func standBy(_ reading: Reading, _ value: Double, at now: BootInstant) {
        state.signals[reading.signal]?.standby = StandbyValue(value: value, received: now, source: reading.source)
    }

    /// A value of a lesser cuff, measured together with the better one's, neither confirms nor ends anything; but where nothing is
    /// wrong so far and it is beyond a limit, it counts: a crisis on the other arm must not be hidden.
    mutating func noticeBreach(_ reading: Reading, _ value: Double, at now: BootInstant) -> [TimedTransition] {
        guard reading.signal.cadence == .intermittent else { return [] }
        let context = context(at: now)
        var transitions: [TimedTransition] = []
        for index in rules.indices.reversed()
        where isArmed(index) && rules[index].condition.side != nil && signals[index].contains(reading.signal)
            && state.machines[index].condition == .normal && !state.machines[index].isConfirming
        {
            transitions += evaluate(index, value, takenAt: now, in: context)
        }
        return transitions
    }

    mutating func track(_ reading: Reading, _ value: Double, at now: BootInstant) {
        var track = state.signals[reading.signal] ?? SignalTrack(expectedSince: now)
        track.value = value
        track.received = now
        track.source = reading.source
        if track.standby?.source == reading.source { track.standby = nil }
        track.condition = .measuring
        track.sourceState = .streaming
        track.endedBeyondLimit = false
        state.signals[reading.signal] = track
        if reading.signal.cadence == .intermittent {
            state.cuff.lastMeasured = now
            state.cuff.failures = 0
        }
    }

    // MARK: What it means

    /// Holds a value that was received at `taken` against one rule.
    mutating func evaluate(_ index: Int, _ value: Double, takenAt taken: BootInstant, in context: RuleContext) -> [TimedTransition] {
        let now = context.now
        let finding = conditions[index].finding(for: value, in: context)
        if state.machines[index].condition == .normal {
            // The usual case on the way of every reading: nothing was wrong and nothing is.
            guard case .breach = finding else { return [] }
        }
        return transform(index, at: now) { machine, terms in machine.receive(value, finding, takenAt: taken, at: now, by: terms) }
    }

    /// Looks at the last fresh value of every armed rule, as after a change of limits or phase (23).
    mutating func reevaluate(at now: BootInstant) -> [TimedTransition] {
        var transitions: [TimedTransition] = []
        for index in rules.indices.reversed() where isArmed(index) && rules[index].condition.side != nil {
            guard let signal = rules[index].condition.signals.first(where: { isFresh($0, at: now) }),
                let track = state.signals[signal], let value = track.value, let taken = track.received
            else { continue }
            // A cuff value that has counted must not count again as its own confirmation.
            if signal.cadence == .intermittent, state.machines[index].condition != .normal { continue }
            transitions += evaluate(index, value, takenAt: taken, in: context(at: now))
        }
        return transitions + evaluateTimed(timed, at: now)
    }

    mutating func evaluateTimed(_ indices: [Int], at now: BootInstant) -> [TimedTransition] {
        var transitions: [TimedTransition] = []
        for index in indices where isArmed(index) {
            let finding = rules[index].condition.findingAtTime(in: context(at: now))
            timedUntil[index] =
                switch finding {
                case .silent: nil
                case .waiting(let until): until
                case .fine(let until): until
                case .overdue(_, _, _, _, let until): until
                }
            transitions += transform(index, at: now) { machine, terms in machine.receive(finding, at: now, by: terms) }
        }
        return transitions
    }

    func context(at now: BootInstant) -> RuleContext {
        RuleContext(
            now: now, phase: state.phase, phaseEntered: state.phaseEntered, baseline: state.baseline, signals: state.signals,
            cuff: state.cuff, schedule: schedule)
    }

    // MARK: How the alert moves

    func isStreaming(_ index: Int) -> Bool { (rules[index].condition.signals.first?.cadence ?? .streaming) == .streaming }

    /// Within which time cuff readings confirm each other: never less than one interval of the schedule with its grace.
    func window(_ index: Int, at time: BootInstant) -> Duration {
        let window = rules[index].confirmation.window ?? .seconds(360)
        guard let interval = schedule.interval(in: state.phase, elapsed: time - state.phaseEntered) else { return window }
        return max(window, interval + schedule.grace(for: interval))
    }

    func terms(_ index: Int) -> RuleTerms {
        let rule = rules[index]
        let isStreaming = isStreaming(index)
        return RuleTerms(
            isStreaming: isStreaming, side: rule.condition.side, priority: rule.priority, latching: rule.latching,
            confirmation: rule.confirmation, worsenStep: rule.worsenStep,
            window: isStreaming ? .zero : window(index, at: state.evaluated), response: response,
            session: state.session, nextOrdinal: state.episodeCount + 1)
    }

    /// Lets one machine move and adds what its rule says.
    mutating func transform(
        _ index: Int, at now: BootInstant, _ body: (inout EpisodeMachine, RuleTerms) -> [EpisodeStep]
    ) -> [TimedTransition] {
        let wasAlerting = state.machines[index].isAlerting
        let steps = body(&state.machines[index], terms(index))
        cachedDeadline = nil
        guard !steps.isEmpty else { return [] }
        if steps.contains(where: { $0.change == .raised }) { state.episodeCount += 1 }
        let transitions = steps.map { step in
            let transition = describe(step, index, at: now)
            if step.announced, state.machines[index].isOpen { state.machines[index].isSilenced = !transition.announced }
            return TimedTransition(at: now, transition: transition)
        }
        if wasAlerting, !state.machines[index].isAlerting { stoppedAlerting.append(index) }
        return transitions
    }

    func describe(_ step: EpisodeStep, _ index: Int, at now: BootInstant) -> AlertTransition {
        let rule = rules[index]
        let machine = step.machine
        return AlertTransition(
            episode: machine.episode ?? EpisodeID(session: state.session, ordinal: 0), transition: machine.transition, rule: rule.id,
            title: rule.title, action: rule.action, signal: rule.condition.signals.first, priority: machine.priority, type: rule.type,
            change: step.change, from: step.from, condition: step.condition, handling: machine.handling,
            announced: step.announced && isHeard(step, index), value: machine.value,
            valueAge: machine.valueAt.map { (now - $0).inSeconds }, limit: machine.limit, baseline: machine.baseline, peak: machine.peak,
            duration: machine.onset.map { (now - $0).inSeconds } ?? 0, end: step.end, detail: step.detail ?? machine.words)
    }

    // MARK: Families

    /// Whether people hear of a step: not while a graver rule speaks, nor of the end of what they never heard of.
    private func isHeard(_ step: EpisodeStep, _ index: Int) -> Bool {
        switch step.change {
        case .acknowledged: true
        case .closed: !step.machine.isSilenced && !isOutranked(index)
        default: !isOutranked(index)
        }
    }

    /// Only the gravest of a family speaks: a rule is silent while a graver one of its family is alerting. A graver one that
    /// is over and only waits to be seen (`latched`) silences nobody.
    private func isOutranked(_ index: Int) -> Bool {
        guard let family = rules[index].family else { return false }
        return rules.indices.contains { $0 > index && rules[$0].family == family && state.machines[$0].isAlerting }
    }

    /// To be called when every rule has seen what is new: where a graver rule has stopped alerting, the gravest of those that it
    /// silenced and that is still beyond its limit must be heard, or a half recovered patient would look like a recovered one.
    mutating func uncoverSilenced(at now: BootInstant) -> [TimedTransition] {
        var transitions: [TimedTransition] = []
        while let index = stoppedAlerting.popLast() { transitions += uncover(below: index, at: now) }
        return transitions
    }

    private mutating func uncover(below index: Int, at now: BootInstant) -> [TimedTransition] {
        guard let family = rules[index].family else { return [] }
        let silenced = rules.indices.last { other in
            let machine = state.machines[other]
            return other < index && rules[other].family == family && machine.isSilenced && machine.condition == .active
                && machine.handling == .unacknowledged
        }
        guard let silenced, !isOutranked(silenced) else { return [] }
        let graver = rules[index].id
        return transform(silenced, at: now) { machine, _ in [machine.speakUp(after: graver)] }
    }
}
