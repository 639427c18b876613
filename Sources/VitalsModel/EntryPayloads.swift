// What each kind of entry carries. The keys are the words on the wire and in the database; a key that an entry has no
// value for is left out. None of them may be named like a key of the entry itself: event, number, epoch, at, boot_ns,
// session, room, kind, actor, recorded.

/// A session was opened.
public struct SessionStart: Sendable, Hashable, Codable {
    /// The clinic's reference of the patient; never a name.
    public var patient: String
    /// The plan's id.
    public var plan: String
    /// SHA-256 of the plan's text, lower-case hexadecimal.
    public var planHash: String

    enum CodingKeys: String, CodingKey {
        case patient, plan
        case planHash = "plan_hash"
    }

    /// Creates the payload.
    public init(patient: String, plan: String, planHash: String) {
        self.patient = patient
        self.plan = plan
        self.planHash = planHash
    }
}

/// The phase changed.
public struct PhaseChange: Sendable, Hashable, Codable {
    /// The phase that was left.
    public var from: SessionPhase
    /// The phase that was entered.
    public var to: SessionPhase
    /// Why; required for `aborted`.
    public var reason: String?

    /// Creates the payload.
    public init(from: SessionPhase, to: SessionPhase, reason: String?) {
        self.from = from
        self.to = to
        self.reason = reason
    }
}

/// One signal's baseline.
public struct BaselineValue: Sendable, Hashable, Codable {
    /// The signal.
    public var signal: Signal
    /// In the signal's unit.
    public var value: Double
    /// How many readings it was taken from.
    public var count: Int

    /// Creates the value.
    public init(signal: Signal, value: Double, count: Int) {
        self.signal = signal
        self.value = value
        self.count = count
    }
}

/// The baseline was taken.
public struct Baseline: Sendable, Hashable, Codable {
    /// One value for each signal that had enough good readings, in the order of `Signal.allCases`.
    public var values: [BaselineValue]
    /// Signals that had not, with the reason in words.
    public var missing: [String]
    /// Why it was taken again after the first dose; nil for the first.
    public var reason: String?
    /// The second person who agreed to take it again.
    public var witness: String?

    /// Creates a baseline.
    public init(values: [BaselineValue], missing: [String], reason: String? = nil, witness: String? = nil) {
        self.values = values
        self.missing = missing
        self.reason = reason
        self.witness = witness
    }

    /// The baseline with what only an earlier one has; what is missing is what neither has.
    public func filled(from earlier: Baseline?) -> Baseline {
        let kept = (earlier?.values ?? []).filter { value(of: $0.signal) == nil }
        var filled = self
        filled.values = (values + kept).sorted { $0.signal.ordinal < $1.signal.ordinal }
        filled.missing.removeAll { words in kept.contains { words.hasPrefix("\($0.signal.rawValue):") } }
        return filled
    }

    /// The baseline of one signal, in its unit.
    public func value(of signal: Signal) -> Double? { values.first { $0.signal == signal }?.value }
}

/// An alert moved. See alarms.md, section 6, for the transitions.
public struct AlertTransition: Sendable, Hashable, Codable {
    /// The episode.
    public var episode: EpisodeID
    /// Which transition of the episode this is, from 1.
    public var transition: Int
    /// The rule.
    public var rule: RuleID
    /// The rule's title, as the nurse reads it.
    public var title: String
    /// What to do.
    public var action: String
    /// The signal, or nil where the rule watches none.
    public var signal: Signal?
    /// Base priority, as raised by escalation.
    public var priority: AlertPriority
    /// About the patient, the equipment or a duty.
    public var type: AlertType
    /// Why this line is written.
    public var change: AlertChange
    /// The condition before.
    public var from: AlertCondition
    /// The condition after.
    public var condition: AlertCondition
    /// What people did.
    public var handling: AlertHandling
    /// Whether it is to be put before people now (and not only written down).
    public var announced: Bool
    /// The value that decided; for a rule on time, seconds.
    public var value: Double?
    /// How old `value` is, seconds.
    public var valueAge: Double?
    /// The limit that it was held against.
    public var limit: Double?
    /// The baseline, where the limit comes from one.
    public var baseline: Double?
    /// The worst value so far in the rule's direction.
    public var peak: Double?
    /// Seconds since the onset.
    public var duration: Double
    /// How it ended; only when closed.
    public var end: EpisodeEnd?
    /// More in words: the reason of a technical alert, the note of an acknowledgement.
    public var detail: String?
    /// The unit of value, limit, baseline and peak as UCUM spells it; nil in entries of versions that did not say it.
    public var unit: String?
    /// Which change of limits of the session it was held against; nil: the plan's.
    public var limitsVersion: Int?
    /// For how long the bell is silent, seconds; only when somebody has silenced it.
    public var pause: Double?

    enum CodingKeys: String, CodingKey {
        case episode, transition, rule, title, action, signal, priority, type, change, from, condition, handling, announced, value
        case valueAge = "value_age_s"
        case limit, baseline, peak
        case duration = "duration_s"
        case end, detail, unit
        case limitsVersion = "limits_version"
        case pause = "pause_s"
    }

