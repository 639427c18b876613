import VitalsModel

/// What time alone does to an alert.
extension EpisodeMachine {
    /// What a rule on time says (4, 7-10, 14 for such rules).
    mutating func receive(_ finding: TimedFinding, at now: BootInstant, by rule: RuleTerms) -> [EpisodeStep] {
        switch finding {
        case .waiting: return []
        case .unknown: return becomeStale(at: now).steps
        case .silent: return isOpen && condition != .latched ? disarm(by: rule) : []
        case .fine: return condition == .active || condition == .held || condition == .clearing ? clear(at: now, by: rule) : []
        case .overdue(let since, let limitSeconds, let priority, let words, _):
            self.words = words
            value = (now - since).inSeconds + limitSeconds
            valueAt = now
            limit = limitSeconds
            peak = value
            return overdue(since: since, priority: priority, at: now, by: rule)
        case .breach(let breach):
            words = breach.words
            unit = breach.unit
            (value, valueAt, limit, peak) = (breach.value, breach.valueAt ?? now, breach.limit, breach.value)
            return overdue(since: breach.since, priority: breach.priority, at: now, by: rule)
        }
    }

    private mutating func overdue(since: BootInstant, priority: AlertPriority, at now: BootInstant, by rule: RuleTerms) -> [EpisodeStep] {
        switch condition {
        case .normal:
            onset = since
            self.priority = priority
            return raise(at: now, as: rule.nextEpisode)
        case .active where priority > self.priority:
            self.priority = priority
            awaitAnswer(from: now)
            return [move(.escalated, to: .active, announced: true)]
        case .clearing, .held:
            return resume()
        case .latched:
            reoccurrences += 1
            awaitAnswer(from: now)
            return [move(.reoccurred, to: .active, announced: true)]
        default:
            return []
        }
    }

    /// When `advance` has something to do, staleness apart.
    func deadline(by rule: RuleTerms) -> BootInstant? {
        var candidates: [BootInstant?] = []
        if rule.isStreaming, condition == .pending || condition == .latched, breaches.count >= rule.confirmation.minimumSamples {
            candidates.append(onWatch?.deadline(for: rule.confirmation.onDelay))
        }
        if rule.isStreaming, condition == .clearing { candidates.append(offWatch?.deadline(for: rule.confirmation.offDelay)) }
        if condition == .held { candidates.append(heldSince.map { $0 + rule.response.hold }) }
        if condition == .active, !rule.isMuted { candidates.append(reminderTime(by: rule) ?? escalationTime(by: rule)) }
        if isAlerting { candidates.append(audioPausedUntil) }
        return candidates.compactMap { $0 }.min()
    }

    private func reminderTime(by rule: RuleTerms) -> BootInstant? {
        guard handling == .acknowledged, let acknowledgedAt, let after = rule.response.reminder[priority] else { return nil }
        return acknowledgedAt + after
    }

    private func escalationTime(by rule: RuleTerms) -> BootInstant? {
        // What nobody has heard of cannot be left unanswered.
        guard handling != .acknowledged, !isSilenced, let unansweredSince, let times = rule.response.escalation[rule.priority],
            escalations < times.count
        else { return nil }
        return unansweredSince + times[escalations]
    }

    /// The deadline has come (4, 9, 10, 15, 17, 19).
    mutating func advance(to now: BootInstant, by rule: RuleTerms) -> [EpisodeStep] {
        if let audioPausedUntil, audioPausedUntil <= now, isAlerting { return endAudioPause() + advance(to: now, by: rule) }
        switch condition {
        case .pending, .latched:
            return rule.isStreaming && isConfirmed(at: now, by: rule) ? confirm(at: now, by: rule) : []
        case .clearing:
            return rule.isStreaming ? finishIfClear(at: now, by: rule) : []
        case .held:
            guard let heldSince, now >= heldSince + rule.response.hold else { return [] }
            return [latch(.unknown)]
        case .active where !rule.isMuted:
            if let time = reminderTime(by: rule), now >= time {
                awaitAnswer(from: now)
                return [move(.reminder, to: .active, announced: true)]
            }
            guard let time = escalationTime(by: rule), now >= time else { return [] }
            escalations += 1
            priority = priority.raised
            // Nobody came: the bell rings again.
            audioPausedUntil = nil
            if handling == .audioPaused { handling = .unacknowledged }
            return [move(.escalated, to: .active, announced: true)]
        default:
            return []
        }
    }

    /// The bell may ring again.
    private mutating func endAudioPause() -> [EpisodeStep] {
        audioPausedUntil = nil
        guard handling == .audioPaused else { return [] }
        handling = .unacknowledged
        return [move(.reminder, to: condition, announced: true, detail: "the audio pause is over")]
    }
}
