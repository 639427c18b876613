import VitalsModel

/// What became of an action. It acted in the engine in any case; `recorded` is false while the store is late.
public struct ActionResult: Sendable, Hashable, Codable {
    /// Whether the entries are committed.
    public var recorded: Bool
    /// The entries that the action caused, in order.
    public var entries: [EventLine]

    /// Creates a result.
    public init(recorded: Bool, entries: [EventLine]) {
        self.recorded = recorded
        self.entries = entries
    }
}

/// Why a request was refused: what is wrong, what was expected, what to type next.
public struct ErrorBody: Error, Sendable, Hashable, Codable, CustomStringConvertible {
    /// A stable word: `unknown_route`, `wrong_json`, `unknown_session`, `unknown_room`, `room_busy`, `unknown_plan`,
    /// `refused` (a rule of the record), `not_permitted`, `store_unavailable`.
    public var code: String
    /// What happened, with the value.
    public var error: String
    /// What was expected instead.
    public var expected: String

    /// Creates a body.
    public init(code: String, error: String, expected: String) {
        self.code = code
        self.error = error
        self.expected = expected
    }

    /// As people read it.
    public var description: String { expected.isEmpty ? error : "\(error); \(expected)" }
}

/// A session in a list.
public struct SessionSummary: Sendable, Hashable, Codable {
    /// The session.
    public var session: SessionID
    /// Its room.
    public var room: RoomID
    /// The clinic's reference of the patient.
    public var patient: String
    /// The plan's id.
    public var plan: String
    /// The phase.
    public var phase: SessionPhase
    /// UTC.
    public var startedAt: String
    /// UTC; nil while open.
    public var endedAt: String?

    enum CodingKeys: String, CodingKey {
        case session, room, patient, plan, phase
        case startedAt = "started_at"
        case endedAt = "ended_at"
    }

    /// Creates a summary.
    public init(
        session: SessionID, room: RoomID, patient: String, plan: String, phase: SessionPhase, startedAt: String, endedAt: String?
    ) {
        self.session = session
        self.room = room
        self.patient = patient
        self.plan = plan
        self.phase = phase
        self.startedAt = startedAt
        self.endedAt = endedAt
    }
}

/// Sessions, newest first.
public struct SessionList: Sendable, Hashable, Codable {
    /// The sessions.
    public var sessions: [SessionSummary]

    /// Creates a list.
    public init(sessions: [SessionSummary]) { self.sessions = sessions }
}

/// One session with what is open in it.
public struct SessionDetail: Sendable, Hashable, Codable {
    /// The session.
    public var summary: SessionSummary
    /// Seconds since the first dose (the entry into `dosing`); nil before it.
    public var sinceFirstDose: Double?
    /// The baseline, once taken.
    public var baseline: Baseline?
    /// Episodes that are not closed, oldest first, each as its last transition.
    public var episodes: [AlertTransition]
    /// Rules that cannot be evaluated, with the reason: `sbp-delta: no baseline of nibp_systolic`.
    public var notEvaluable: [String]
    /// Seconds until the next cuff measurement is due (negative: overdue); nil when none is.
    public var cuffDue: Double?
    /// Whether a person has stopped the automatic measurements; then none is due until somebody starts one.
    public var isCuffStopped: Bool
    /// Rules that call nobody for a while, in the order in which they return.
    public var shelves: [StandingShelf]
    /// Rules whose limits differ from the plan, in the order of the changes.
    public var limits: [StandingLimit]
    /// What waits for a second person, oldest first.
    public var requests: [StandingRequest]

    enum CodingKeys: String, CodingKey {
        case summary
        case sinceFirstDose = "since_first_dose_s"
        case baseline, episodes
        case notEvaluable = "not_evaluable"
        case cuffDue = "cuff_due_s"
        case isCuffStopped = "cuff_stopped"
        case shelves, limits, requests
    }

    /// Creates a detail.
    public init(
        summary: SessionSummary, sinceFirstDose: Double?, baseline: Baseline?, episodes: [AlertTransition], notEvaluable: [String],
        cuffDue: Double?, isCuffStopped: Bool = false, shelves: [StandingShelf] = [], limits: [StandingLimit] = [],
        requests: [StandingRequest] = []
    ) {
        self.summary = summary
        self.sinceFirstDose = sinceFirstDose
        self.baseline = baseline
        self.episodes = episodes
        self.notEvaluable = notEvaluable
        self.cuffDue = cuffDue
        self.isCuffStopped = isCuffStopped
        self.shelves = shelves
        self.limits = limits
        self.requests = requests
    }
}

/// The last value of a signal in a room.
public struct CurrentValue: Sendable, Hashable, Codable {
    /// What was measured.
    public var signal: Signal
    /// The last value; nil when it is too old to be shown as current, or there is none.
    public var value: Double?
    /// The source of the value.
    public var source: SourceID?
    /// How far it may be trusted.
    public var quality: ReadingQuality
    /// Seconds since it was received; nil when there is none.
    public var age: Double?
    /// What the devices say of the signal.
    public var condition: SignalCondition

    enum CodingKeys: String, CodingKey {
        case signal, value, source, quality
        case age = "age_s"
        case condition
    }

