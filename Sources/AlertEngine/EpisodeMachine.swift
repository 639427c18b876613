import VitalsModel

/// The state of one rule's alert: condition, handling and priority as three independent axes (alarms.md, section 6).
///
/// The numbers in the comments are the transitions of that table. The machine knows no clock and no rule kinds: it is told
/// what is true (`RuleFinding`, `TimedFinding`), what people do, and how late it is.
public struct EpisodeMachine: Sendable, Hashable, Codable {
    /// What is true.
    public internal(set) var condition: AlertCondition = .normal
    /// What people did.
    public internal(set) var handling: AlertHandling = .unacknowledged
    /// Base priority as raised by escalation.
    public internal(set) var priority: AlertPriority
    /// The episode; nil in `normal` and `pending`.
    public internal(set) var episode: EpisodeID?
    /// How many transitions the episode has had.
    public internal(set) var transition = 0
    /// The first breaching sample, or since when a rule on time is overdue.
    public internal(set) var onset: BootInstant?
    /// When the episode was raised.
    public internal(set) var raised: BootInstant?
    /// The last value that counted, in the signal's unit; for a rule on time, seconds.
    public internal(set) var value: Double?
    /// When `value` was received.
    public internal(set) var valueAt: BootInstant?
    /// The limit that `value` was held against.
    public internal(set) var limit: Double?
    /// The baseline that the limit came from, where one is needed.
    public internal(set) var baseline: Double?
    /// The worst value of the episode, in the rule's direction.
    public internal(set) var peak: Double?
    /// The unit of `value` where the finding gave one of its own.
    public internal(set) var unit: String?
    /// The words of a rule on time.
    public internal(set) var words: String?
    /// How often a latched episode came back.
    public internal(set) var reoccurrences = 0
    /// Breaches that went before they were confirmed.
    public internal(set) var fleeting = 0
    /// When it last stopped alerting, over all episodes.
    public internal(set) var lastAlerted: BootInstant?

    var onWatch: Stopwatch?
    var breaches: [BootInstant] = []
    var offWatch: Stopwatch?
    var clearReadings = 0
    var heldSince: BootInstant?
    var acknowledgedAt: BootInstant?
    var acknowledgedValue: Double?
    var unansweredSince: BootInstant?
    var escalations = 0
    var audioPausedUntil: BootInstant?
    /// How the episode will have ended once somebody has seen it (15: `unknown`).
    var pendingEnd: EpisodeEnd?
    /// Whether the last thing that it had to say was left out, since a graver rule of the family was speaking.
    var isSilenced = false

    /// A machine at rest.
    init(priority: AlertPriority) { self.priority = priority }

    /// Whether an episode is open.
    public var isOpen: Bool { episode != nil }

    /// Whether the cause is there or was there when the values ended.
    var isAlerting: Bool { condition == .active || condition == .clearing || condition == .held }

    /// Whether breaches are being counted that may raise or re-raise it.
    var isConfirming: Bool { condition == .pending || (condition == .latched && !breaches.isEmpty) }

    // MARK: Values

    /// A valid value of the watched signal, received at `taken` and looked at `now` (1-5, 7-12, 14, 18).
    mutating func receive(
        _ value: Double, _ finding: RuleFinding, takenAt taken: BootInstant, at now: BootInstant, by rule: RuleTerms
    ) -> [EpisodeStep] {
        switch finding {
        case .notEvaluable: return []
        case .breach(let limit, let baseline):
            note(value, limit, baseline, at: taken, side: rule.side)
            return breach(at: now, by: rule)
        case .between(let limit, let baseline):
            note(value, limit, baseline, at: taken, side: rule.side)
            return condition == .clearing || condition == .held ? resume() : dropUnconfirmed()
        case .inside(let limit, let baseline):
            note(value, limit, baseline, at: taken, side: rule.side)
            return clear(at: now, by: rule)
        }
    }

    /// A suspect value: it may delay, it never advances nor cancels (3).
    mutating func receiveSuspect(at now: BootInstant) {
        onWatch?.pause(at: now)
        offWatch?.pause(at: now)
    }

