import VitalsModel

/// What a probe does to find out which family a port speaks, in this order: it listens, then it asks.
///
/// Listening changes nothing. Asking sends a family's own opening words to a device that may be of another family, so the order
/// keeps the harm that a misunderstanding could do small:
///
/// | rank | who | why there |
/// |---|---|---|
/// | 1 | families whose device takes no cuff command, with long framed requests | nothing to set off; a long request with a checksum is noise to others |
/// | 2 | the same with a short request | a few letters may mean something to another device |
/// | 3 | families whose device takes cuff commands, long requests | their own device is only asked, but it could do more |
/// | 4 | the same with a short request | last: the shortest words reach the devices that can do most |
///
/// Within a rank the prescribed lines come before the others, then lines by what they share, then ids. No cuff is ever started:
/// `isForbidden` names what may not be sent whoever asks for it.
public struct ProbePlan: Sendable {
    /// One line to listen at.
    public struct Listening: Sendable {
        /// How the port is set.
        public var line: LineSettings
        /// Who may be heard at it.
        public var families: [DeviceFamily]
    }

    /// One family to ask.
    public struct Asking: Sendable {
        /// Whose words are used.
        public var family: DeviceFamily
        /// How the port is set.
        public var line: LineSettings
        /// Why it stands where it stands.
        public var reason: String
        fileprivate var rank: Int
        fileprivate var isPrescribed: Bool
    }

    /// A request of fewer bytes counts as short.
    public static let shortRequest = 8

    /// The lines to listen at, those that most families use first.
    public var listenings: [Listening]
    /// The families to ask, in order.
    public var askings: [Asking]
    /// What starts a cuff of any family.
    private let cuffStarts: [[UInt8]]

    /// Makes a plan.
    ///
    /// - Parameters:
    ///   - families: who is known.
    ///   - only: the one family to look for, or nil for all.
    ///   - listensOnly: whether nothing may be sent.
    public init(_ families: [DeviceFamily] = DeviceCatalog.families, only: String? = nil, listensOnly: Bool = false) {
        let wanted = families.filter { only == nil || $0.id == only }
        listenings = Self.listenings(wanted)
        askings = listensOnly ? [] : Self.askings(wanted)
        cuffStarts = families.flatMap(Self.cuffStarts)
    }

    /// Whether a frame would start a cuff and must not be sent.
    public func isForbidden(_ frame: [UInt8]) -> Bool { cuffStarts.contains(frame) }

    private static func listenings(_ families: [DeviceFamily]) -> [Listening] {
        var lines: [LineSettings] = []
        // A device that was told to send by an earlier client may still do so; with one family alone all its lines are tried.
        for family in families where family.initiative == .device || families.count == 1 {
            for line in family.knownLines where !lines.contains(line) { lines.append(line) }
        }
        let steps = lines.map { line in Listening(line: line, families: families.filter { $0.knownLines.contains(line) }) }
        return steps.sorted { left, right in
            (right.families.count, left.line.baud, left.line.description) < (left.families.count, right.line.baud, right.line.description)
        }
    }

    private static func askings(_ families: [DeviceFamily]) -> [Asking] {
        let askings = families.filter { $0.initiative == .client }.flatMap { family in
            family.knownLines.map { asking(family, at: $0) }
        }
        return askings.sorted { left, right in
            if left.rank != right.rank { return left.rank < right.rank }
            if left.isPrescribed != right.isPrescribed { return left.isPrescribed }
            if left.line != right.line { return left.line.description < right.line.description }
            return left.family.id < right.family.id
        }
    }

    private static func asking(_ family: DeviceFamily, at line: LineSettings) -> Asking {
        let request = openingWords(of: family).map(\.count).min() ?? 0
        let isShort = request < shortRequest
        let harm = family.obeysCuffCommands ? "its cuff can be told to start, which is never done" : "nothing it could set off"
        let size = request == 0 ? "it asks only when spoken to" : "requests of \(request) bytes\(isShort ? ", short ones" : "")"
        return Asking(
            family: family, line: line, reason: "\(harm); \(size)", rank: (family.obeysCuffCommands ? 2 : 0) + (isShort ? 1 : 0),
            isPrescribed: line == family.line)
    }

    /// What a client of the family says first.
    private static func openingWords(of family: DeviceFamily) -> [[UInt8]] {
        var decoder = family.makeDecoder(.live, [:])
        return decoder.advance(to: BootInstant(nanoseconds: 0)).bytesToSend
    }

    /// What a client of the family sends to start a cuff, as far as it says so without a dialogue.
    private static func cuffStarts(of family: DeviceFamily) -> [[UInt8]] {
        guard family.obeysCuffCommands else { return [] }
        let zero = BootInstant(nanoseconds: 0)
        var asked = family.makeDecoder(.live, [:])
        let opening = asked.advance(to: zero).bytesToSend
        var commanded = family.makeDecoder(.live, [:])
        _ = commanded.advance(to: zero)
        return commanded.command(.start, at: zero).bytesToSend.filter { !opening.contains($0) }
    }
}
