import VitalsModel

/// What people, phases and restarts do to an alert.
extension EpisodeMachine {
    /// A person answers (11, 16). Nil when there is nothing to answer.
    mutating func acknowledge(at now: BootInstant, note: String?, by rule: RuleTerms) -> [EpisodeStep]? {
        guard isOpen else { return nil }
        handling = .acknowledged
        if condition == .latched {
            let step = move(.acknowledged, to: .latched, announced: false, detail: note)
            return [step, close(pendingEnd == .unknown ? .unknown : .acknowledged, priority: rule.priority)]
        }
        acknowledgedAt = now
        acknowledgedValue = value
        unansweredSince = nil
        audioPausedUntil = nil
        return [move(.acknowledged, to: condition, announced: true, detail: note)]
    }

    /// The bell is silent for a while (alarms.md section 1, "audio paused"): the alert stays unanswered, and goes on to escalate.
    /// Nil when there is nothing to silence.
    mutating func pauseAudio(until: BootInstant) -> [EpisodeStep]? {
        guard isAlerting, handling != .acknowledged else { return nil }
        audioPausedUntil = until
        handling = .audioPaused
        return [move(.audioPaused, to: condition, announced: true)]
    }

    /// Vigil was not running from `start` on: what ran then counts for nothing, and goes on with the next value.
    mutating func pauseWatches(at start: BootInstant) {
        onWatch?.pause(at: start)
        offWatch?.pause(at: start)
    }

    /// The phase left the armed set (21): a phase click must not hide an alert that nobody has seen.
    mutating func disarm(by rule: RuleTerms) -> [EpisodeStep] {
        switch condition {
        case .normal, .pending, .closed:
            forget()
            return []
        case .latched:
            // Breaches that were being counted no longer count: a rule that is off must not come back by itself.
            onWatch = nil
            breaches = []
            return []
        case .active, .clearing, .held:
            return priority == .low || handling == .acknowledged
                ? [close(.disarmed, priority: rule.priority)] : [latch(.disarmed)]
        }
    }

    /// The session ends (22).
    mutating func endSession(by rule: RuleTerms) -> [EpisodeStep] {
        guard isOpen else {
            forget()
            return []
        }
        return [close(.sessionEnd, priority: rule.priority)]
    }

    /// The daemon starts again (24). `saved` is the last time that the state was written: what came after it does not count.
    mutating func restore(savedAt saved: BootInstant, now: BootInstant) -> [EpisodeStep] {
        onWatch?.pause(at: saved)
        guard isOpen else { return [] }
        if condition == .active || condition == .clearing || condition == .held {
            offWatch = nil
            heldSince = now
            return [move(.restored, to: .held, announced: true)]
        }
        return [move(.restored, to: condition, announced: true)]
    }

    /// Moves every instant to another boot clock.
    mutating func shift(by offset: Duration) {
        onset = onset.map { $0 + offset }
        raised = raised.map { $0 + offset }
        valueAt = valueAt.map { $0 + offset }
        breaches = breaches.map { $0 + offset }
        heldSince = heldSince.map { $0 + offset }
        acknowledgedAt = acknowledgedAt.map { $0 + offset }
        unansweredSince = unansweredSince.map { $0 + offset }
        audioPausedUntil = audioPausedUntil.map { $0 + offset }
        lastAlerted = lastAlerted.map { $0 + offset }
        onWatch?.shift(by: offset)
        offWatch?.shift(by: offset)
    }
}