    /// Creates the payload.
    public init(
        episode: EpisodeID, transition: Int, rule: RuleID, title: String, action: String, signal: Signal?, priority: AlertPriority,
        type: AlertType, change: AlertChange, from: AlertCondition, condition: AlertCondition, handling: AlertHandling, announced: Bool,
        value: Double?, valueAge: Double?, limit: Double?, baseline: Double?, peak: Double?, duration: Double, end: EpisodeEnd?,
        detail: String?, unit: String? = nil, limitsVersion: Int? = nil, pause: Double? = nil
    ) {
        self.episode = episode
        self.transition = transition
        self.rule = rule
        self.title = title
        self.action = action
        self.signal = signal
        self.priority = priority
        self.type = type
        self.change = change
        self.from = from
        self.condition = condition
        self.handling = handling
        self.announced = announced
        self.value = value
        self.valueAge = valueAge
        self.limit = limit
        self.baseline = baseline
        self.peak = peak
        self.duration = duration
        self.end = end
        self.detail = detail
        self.unit = unit
        self.limitsVersion = limitsVersion
        self.pause = pause
    }
}

/// A source moved between its states.
public struct SourceTransition: Sendable, Hashable, Codable {
    /// The source.
    public var source: SourceID
    /// The state before.
    public var from: SourceState
    /// The state after.
    public var to: SourceState
    /// Why, in words.
    public var reason: String
    /// The source's own count.
    public var sequence: UInt64

    /// Creates the payload.
    public init(source: SourceID, from: SourceState, to: SourceState, reason: String, sequence: UInt64) {
        self.source = source
        self.from = from
        self.to = to
        self.reason = reason
        self.sequence = sequence
    }
}

/// A device said something of a signal.
public struct SignalConditionChange: Sendable, Hashable, Codable {
    /// The source.
    public var source: SourceID
    /// The signal.
    public var signal: Signal
    /// What it said.
    public var condition: SignalCondition
    /// The source's own count.
    public var sequence: UInt64

    /// Creates the payload.
    public init(source: SourceID, signal: Signal, condition: SignalCondition, sequence: UInt64) {
        self.source = source
        self.signal = signal
        self.condition = condition
        self.sequence = sequence
    }
}

/// A cuff began or ended a measurement.
public struct CuffChange: Sendable, Hashable, Codable {
    /// The source.
    public var source: SourceID
    /// What the cuff does now.
    public var state: CuffState
    /// Why a measurement gave no values, in words; nil when it did or has only begun.
    public var failure: String?
    /// The source's own count.
    public var sequence: UInt64

    /// Creates the payload.
    public init(source: SourceID, state: CuffState, failure: String?, sequence: UInt64) {
        self.source = source
        self.state = state
        self.failure = failure
        self.sequence = sequence
    }
}

/// A person wrote something down.
public struct Note: Sendable, Hashable, Codable {
    /// The text, as typed.
    public var text: String

    /// Creates the payload.
    public init(text: String) { self.text = text }
}

/// The wall clock was set. Both readings belong to the same boot instant.
public struct ClockStep: Sendable, Hashable, Codable {
    /// Where the wall clock would have been.
    public var before: WallInstant
    /// Where it is.
    public var after: WallInstant

    /// Creates the payload.
    public init(before: WallInstant, after: WallInstant) {
        self.before = before
        self.after = after
    }
}

/// The daemon started or stopped.
public struct DaemonChange: Sendable, Hashable, Codable {
    /// What happened.
    public enum Change: String, Sendable, Hashable, Codable {
        /// It started.
        case started
        /// It stopped in order.
        case stopped
    }

    /// What happened.
    public var change: Change
    /// Its version.
    public var version: String
    /// Open sessions that were taken up again at the start.
    public var restoredSessions: Int?

    enum CodingKeys: String, CodingKey {
        case change, version
        case restoredSessions = "restored_sessions"
    }

    /// Creates the payload.
    public init(change: Change, version: String, restoredSessions: Int?) {
        self.change = change
        self.version = version
        self.restoredSessions = restoredSessions
    }
}

/// Something was dropped at a bounded queue.
public struct DroppedCount: Sendable, Hashable, Codable {
    /// Which queue: `store.readings`, `store.entries`, `source.bytes`, `follower`.
    public var queue: String
    /// How many since the last such entry.
    public var count: Int

    /// Creates the payload.
    public init(queue: String, count: Int) {
        self.queue = queue
        self.count = count
    }
}

/// The store fell behind or recovered: a technical alert of Vigil itself.
public struct StoreChange: Sendable, Hashable, Codable {
    /// How the store does.
    public enum State: String, Sendable, Hashable, Codable {
        /// Commits take longer than 250 ms, or fail.
        case late
        /// Commits succeed again.
        case recovered
    }

    /// How the store does.
    public var state: State
    /// How urgent: `high` when late (a record that is not written misleads), `low` when recovered.
    public var priority: AlertPriority
    /// The store's own words.
    public var detail: String

    /// Creates the payload.
    public init(state: State, priority: AlertPriority, detail: String) {
        self.state = state
        self.priority = priority
        self.detail = detail
    }
}
