import VitalsModel

/// What rules on time may rest on beside values: what people did, and what befell Vigil itself.
public struct SessionFacts: Sendable, Hashable, Codable {
    /// When each event last happened; a phase: when it was entered first.
    public internal(set) var happened: [SessionEvent: BootInstant] = [:]
    /// The last score of each scale.
    public internal(set) var scores: [ScaleID: DatedScore] = [:]
    /// The alerts that a person called, by rule.
    public internal(set) var calls: [RuleID: PersonsCall] = [:]
    /// What is wrong with Vigil itself.
    public internal(set) var faults: [SystemFault: DatedFault] = [:]

    /// Creates facts of a session in which nothing has happened.
    public init() {}

    /// Moves every instant to another boot clock.
    mutating func shift(by offset: Duration) {
        happened = happened.mapValues { $0 + offset }
        scores = scores.mapValues { DatedScore(score: $0.score, at: $0.at + offset) }
        calls = calls.mapValues { PersonsCall(words: $0.words, at: $0.at + offset) }
        faults = faults.mapValues { DatedFault(words: $0.words, since: $0.since + offset, until: $0.until.map { $0 + offset }) }
    }
}

/// Something that a duty can be counted from, or that fulfils one: `session_start`, `first_dose`, `cuff`, `phase acute`,
/// `scale moaas`.
public struct SessionEvent: RawRepresentable, Sendable, Hashable, Codable {
    /// The words.
    public let rawValue: String

    /// Creates an event from its words; not checked.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The session was opened.
    public static let sessionStart = SessionEvent(rawValue: "session_start")
    /// The first drug was given.
    public static let firstDose = SessionEvent(rawValue: "first_dose")
    /// A cuff measurement gave values.
    public static let cuff = SessionEvent(rawValue: "cuff")
    /// A phase was entered for the first time.
    public static func phase(_ phase: SessionPhase) -> SessionEvent { SessionEvent(rawValue: "phase \(phase.rawValue)") }
    /// A scale was scored.
    public static func scale(_ scale: ScaleID) -> SessionEvent { SessionEvent(rawValue: "scale \(scale)") }

    /// Whether it is the entering of a phase.
    public var isPhase: Bool { rawValue.hasPrefix("phase ") }
    /// The scale that was scored, where it is that.
    public var scale: ScaleID? { rawValue.hasPrefix("scale ") ? ScaleID(String(rawValue.dropFirst(6))) : nil }

    /// The event as people read it: `the first dose`, `a score of moaas`.
    public var words: String {
        switch self {
        case .sessionStart: return "the start of the session"
        case .firstDose: return "the first dose"
        case .cuff: return "a cuff measurement"
        default:
            let parts = rawValue.split(separator: " ")
            return parts.first == "scale" ? "a score of \(parts.dropFirst().joined())" : "phase \(parts.dropFirst().joined())"
        }
    }
}

/// A score with its time.
public struct DatedScore: Sendable, Hashable, Codable {
    /// The score, on the scale's own range.
    public var score: Double
    /// When it was given.
    public var at: BootInstant
}

/// An alert that a person called.
public struct PersonsCall: Sendable, Hashable, Codable {
    /// What the person said.
    public var words: String
    /// When.
    public var at: BootInstant
}

/// Something wrong with Vigil itself.
public struct DatedFault: Sendable, Hashable, Codable {
    /// What happened.
    public var words: String
    /// Since when.
    public var since: BootInstant
    /// When it stops being news, for what lasts no time (a clock step); nil: until it is over.
    public var until: BootInstant?
}
