/// Who did something: the engine itself, or a person by the operating system's word (SO_PEERCRED).
public struct Actor: Sendable, Hashable, Codable, CustomStringConvertible {
    /// A login name, or `engine`.
    public var name: String
    /// The user id of a person; nil for the engine.
    public var uid: UInt32?

    /// Creates an actor.
    public init(name: String, uid: UInt32?) {
        self.name = name
        self.uid = uid
    }

    /// Vigil itself.
    public static let engine = Actor(name: "engine", uid: nil)

    /// As people read it.
    public var description: String { name }
}

/// The kinds of entries; the raw value is the word in the database and on the wire.
public enum EntryKind: String, CaseIterable, Sendable, Hashable, Codable {
    /// A session was opened.
    case sessionStarted = "session_started"
    /// The phase changed.
    case phase
    /// The baseline was taken.
    case baseline
    /// An alert moved.
    case alert
    /// A source moved between its states.
    case source
    /// A device said something of a signal.
    case signalCondition = "signal_condition"
    /// A cuff began or ended a measurement.
    case cuff
    /// Cuffs were told to measure or to stop.
    case cuffOrder = "cuff_order"
    /// A rule was shelved, or is heard again.
    case shelf
    /// The limits of a rule were changed for this session.
    case limit
    /// Something waits for a second person, or is settled.
    case pending
    /// A person rated the patient.
    case scale
    /// A person called an alert, or took it back.
    case call
    /// Something went wrong with Vigil itself, or is over.
    case system
    /// A value came too late to count.
    case lateReading = "late_reading"
    /// A device's own clock was set.
    case deviceClock = "device_clock"
    /// Vigil itself was not running for some seconds.
    case monitorGap = "monitor_gap"
    /// A person wrote something down.
    case note
    /// The wall clock was set.
    case clockStep = "clock_step"
    /// The daemon started or stopped.
    case daemon
    /// Something was dropped at a bounded queue.
    case dropped
    /// The store fell behind or recovered.
    case store
}

/// One line of the session log before it has a number.
public struct EntryDraft: Sendable, Hashable {
    /// The stable name.
    public var event: EventID
    /// The session, or nil for the clinic's own entries.
    public var session: SessionID?
    /// The room, or nil for the daemon's own entries.
    public var room: RoomID?
    /// When it happened.
    public var at: Moment
    /// Who did it.
    public var actor: Actor
    /// What happened.
    public var content: EntryContent

    /// Creates a draft.
    public init(event: EventID, session: SessionID?, room: RoomID?, at: Moment, actor: Actor, content: EntryContent) {
        self.event = event
        self.session = session
        self.room = room
        self.at = at
        self.actor = actor
        self.content = content
    }
}

/// What an entry says, one case a kind.
public enum EntryContent: Sendable, Hashable {
    /// A session was opened.
    case sessionStarted(SessionStart)
    /// The phase changed.
    case phase(PhaseChange)
    /// The baseline was taken.
    case baseline(Baseline)
    /// An alert moved.
    case alert(AlertTransition)
    /// A source moved between its states.
    case source(SourceTransition)
    /// A device said something of a signal.
    case signalCondition(SignalConditionChange)
    /// A cuff began or ended a measurement.
    case cuff(CuffChange)
    /// Cuffs were told to measure or to stop.
    case cuffOrder(CuffOrder)
    /// A rule was shelved, or is heard again.
    case shelf(ShelfChange)
    /// The limits of a rule were changed for this session.
    case limit(LimitChange)
    /// Something waits for a second person, or is settled.
    case pending(PendingChange)
    /// A person rated the patient.
    case scale(ScaleScore)
    /// A person called an alert, or took it back.
    case call(PersonsCallChange)
    /// Something went wrong with Vigil itself, or is over.
    case system(SystemFaultChange)
    /// A value came too late to count.
    case lateReading(LateReading)
    /// A device's own clock was set.
    case deviceClock(DeviceClockStep)
    /// Vigil itself was not running for some seconds.
    case monitorGap(MonitorGap)
    /// A person wrote something down.
    case note(Note)
    /// The wall clock was set.
    case clockStep(ClockStep)
    /// The daemon started or stopped.
    case daemon(DaemonChange)
    /// Something was dropped at a bounded queue.
    case dropped(DroppedCount)
    /// The store fell behind or recovered.
    case store(StoreChange)

