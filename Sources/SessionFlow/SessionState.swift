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

/// A change that waits for a second person.
public struct PendingRequest: Sendable, Hashable, Codable {
    /// What is asked for.
    public enum Change: Sendable, Hashable, Codable {
        /// Other limits of a rule.
        case limit(RuleID, RuleOverride)
        /// A new baseline after the first dose.
        case baseline
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
        case .baseline: "a new baseline"
        }
    }
}

/// A source as a session sees it.
struct SourceStanding: Sendable, Hashable, Codable {
    var signals: [Signal]
    var state: SourceState
}
