import VitalsModel

/// What people do to a session's alerts.
extension AlertEngine {
    /// The phase changed: rules are disarmed (21) and armed, and armed ones look at the last fresh value.
    public mutating func enter(_ phase: SessionPhase, at time: BootInstant) -> [TimedTransition] {
        take(at: time) { engine, now in
            engine.state.phase = phase
            engine.state.phaseEntered = now
            engine.state.cuff.dueSince = now
            if engine.state.facts.happened[.phase(phase)] == nil { engine.state.facts.happened[.phase(phase)] = now }
            // The phase decides how old a cuff value may be, and with it when things fall due.
            engine.cachedDeadline = nil
            return engine.arm(at: now) + engine.reevaluate(at: now)
        }
    }

    /// Something happened that a duty can be counted from.
    public mutating func note(_ event: SessionEvent, at time: BootInstant) -> [TimedTransition] {
        take(at: time) { engine, now in
            engine.state.facts.happened[event] = now
            return engine.evaluateTimed(engine.timed, at: now)
        }
    }

    /// The baseline was accepted (23).
    public mutating func accept(_ baseline: Baseline, at time: BootInstant) -> [TimedTransition] {
        take(at: time) { engine, now in
            engine.state.baseline = baseline
            return engine.reevaluate(at: now)
        }
    }

    /// A person rated the patient.
    public mutating func receive(_ score: ScaleScore, at time: BootInstant) -> [TimedTransition] {
        take(at: time) { engine, now in
            engine.state.facts.scores[score.scale] = DatedScore(score: score.score, at: now)
            engine.state.facts.happened[.scale(score.scale)] = now
            return engine.evaluateTimed(engine.timed, at: now)
        }
    }

    /// A person calls an alert, or takes it back.
    ///
    /// - Throws: `EngineRefusal.notCallable` when no armed rule of kind `manual` has that id.
    public mutating func receive(_ call: PersonsCallChange, at time: BootInstant) throws(EngineRefusal) -> [TimedTransition] {
        let callable = rules.indices.filter { (conditions[$0] as? ManualRule)?.isCalled == true && armed[$0] }.map { rules[$0].id }
        guard callable.contains(call.rule) else { throw .notCallable(call.rule, callable: callable) }
        guard call.isOn || state.facts.calls[call.rule] != nil else { throw .notCalled(call.rule) }
        return take(at: time) { engine, now in
            let again = engine.rules.indices.first { index in
                call.isOn && engine.rules[index].id == call.rule && engine.state.machines[index].isOpen
            }
            engine.state.facts.calls[call.rule] = call.isOn ? PersonsCall(words: call.words, at: now) : nil
            let transitions = engine.evaluateTimed(engine.timed, at: now)
            guard let again else { return transitions }
            // Who calls again has something new to say, whatever was answered before.
            return transitions
                + engine.transform(again, at: now) { machine, _ in [machine.speakUp(.worsened, because: call.words, at: now)] }
        }
    }

    /// A person answers one episode.
    ///
    /// - Throws: `EngineRefusal.unknownEpisode` when it is not open.
    public mutating func acknowledge(_ episode: EpisodeID, note: String?, at time: BootInstant) throws(EngineRefusal) -> [TimedTransition] {
        try act(on: episode, at: time) { machine, terms, now in machine.acknowledge(at: now, note: note, by: terms) }
    }

    /// The longest time that a bell may be silenced: the time after which a monitor's own pause ends (alarms.md section 1).
    public static let longestAudioPause: Duration = .seconds(120)

    /// A person silences the bell of one episode for a while.
    ///
    /// - Throws: `EngineRefusal` when it is not open, the time is too long, or nothing rings.
    public mutating func pauseAudio(
        _ episode: EpisodeID, for duration: Duration, at time: BootInstant
    ) throws(EngineRefusal) -> [TimedTransition] {
        guard duration > .zero, duration <= Self.longestAudioPause else { throw .pauseTooLong(duration) }
        return try act(on: episode, at: time) { machine, _, now in machine.pauseAudio(until: now + duration) }
    }

    private mutating func act(
        on episode: EpisodeID, at time: BootInstant, _ body: (inout EpisodeMachine, RuleTerms, BootInstant) -> [EpisodeStep]?
    ) throws(EngineRefusal) -> [TimedTransition] {
        let now = max(time, state.evaluated)
        // A refusal must leave no trace: what `advance` says is lost when it is thrown away.
        var acting = self
        var transitions = acting.advance(to: now)
        guard let index = acting.state.machines.firstIndex(where: { $0.episode == episode }) else {
            throw .unknownEpisode(episode, open: acting.state.machines.compactMap(\.episode))
        }
        var steps: [EpisodeStep]?
        transitions += acting.transform(index, at: now) { machine, terms in
            steps = body(&machine, terms, now)
            return steps ?? []
        }
        guard steps != nil else { throw .nothingRings(episode) }
        acting.settle(&transitions, at: now)
        self = acting
        return transitions
    }

    /// The session ends (22).
    public mutating func endSession(at time: BootInstant) -> [TimedTransition] {
        let now = max(time, state.evaluated)
        var transitions = advance(to: now)
        for index in rules.indices {
            transitions += transform(index, at: now) { machine, terms in machine.endSession(by: terms) }
        }
        state.shelves = [:]
        stoppedAlerting = []
        haveMoved = false
        cachedDeadline = nil
        return transitions
    }

    /// Asks each rule whether it is armed now; those that are not are disarmed.
    mutating func arm(at now: BootInstant) -> [TimedTransition] {
        armed = rules.map { $0.phases.contains(state.phase) && state.overrides[$0.id]?.change.isOff != true }
        var transitions: [TimedTransition] = []
        for index in rules.indices where !armed[index] {
            transitions += transform(index, at: now) { machine, terms in machine.disarm(by: terms) }
        }
        return transitions
    }
}

/// Why an action on alerts was refused.
public enum EngineRefusal: Error, Sendable, Hashable {
    /// No open episode of that name.
    case unknownEpisode(EpisodeID, open: [EpisodeID])
    /// The bell would be silent for too long, or for no time.
    case pauseTooLong(Duration)
    /// The episode rings no bell: it is answered, or over.
    case nothingRings(EpisodeID)
    /// The plan has no such rule.
    case unknownRule(RuleID)
    /// Rules of that kind are never shelved nor switched off.
    case neverShelved(RuleID)
    /// A shelf is too long, or lasts no time.
    case shelfTooLong(Duration)
    /// The rule is not shelved.
    case notShelved(RuleID)
    /// No rule of that name that a person calls, armed in this phase.
    case notCallable(RuleID, callable: [RuleID])
    /// Nobody has called it.
    case notCalled(RuleID)
    /// The override is beyond what the plan allows; in words, with the bound.
    case beyondBounds(RuleID, String)
}