    /// The kind.
    public var kind: EntryKind {
        switch self {
        case .sessionStarted: .sessionStarted
        case .phase: .phase
        case .baseline: .baseline
        case .alert: .alert
        case .source: .source
        case .signalCondition: .signalCondition
        case .cuff: .cuff
        case .cuffOrder: .cuffOrder
        case .shelf: .shelf
        case .limit: .limit
        case .pending: .pending
        case .scale: .scale
        case .call: .call
        case .system: .system
        case .lateReading: .lateReading
        case .deviceClock: .deviceClock
        case .monitorGap: .monitorGap
        case .note: .note
        case .clockStep: .clockStep
        case .daemon: .daemon
        case .dropped: .dropped
        case .store: .store
        }
    }

    /// Encodes the content alone; its kind stands beside it.
    public func encodePayload(to encoder: any Encoder) throws {
        switch self {
        case .sessionStarted(let payload): try payload.encode(to: encoder)
        case .phase(let payload): try payload.encode(to: encoder)
        case .baseline(let payload): try payload.encode(to: encoder)
        case .alert(let payload): try payload.encode(to: encoder)
        case .source(let payload): try payload.encode(to: encoder)
        case .signalCondition(let payload): try payload.encode(to: encoder)
        case .cuff(let payload): try payload.encode(to: encoder)
        case .cuffOrder(let payload): try payload.encode(to: encoder)
        case .shelf(let payload): try payload.encode(to: encoder)
        case .limit(let payload): try payload.encode(to: encoder)
        case .pending(let payload): try payload.encode(to: encoder)
        case .scale(let payload): try payload.encode(to: encoder)
        case .call(let payload): try payload.encode(to: encoder)
        case .system(let payload): try payload.encode(to: encoder)
        case .lateReading(let payload): try payload.encode(to: encoder)
        case .deviceClock(let payload): try payload.encode(to: encoder)
        case .monitorGap(let payload): try payload.encode(to: encoder)
        case .note(let payload): try payload.encode(to: encoder)
        case .clockStep(let payload): try payload.encode(to: encoder)
        case .daemon(let payload): try payload.encode(to: encoder)
        case .dropped(let payload): try payload.encode(to: encoder)
        case .store(let payload): try payload.encode(to: encoder)
        }
    }

    /// Decodes the content of a kind.
    public init(kind: EntryKind, from decoder: any Decoder) throws {
        switch kind {
        case .sessionStarted: self = .sessionStarted(try SessionStart(from: decoder))
        case .phase: self = .phase(try PhaseChange(from: decoder))
        case .baseline: self = .baseline(try Baseline(from: decoder))
        case .alert: self = .alert(try AlertTransition(from: decoder))
        case .source: self = .source(try SourceTransition(from: decoder))
        case .signalCondition: self = .signalCondition(try SignalConditionChange(from: decoder))
        case .cuff: self = .cuff(try CuffChange(from: decoder))
        case .cuffOrder: self = .cuffOrder(try CuffOrder(from: decoder))
        case .shelf: self = .shelf(try ShelfChange(from: decoder))
        case .limit: self = .limit(try LimitChange(from: decoder))
        case .pending: self = .pending(try PendingChange(from: decoder))
        case .scale: self = .scale(try ScaleScore(from: decoder))
        case .call: self = .call(try PersonsCallChange(from: decoder))
        case .system: self = .system(try SystemFaultChange(from: decoder))
        case .lateReading: self = .lateReading(try LateReading(from: decoder))
        case .deviceClock: self = .deviceClock(try DeviceClockStep(from: decoder))
        case .monitorGap: self = .monitorGap(try MonitorGap(from: decoder))
        case .note: self = .note(try Note(from: decoder))
        case .clockStep: self = .clockStep(try ClockStep(from: decoder))
        case .daemon: self = .daemon(try DaemonChange(from: decoder))
        case .dropped: self = .dropped(try DroppedCount(from: decoder))
        case .store: self = .store(try StoreChange(from: decoder))
        }
    }
}

/// An entry with its number: the form that is stored and followed.
public struct Entry: Sendable, Hashable {
    /// The number in the store's chain, or nil while the store is late (`unrecorded`).
    public var number: Int64?
    /// The store's run of numbers.
    public var epoch: StoreEpoch
    /// What happened.
    public var draft: EntryDraft

    /// Creates an entry.
    public init(number: Int64?, epoch: StoreEpoch, draft: EntryDraft) {
        self.number = number
        self.epoch = epoch
        self.draft = draft
    }
}