    /// Creates a value.
    public init(signal: Signal, value: Double?, source: SourceID?, quality: ReadingQuality, age: Double?, condition: SignalCondition) {
        self.signal = signal
        self.value = value
        self.source = source
        self.quality = quality
        self.age = age
        self.condition = condition
    }
}

/// A source and its counters.
public struct SourceStatus: Sendable, Hashable, Codable {
    /// The source.
    public var source: SourceID
    /// Its family.
    public var family: String
    /// Where it stands.
    public var state: SourceState
    /// Why, in words.
    public var reason: String
    /// The port, or nil while there is none.
    public var port: String?
    /// Bytes received.
    public var bytes: Int
    /// Frames accepted.
    public var frames: Int
    /// Readings given.
    public var readings: Int
    /// Refusals by kind.
    public var rejected: [String: Int]

    /// Creates a status.
    public init(
        source: SourceID, family: String, state: SourceState, reason: String, port: String?, bytes: Int, frames: Int, readings: Int,
        rejected: [String: Int]
    ) {
        self.source = source
        self.family = family
        self.state = state
        self.reason = reason
        self.port = port
        self.bytes = bytes
        self.frames = frames
        self.readings = readings
        self.rejected = rejected
    }
}

/// One room as it is now.
public struct RoomState: Sendable, Hashable, Codable {
    /// The room.
    public var room: RoomID
    /// Its sources.
    public var sources: [SourceStatus]
    /// Its values, in the order of `Signal.allCases`; only signals that were ever seen or are expected.
    public var values: [CurrentValue]
    /// The open session, if there is one.
    public var session: SessionDetail?

    /// Creates a state.
    public init(room: RoomID, sources: [SourceStatus], values: [CurrentValue], session: SessionDetail?) {
        self.room = room
        self.sources = sources
        self.values = values
        self.session = session
    }
}

/// The whole state: what a new follower gets before the changes.
public struct ClinicState: Sendable, Hashable, Codable {
    /// The daemon's version.
    public var version: String
    /// UTC.
    public var at: String
    /// The boot clock.
    public var bootNanoseconds: Int64
    /// The resume token of the last committed entry.
    public var token: String
    /// Whether the store keeps up.
    public var storeIsLate: Bool
    /// How fast patient time runs; 1 but in a demonstration.
    public var speed: Double
    /// The rooms, in the order of the configuration.
    public var rooms: [RoomState]

    enum CodingKeys: String, CodingKey {
        case version, at
        case bootNanoseconds = "boot_ns"
        case token
        case storeIsLate = "store_is_late"
        case speed, rooms
    }

    /// Creates a state.
    public init(
        version: String, at: String, bootNanoseconds: Int64, token: String, storeIsLate: Bool, speed: Double, rooms: [RoomState]
    ) {
        self.version = version
        self.at = at
        self.bootNanoseconds = bootNanoseconds
        self.token = token
        self.storeIsLate = storeIsLate
        self.speed = speed
        self.rooms = rooms
    }
}

/// One point of a timeline.
public struct TimelinePoint: Sendable, Hashable, Codable {
    /// Seconds since the session's start.
    public var time: Double
    /// UTC.
    public var at: String
    /// What was measured.
    public var signal: Signal
    /// In the signal's unit.
    public var value: Double
    /// How far it may be trusted.
    public var quality: ReadingQuality
    /// The device.
    public var source: SourceID
    /// The device's own time, where it gave one.
    public var deviceTime: String?

    enum CodingKeys: String, CodingKey {
        case time = "time_s"
        case at, signal, value, quality, source
        case deviceTime = "device_time"
    }

    /// Creates a point.
    public init(
        time: Double, at: String, signal: Signal, value: Double, quality: ReadingQuality, source: SourceID, deviceTime: String?
    ) {
        self.time = time
        self.at = at
        self.signal = signal
        self.value = value
        self.quality = quality
        self.source = source
        self.deviceTime = deviceTime
    }
}

/// Readings and entries of one session.
public struct Timeline: Sendable, Hashable, Codable {
    /// The session.
    public var session: SessionSummary
    /// Seconds from the session's start to the first dose; nil without one.
    public var firstDose: Double?
    /// Readings by time; thinned to the extremes of each bucket when `max_points` asks for it.
    public var points: [TimelinePoint]
    /// Whether points were left out.
    public var isThinned: Bool
    /// Entries by number.
    public var entries: [EventLine]

    enum CodingKeys: String, CodingKey {
        case session
        case firstDose = "first_dose_s"
        case points
        case isThinned = "is_thinned"
        case entries
    }

    /// Creates a timeline.
    public init(session: SessionSummary, firstDose: Double?, points: [TimelinePoint], isThinned: Bool, entries: [EventLine]) {
        self.session = session
        self.firstDose = firstDose
        self.points = points
        self.isThinned = isThinned
        self.entries = entries
    }
}

/// The answer to a question after life.
public struct Health: Sendable, Hashable, Codable {
    /// The daemon's version.
    public var version: String
    /// `ready`, or `degraded` while the store is late.
    public var status: String

    /// Creates an answer.
    public init(version: String, status: String) {
        self.version = version
        self.status = status
    }
}
