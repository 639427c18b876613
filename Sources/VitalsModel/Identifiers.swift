/// A name with a type, so that a room is never passed where a session is meant. Encoded as plain text.
public protocol Identifier: RawRepresentable, Sendable, Hashable, Codable, Comparable, CustomStringConvertible,
    ExpressibleByStringLiteral
where RawValue == String {
    /// Creates the identifier from its text.
    init(_ text: String)
}

extension Identifier {
    /// Creates the identifier from its text.
    public init(rawValue: String) { self.init(rawValue) }
    /// Creates the identifier from a literal.
    public init(stringLiteral text: String) { self.init(text) }
    /// The identifier's text.
    public var description: String { rawValue }
    /// Orders by text.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// One attached device instance, by the name that the configuration gives it; unique in a room's configuration and in the clinic.
public struct SourceID: Identifier {
    /// The text.
    public let rawValue: String
    /// Creates the identifier from its text.
    public init(_ text: String) { rawValue = text }
}

/// One room of the clinic.
public struct RoomID: Identifier {
    /// The text.
    public let rawValue: String
    /// Creates the identifier from its text.
    public init(_ text: String) { rawValue = text }
}

/// One patient visit. Short, because people type it: `s12`.
public struct SessionID: Identifier {
    /// The text.
    public let rawValue: String
    /// Creates the identifier from its text.
    public init(_ text: String) { rawValue = text }
}

/// One rule of a plan: `sbp-crit`.
public struct RuleID: Identifier {
    /// The text.
    public let rawValue: String
    /// Creates the identifier from its text.
    public init(_ text: String) { rawValue = text }
}

/// One run of one rule: `s12-7`, the seventh episode of session `s12`. Stable over restarts and exports.
public struct EpisodeID: Identifier {
    /// The text.
    public let rawValue: String
    /// Creates the identifier from its text.
    public init(_ text: String) { rawValue = text }
    /// Creates the identifier of a session's n-th episode, counted from 1.
    public init(session: SessionID, ordinal: Int) { rawValue = "\(session)-\(ordinal)" }
    /// The session that the episode belongs to, or nil when the text has another shape.
    public var session: SessionID? {
        guard let dash = rawValue.lastIndex(of: "-") else { return nil }
        return SessionID(String(rawValue[..<dash]))
    }
}

/// The stable name of one event, the same before and after it got its number; followers drop an event that they have seen.
public struct EventID: Identifier {
    /// The text.
    public let rawValue: String
    /// Creates the identifier from its text.
    public init(_ text: String) { rawValue = text }
}

/// One database's run of numbers. A restore starts a new epoch, so that an old resume token is never mistaken.
public struct StoreEpoch: Identifier {
    /// The text.
    public let rawValue: String
    /// Creates the identifier from its text.
    public init(_ text: String) { rawValue = text }
}

/// Where a follower stands: after entry `number` of `epoch`. Written `<epoch>-<number>`.
public struct ResumeToken: Sendable, Hashable, CustomStringConvertible {
    /// The run of numbers.
    public var epoch: StoreEpoch
    /// The last entry that was seen; 0 before the first.
    public var number: Int64

    /// Creates a token from its parts.
    public init(epoch: StoreEpoch, number: Int64) {
        self.epoch = epoch
        self.number = number
    }

    /// Reads `<epoch>-<number>`, or nil when the text has another shape.
    public init?(_ text: String) {
        guard let dash = text.lastIndex(of: "-"), dash != text.startIndex,
            let number = Int64(text[text.index(after: dash)...]), number >= 0
        else { return nil }
        self.init(epoch: StoreEpoch(String(text[..<dash])), number: number)
    }

    /// As people read it.
    public var description: String { "\(epoch)-\(number)" }
}
