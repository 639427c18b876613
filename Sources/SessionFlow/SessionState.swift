import AlertEngine
import VitalsModel

/// Everything that a session must remember over a restart; stored with the entries that changed it, in one transaction.
public struct SessionState: Sendable, Hashable, Codable {
    /// The session.
    public var id: SessionID
    /// Its room.
    public var room: RoomID
    /// The clinic's reference of the patient.
    public var patient: String
    /// When it was opened.
    public var started: Moment
    /// When the first drug was given: the entry into `dosing`.
    public internal(set) var firstDose: Moment?
    /// When it was closed or aborted.
    public internal(set) var ended: Moment?
    /// The boot whose clock the instants are on; set by whoever stores the state.
    public var bootID = ""
    /// The engine.
    public internal(set) var engine: EngineState
    /// The clocks when this state was taken.
    public internal(set) var savedAt: Moment
    /// How many entries other than alerts the session has had; gives their event ids.
    var eventCount = 0
    /// The last cuff value of each source and signal, to tell a resend from a new measurement.
    var lastMeasured: [String: DeviceTime] = [:]
    /// What each source last said of each signal.
    var conditions: [String: SignalCondition] = [:]
    /// What each source measures and where it stands.
    var sources: [SourceID: SourceStanding] = [:]
    /// As stored; nil in a state of a version that drove no cuffs.
    var storedCuffDriver: CuffDriver?
    /// When cuffs that can be started are to be started.
    public internal(set) var cuffDriver: CuffDriver {
        get { storedCuffDriver ?? CuffDriver() }
        set { storedCuffDriver = newValue }
    }
    /// The cuffs that were told to stop.
    var cuffStops = CuffStops()
    /// What may not be, or not so suddenly.
    var plausibility = Plausibility()
    /// The devices' own clocks.
    var deviceClock = DeviceClock()
    /// What waits for a second person.
    public internal(set) var requests: [PendingRequest] = []
    /// How many requests there have been.
    var requestCount = 0
    /// The last readings, from which a baseline can be taken.
    var collector = BaselineCollector()
    /// When the last late value came, to tell a whole memory of a device from a single value.
    var lastLate: BootInstant?
    /// Cuff resends that were ignored.
    public internal(set) var duplicates = 0
    /// Values that no body can have.
    public internal(set) var implausible = 0

    /// The phase.
    public var phase: SessionPhase { engine.phase }
}

extension SessionState {
    /// Reads a state, also one of a version that did not know all of it: an open session outlives an update.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        id = try values.decode(SessionID.self, forKey: .id)
        room = try values.decode(RoomID.self, forKey: .room)
        patient = try values.decode(String.self, forKey: .patient)
        started = try values.decode(Moment.self, forKey: .started)
        firstDose = try values.decodeIfPresent(Moment.self, forKey: .firstDose)
        ended = try values.decodeIfPresent(Moment.self, forKey: .ended)
        bootID = try values.decode(String.self, forKey: .bootID)
        engine = try values.decode(EngineState.self, forKey: .engine)
        savedAt = try values.decode(Moment.self, forKey: .savedAt)
        eventCount = try values.decode(Int.self, forKey: .eventCount)
        lastMeasured = try values.decode([String: DeviceTime].self, forKey: .lastMeasured)
        conditions = try values.decode([String: SignalCondition].self, forKey: .conditions)
        sources = try values.decode([SourceID: SourceStanding].self, forKey: .sources)
        storedCuffDriver = try values.decodeIfPresent(CuffDriver.self, forKey: .storedCuffDriver)
        cuffStops = try values.decodeIfPresent(CuffStops.self, forKey: .cuffStops) ?? CuffStops()
        plausibility = try values.decodeIfPresent(Plausibility.self, forKey: .plausibility) ?? Plausibility()
        deviceClock = try values.decodeIfPresent(DeviceClock.self, forKey: .deviceClock) ?? DeviceClock()
        requests = try values.decodeIfPresent([PendingRequest].self, forKey: .requests) ?? []
        requestCount = try values.decodeIfPresent(Int.self, forKey: .requestCount) ?? 0
        collector = try values.decode(BaselineCollector.self, forKey: .collector)
        lastLate = try values.decodeIfPresent(BootInstant.self, forKey: .lastLate)
        duplicates = try values.decode(Int.self, forKey: .duplicates)
        implausible = try values.decode(Int.self, forKey: .implausible)
    }
}

/// A change that waits for a second person.
public struct PendingRequest: Sendable, Hashable, Codable {
    /// What is asked for.
    public enum Change: Sendable, Hashable, Codable {
        /// Other limits of a rule.
        case limit(RuleID, RuleOverride)
        /// A new baseline after the first dose: the one that is shown, and no later one.
        case baseline(Baseline)
    }

    /// Its number in the session, from 1.
    public var number: Int
    /// What is asked for.
    public var change: Change
    /// Why.
    public var reason: String
    /// Who asked.
    public var by: Actor
    /// When.
    public var at: BootInstant

    /// As people read it.
    public var words: String {
        switch change {
        case .limit(let rule, let change): "\(rule): \(change.words)"
        case .baseline(let baseline):
            "a new baseline: " + baseline.values.map { "\($0.signal.label) \($0.value.shortText)" }.joined(separator: ", ")
        }
    }
}

/// A source as a session sees it.
struct SourceStanding: Sendable, Hashable, Codable {
    var signals: [Signal]
    var state: SourceState
}