    /// The watched signal has had no fresh value for its stale time (6, 13). True when a breach was under way unconfirmed.
    mutating func becomeStale(at now: BootInstant) -> (steps: [EpisodeStep], wasPending: Bool) {
        switch condition {
        case .pending:
            forget()
            return ([], true)
        case .active, .clearing:
            offWatch = nil
            heldSince = now
            return ([move(.held, to: .held, announced: false)], false)
        default:
            onWatch = nil
            breaches = []
            return ([], false)
        }
    }

    private mutating func note(_ value: Double, _ limit: Double?, _ baseline: Double?, at taken: BootInstant, side: LimitSide?) {
        self.value = value
        valueAt = taken
        self.limit = limit ?? self.limit
        self.baseline = baseline ?? self.baseline
        if isOpen || condition == .pending, let side { peak = peak.map { side.worse($0, value) } ?? value }
    }

    /// A breaching reading that was doubted and now is not: it counts toward the confirmation, and raises nothing by itself (5).
    mutating func countReading(at now: BootInstant, by rule: RuleTerms) {
        guard condition == .normal || isConfirming || condition == .latched else { return }
        if condition == .normal {
            condition = .pending
            onset = now
        }
        countBreach(at: now, by: rule)
    }

    private mutating func breach(at now: BootInstant, by rule: RuleTerms) -> [EpisodeStep] {
        switch condition {
        case .normal, .pending, .latched:
            if condition == .normal {
                condition = .pending
                onset = now
                peak = value
            }
            countBreach(at: now, by: rule)
            return isConfirmed(at: now, by: rule) ? confirm(at: now, by: rule) : []
        case .clearing, .held:
            return resume()
        case .active:
            return worsen(at: now, by: rule)
        case .closed:
            return []
        }
    }

    private mutating func countBreach(at now: BootInstant, by rule: RuleTerms) {
        if rule.isStreaming {
            if onWatch == nil { onWatch = Stopwatch(startedAt: now) } else { onWatch?.resume(at: now) }
            // Only "enough or not" is asked, so the count stops where it is enough.
            if breaches.count < rule.confirmation.minimumSamples { breaches.append(now) }
        } else {
            breaches.append(now)
            breaches.removeAll { now - $0 > rule.window }
            if condition == .pending { onset = breaches.first ?? now }
        }
    }

    func isConfirmed(at now: BootInstant, by rule: RuleTerms) -> Bool {
        guard rule.isStreaming else { return breaches.count >= rule.confirmation.readings }
        guard breaches.count >= rule.confirmation.minimumSamples, let onWatch else { return false }
        return onWatch.elapsed(at: now) >= rule.confirmation.onDelay
    }

    /// 4, 5; and 12 when latched: a new breach needs the same confirmation as the first, or one stray sample would call people.
    mutating func confirm(at now: BootInstant, by rule: RuleTerms) -> [EpisodeStep] {
        onWatch = nil
        breaches = []
        if condition == .latched {
            reoccurrences += 1
            pendingEnd = nil
            awaitAnswer(from: now)
            return [move(.reoccurred, to: .active, announced: true)]
        }
        // A session may have changed it since the machine was made or last closed.
        priority = rule.priority
        return raise(at: now, as: rule.nextEpisode)
    }

    mutating func raise(at now: BootInstant, as id: EpisodeID) -> [EpisodeStep] {
        episode = id
        transition = 0
        raised = now
        reoccurrences = 0
        awaitAnswer(from: now)
        return [move(.raised, to: .active, announced: true)]
    }

    /// Nobody has answered from now on.
    mutating func awaitAnswer(from now: BootInstant) {
        handling = .unacknowledged
        audioPausedUntil = nil
        acknowledgedAt = nil
        acknowledgedValue = nil
        unansweredSince = now
        escalations = 0
    }

    /// 8, 14: the same episode, the same acknowledgement, no new announcement.
    mutating func resume() -> [EpisodeStep] {
        offWatch = nil
        clearReadings = 0
        heldSince = nil
        return [move(.resumed, to: .active, announced: false)]
    }

