import VitalsModel

/// Opens a session.
public struct StartSession: Sendable, Hashable, Codable {
    /// The room.
    public var room: RoomID
    /// The plan's id.
    public var plan: String
    /// The clinic's reference of the patient; never a name.
    public var patient: String
    /// How many of the room's last minutes (0 to 10) become the beginning of the session; nil for none.
    public var takeOverMinutes: Int?

    enum CodingKeys: String, CodingKey {
        case room, plan, patient
        case takeOverMinutes = "take_over_min"
    }

    /// Creates the request.
    public init(room: RoomID, plan: String, patient: String, takeOverMinutes: Int? = nil) {
        self.room = room
        self.plan = plan
        self.patient = patient
        self.takeOverMinutes = takeOverMinutes
    }
}

/// Changes the phase.
public struct ChangePhase: Sendable, Hashable, Codable {
    /// The phase to enter.
    public var phase: SessionPhase
    /// Why; required for `aborted`, and for `closed` while alerts are open.
    public var reason: String?

    /// Creates the request.
    public init(phase: SessionPhase, reason: String? = nil) {
        self.phase = phase
        self.reason = reason
    }
}

/// Acknowledges one episode, or every open one of a priority below high (`bulk`).
public struct Acknowledge: Sendable, Hashable, Codable {
    /// The episode; nil only with `bulk`.
    public var episode: EpisodeID?
    /// All open episodes of low and medium priority. High ones are answered one by one.
    public var bulk: Bool
    /// What the person found or did.
    public var note: String?

    /// Creates the request.
    public init(episode: EpisodeID?, bulk: Bool = false, note: String? = nil) {
        self.episode = episode
        self.bulk = bulk
        self.note = note
    }
}

/// Starts or stops a cuff.
public struct CommandCuff: Sendable, Hashable, Codable {
    /// What the cuff is told.
    public var command: CuffCommand

    /// Creates the request.
    public init(command: CuffCommand) { self.command = command }
}

/// Writes a note.
public struct WriteNote: Sendable, Hashable, Codable {
    /// The text, 1 to 4,000 characters.
    public var text: String

    /// Creates the request.
    public init(text: String) { self.text = text }
}
