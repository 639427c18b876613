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
        where isArmed(index) && conditions[index].side != nil && signals[index].contains(reading.signal)
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
        track.note(.measuring, at: now)
        track.sourceState = .streaming
        track.endedBeyondLimit = false
        state.signals[reading.signal] = track
        if reading.signal.cadence == .intermittent {
            state.cuff.lastMeasured = now
            state.cuff.failures = 0
            state.facts.happened[.cuff] = now
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
        let measured = conditions[index].measurement(of: value, in: context)
        let transitions = transform(index, at: now) { machine, terms in
            machine.words = measured.words ?? machine.words
            return machine.receive(measured.value, finding, takenAt: taken, at: now, by: terms)
        }
        return isShelved(index) ? transitions + breakShelf(index, by: measured.value, at: now) : transitions
    }

    /// Holds a value that was doubted, and is not any more, against one rule: it counts from its own time.
    mutating func evaluate(_ index: Int, _ doubted: DoubtedValue, in context: RuleContext) -> [TimedTransition] {
        let finding = conditions[index].finding(for: doubted.value, in: context)
        if state.machines[index].condition == .normal {
            guard case .breach = finding else { return [] }
        }
        let measured = conditions[index].measurement(of: doubted.value, in: context)
        guard isStreaming(index) else {
            // A cuff value of minutes ago is one reading more for the one that follows, and never itself what people are told.
            if case .breach = finding { state.machines[index].countReading(at: context.now, by: terms(index)) }
            return []
        }
        return transform(index, at: context.now) { machine, terms in
            machine.receive(measured.value, finding, takenAt: doubted.at, at: doubted.at, by: terms)
        }
    }

    /// Looks at the last fresh value of every armed rule, as after a change of limits or phase (23).
    mutating func reevaluate(at now: BootInstant) -> [TimedTransition] {
        var transitions: [TimedTransition] = []
        for index in rules.indices.reversed() where isArmed(index) && conditions[index].side != nil {
            transitions += reevaluate(index, at: now)
        }
        return transitions + evaluateTimed(timed, at: now)
    }

    /// Looks at the last fresh value of one rule.
    mutating func reevaluate(_ index: Int, at now: BootInstant) -> [TimedTransition] {
        guard let signal = signals[index].first(where: { isFresh($0, at: now) }),
            let track = state.signals[signal], let value = track.value, let taken = track.received
        else { return [] }
        let context = context(at: now)
        if signal.cadence == .intermittent, state.machines[index].condition != .normal {
            // A cuff value that has counted must not count again as its own confirmation; but what is now inside the limits ends.
            if case .breach = conditions[index].finding(for: value, in: context) { return [] }
        }
        return evaluate(index, value, takenAt: taken, in: context)
    }

    mutating func evaluateTimed(_ indices: [Int], at now: BootInstant) -> [TimedTransition] {
        var transitions: [TimedTransition] = []
        for index in indices where isArmed(index) {
            let finding = conditions[index].findingAtTime(in: timedContext(of: index, at: now))
            // Asked again at once a rule would answer the same: time must go on, whatever a kind says.
            timedUntil[index] = finding.until.map { max($0, now + .milliseconds(1)) }
            transitions += transform(index, at: now) { machine, terms in machine.receive(finding, at: now, by: terms) }
        }
        return transitions
    }

    /// What a rule on values may look at: no copies of what only rules on time need, since it is made for every reading.
    func context(at now: BootInstant) -> RuleContext {
        var context = RuleContext(
            now: now, phase: state.phase, phaseEntered: state.phaseEntered, baseline: state.baseline, signals: state.signals,
            history: history, cuff: state.cuff, schedule: schedule)
        context.gap = state.gap
        return context
    }

    private func timedContext(of index: Int, at now: BootInstant) -> RuleContext {
        var context = context(at: now)
        context.facts = state.facts
        context.rule = rules[index].id
        context.masked = masked
        context.members = conditions[index].members.compactMap { member in
            rules.firstIndex { $0.id == member }.map(standing)
        }
        return context
    }

    private func standing(_ index: Int) -> RuleStanding {
        let machine = state.machines[index]
        return RuleStanding(
            rule: rules[index].id, condition: machine.condition, signal: signals[index].first, value: machine.value,
            valueAt: machine.valueAt, limit: machine.limit,
            unit: machine.unit ?? conditions[index].unit, onset: machine.onset, lastAlerted: machine.lastAlerted)
    }

    // MARK: How the alert moves

    func isStreaming(_ index: Int) -> Bool { (signals[index].first?.cadence ?? .streaming) == .streaming }

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
            window: isStreaming ? .zero : window(index, at: state.evaluated), response: response, isMuted: isMuted(index),
            session: state.session, nextOrdinal: state.episodeCount + 1)
    }

    /// Lets one machine move and adds what its rule says.
    mutating func transform(
        _ index: Int, at now: BootInstant, _ body: (inout EpisodeMachine, RuleTerms) -> [EpisodeStep]
    ) -> [TimedTransition] {
        let wasAlerting = state.machines[index].isAlerting
        let wasHeld = state.machines[index].condition == .held
        let steps = body(&state.machines[index], terms(index))
        cachedDeadline = nil
        guard !steps.isEmpty else { return [] }
        haveMoved = true
        if steps.contains(where: { $0.change == .raised }) { state.episodeCount += 1 }
        let transitions = steps.map { step in
            let transition = describe(step, index, at: now)
            // An answer is told to everybody, and says nothing of whether the alert itself is heard.
            let isAnswer = [.acknowledged, .audioPaused, .limitsChanged].contains(step.change)
            if step.announced, state.machines[index].isOpen, !isAnswer || !isMuted(index) {
                state.machines[index].isSilenced = !transition.announced
            }
            done += 1
            return TimedTransition(at: now, transition: transition, ordinal: done)
        }
        if wasAlerting, !state.machines[index].isAlerting {
            // What was held has not been seen to alert since its source fell silent.
            if !wasHeld { state.machines[index].lastAlerted = now }
            stoppedAlerting.append(index)
        }
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
            duration: machine.onset.map { (now - $0).inSeconds } ?? 0, end: step.end, detail: step.detail ?? machine.words,
            unit: machine.unit ?? conditions[index].unit, limitsVersion: state.overrides[rule.id]?.version,
            pause: step.change == .audioPaused ? machine.audioPausedUntil.map { ($0 - now).inSeconds } : nil)
    }
}