    /// 2: a breach that went before it was confirmed.
    private mutating func dropUnconfirmed() -> [EpisodeStep] {
        if condition == .pending {
            fleeting += 1
            forget()
        } else if condition == .latched {
            onWatch = nil
            breaches = []
        }
        return []
    }

    /// 7, 9, 10, 14 (not breaching).
    mutating func clear(at now: BootInstant, by rule: RuleTerms) -> [EpisodeStep] {
        switch condition {
        case .active, .held:
            heldSince = nil
            offWatch = Stopwatch(startedAt: now)
            clearReadings = 1
            let step = move(.clearing, to: .clearing, announced: false)
            return [step] + finishIfClear(at: now, by: rule)
        case .clearing:
            offWatch?.resume(at: now)
            clearReadings += 1
            return finishIfClear(at: now, by: rule)
        default:
            return dropUnconfirmed()
        }
    }

    mutating func finishIfClear(at now: BootInstant, by rule: RuleTerms) -> [EpisodeStep] {
        let isClear =
            rule.isStreaming
            ? (offWatch?.elapsed(at: now) ?? .zero) >= rule.confirmation.offDelay : clearReadings >= rule.confirmation.clearReadings
        guard isClear else { return [] }
        offWatch = nil
        return stays(at: now, by: rule) ? [latch(.cleared)] : [close(.cleared, priority: rule.priority)]
    }

    private func stays(at now: BootInstant, by rule: RuleTerms) -> Bool {
        guard handling != .acknowledged else { return false }
        return switch rule.latching {
        case .always: true
        case .brief: (raised.map { now - $0 } ?? .zero) < .seconds(30)
        case .never: false
        }
    }

    /// 18: markedly worse than when somebody answered.
    private mutating func worsen(at now: BootInstant, by rule: RuleTerms) -> [EpisodeStep] {
        guard handling == .acknowledged, let step = rule.worsenStep, let side = rule.side, let before = acknowledgedValue, let value,
            side == .above ? value >= before + step : value <= before - step
        else { return [] }
        awaitAnswer(from: now)
        return [move(.worsened, to: .active, announced: true)]
    }

    // MARK: Steps

    mutating func move(_ change: AlertChange, to next: AlertCondition, announced: Bool, detail: String? = nil) -> EpisodeStep {
        let from = condition
        condition = next
        transition += 1
        return EpisodeStep(change: change, from: from, condition: next, announced: announced, end: nil, detail: detail, machine: self)
    }

    /// 18, 20: what kept it silent is over (a graver rule of the family, an inhibition, a shelf), and it still stands.
    mutating func speakUp(_ change: AlertChange, because why: String, at now: BootInstant) -> EpisodeStep {
        awaitAnswer(from: now)
        return move(change, to: condition, announced: true, detail: why)
    }

    /// 23: the limits were changed under an open episode; `limit` is the one that holds from now on, where it is a fixed one.
    mutating func changeLimits(_ words: String, priority base: AlertPriority, limit fixed: Double?) -> EpisodeStep {
        limit = fixed ?? limit
        priority = (0..<escalations).reduce(base) { priority, _ in priority.raised }
        return move(.limitsChanged, to: condition, announced: true, detail: words)
    }

    mutating func latch(_ end: EpisodeEnd) -> EpisodeStep {
        pendingEnd = end
        // Latched is "nobody has seen how it ended", also when somebody had answered what came before.
        handling = .unacknowledged
        audioPausedUntil = nil
        acknowledgedAt = nil
        heldSince = nil
        offWatch = nil
        clearReadings = 0
        var step = move(.latched, to: .latched, announced: end == .unknown)
        step.end = end == .cleared ? nil : end
        return step
    }

    mutating func close(_ end: EpisodeEnd, priority base: AlertPriority) -> EpisodeStep {
        var step = move(.closed, to: .closed, announced: true)
        step.end = end
        forget()
        priority = base
        return step
    }

    /// Back to rest; the count of fleeting breaches stays.
    mutating func forget() {
        let (fleeting, lastAlerted) = (fleeting, lastAlerted)
        self = EpisodeMachine(priority: priority)
        (self.fleeting, self.lastAlerted) = (fleeting, lastAlerted)
    }
}
