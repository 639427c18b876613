/// The routes of the control interface: HTTP and JSON over a Unix socket. `openapi.yaml` beside this file describes them; a
/// test holds the two together.
public enum ControlRoute: String, CaseIterable, Sendable {
    /// Version and liveness; needs no rights.
    case health = "GET /v1/health"
    /// The whole state, as a follower gets it first: `ClinicState`.
    case state = "GET /v1/state"
    /// The ports of the machine and the sources: `DeviceList`.
    case devices = "GET /v1/devices"
    /// The event stream (server-sent events). Query: `after`, `room`, `readings`.
    case events = "GET /v1/events"
    /// Sessions, newest first: `SessionList`. Query: `open`.
    case sessions = "GET /v1/sessions"
    /// Opens a session: `StartSession` in, `SessionSummary` out.
    case startSession = "POST /v1/sessions"
    /// One session: `SessionDetail`.
    case session = "GET /v1/sessions/{session}"
    /// Changes the phase, also to `closed` and `aborted`: `ChangePhase` in, `ActionResult` out.
    case changePhase = "POST /v1/sessions/{session}/phase"
    /// Acknowledges: `Acknowledge` in, `ActionResult` out.
    case acknowledge = "POST /v1/sessions/{session}/acknowledgements"
    /// Silences the bell of an alert for a while: `PauseAudio` in, `ActionResult` out.
    case pauseAudio = "POST /v1/sessions/{session}/audio-pauses"
    /// Shelves a rule: `ShelveRule` in, `ActionResult` out.
    case shelve = "POST /v1/sessions/{session}/shelves"
    /// Takes a shelf back: `LiftShelf` in, `ActionResult` out.
    case liftShelf = "POST /v1/sessions/{session}/shelves/lift"
    /// Changes the limits of a rule, or asks a second person for it: `ChangeLimits` in, `ActionResult` out.
    case changeLimits = "POST /v1/sessions/{session}/limits"
    /// Accepts the baseline, or asks a second person for it: `TakeBaseline` in, `ActionResult` out.
    case takeBaseline = "POST /v1/sessions/{session}/baseline"
    /// The second person's word on a request: `Countersign` in, `ActionResult` out.
    case countersign = "POST /v1/sessions/{session}/countersignatures"
    /// Calls an alert that no device can see, or takes it back: `PersonsCallChange` in, `ActionResult` out.
    case call = "POST /v1/sessions/{session}/calls"
    /// Writes down a score: `ScaleScore` in, `ActionResult` out.
    case score = "POST /v1/sessions/{session}/scores"
    /// Starts a cuff, or stops it and the automatic measurements: `CommandCuff` in, `ActionResult` out.
    case commandCuff = "POST /v1/sessions/{session}/cuff"
    /// Writes a note: `WriteNote` in, `ActionResult` out.
    case writeNote = "POST /v1/sessions/{session}/notes"
    /// Readings and entries of a session: `Timeline`. Query: `from`, `to` (seconds since the session's start), `signals`, `max_points`.
    case timeline = "GET /v1/sessions/{session}/timeline"

    /// The HTTP method.
    public var method: String { String(rawValue.prefix { $0 != " " }) }

    /// The path with its `{session}` part.
    public var path: String { String(rawValue.drop { $0 != " " }.dropFirst()) }

    /// The path with the session filled in.
    public func path(session: String) -> String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return parts.map { $0 == "{session}" ? session : String($0) }.joined(separator: "/")
    }
}
