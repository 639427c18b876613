// The association: how client and monitor agree on what may be asked. The constant bytes are the layout written down in the
// protocol page, read off the recorded dialogue; only the lengths and the user information vary.

/// What is asked for, or granted, in an association (MDSEUserInfoStd).
public struct IntelliVueUserInfo: Sendable, Hashable {
    /// 80000000 for a client, 00800000 for a monitor.
    public var systemType: UInt32
    /// 20000000 cold, 40000000 warm, 80000000 hot; a monitor answers 0.
    public var startupMode: UInt32
    /// The shortest time between polls, in ticks of 1/8 ms. It also rules how long a silent client is kept.
    public var minimumPollTicks: UInt32
    /// The longest user data that the sender takes, bytes.
    public var largestReceived: UInt32
    /// The longest user data that the sender sends, bytes.
    public var largestSent: UInt32
    /// The most that the sender sends, FFFFFFFF for no limit.
    public var bandwidth: UInt32
    /// 80000000 numerics every second, 08000000 waves, 04000000 enumerations; others in the protocol page.
    public var extendedPollOptions: UInt32

    /// Creates user information.
    public init(
        systemType: UInt32, startupMode: UInt32, minimumPollTicks: UInt32, largestReceived: UInt32, largestSent: UInt32,
        bandwidth: UInt32 = 0xFFFF_FFFF, extendedPollOptions: UInt32
    ) {
        self.systemType = systemType
        self.startupMode = startupMode
        self.minimumPollTicks = minimumPollTicks
        self.largestReceived = largestReceived
        self.largestSent = largestSent
        self.bandwidth = bandwidth
        self.extendedPollOptions = extendedPollOptions
    }

    /// What our client asks for: a poll each second, frames as small as the RS232 port of the recorded monitor grants
    /// (996 bytes), numerics each second. Waves and enumerations are not asked for, so they cannot come.
    public static let client = IntelliVueUserInfo(
        systemType: 0x8000_0000, startupMode: 0x2000_0000, minimumPollTicks: IntelliVueTicks.perSecond, largestReceived: 0x3E4,
        largestSent: 0x3E4, extendedPollOptions: 0x8800_0000)

    /// The 72 bytes on the wire.
    public var bytes: [UInt8] {
        var profile: [UInt8] = []
        for word in [0x8000_0000, minimumPollTicks, largestReceived, largestSent, bandwidth, 0x6000_0000] {
            profile.append(bigEndian: word)
        }
        var extensionOptions: [UInt8] = []
        extensionOptions.append(bigEndian: extendedPollOptions)
        extensionOptions.append(bigEndian: UInt32(0))
        profile += IntelliVueBuilder.attributeList([IntelliVueBuilder.attribute(Self.pollExtension, extensionOptions)])
        var bytes: [UInt8] = []
        for word in [0x8000_0000, 0x4000_0000, 0, systemType, startupMode] { bytes.append(bigEndian: word) }
        bytes += IntelliVueBuilder.attributeList([])
        bytes += IntelliVueBuilder.attributeList([IntelliVueBuilder.attribute(Self.pollProfile, profile)])
        return bytes
    }

    /// Reads the user information of an association request or accept; nil when it is not found or cut.
    ///
    /// It stands right after `02 01 02 81` and its length, in both directions, on both recorded monitors.
    public static func parse(_ bytes: [UInt8], in range: Range<Int>) -> IntelliVueUserInfo? {
        guard var cursor = userInfo(ByteCursor(bytes, in: range)) else { return nil }
        guard cursor.skip(12), let systemType = cursor.readUInt32(), let startupMode = cursor.readUInt32() else { return nil }
        guard cursor.skip(2), let optionLength = cursor.readUInt16(), cursor.skip(Int(optionLength)) else { return nil }
        guard var profile = attribute(pollProfile, in: &cursor), profile.skip(4) else { return nil }
        guard let period = profile.readUInt32(), let received = profile.readUInt32(), let sent = profile.readUInt32() else { return nil }
        guard let bandwidth = profile.readUInt32(), profile.skip(4) else { return nil }
        var packages = attribute(pollExtension, in: &profile)
        return IntelliVueUserInfo(
            systemType: systemType, startupMode: startupMode, minimumPollTicks: period, largestReceived: received, largestSent: sent,
            bandwidth: bandwidth, extendedPollOptions: packages?.readUInt32() ?? 0)
    }

    private static let pollProfile: UInt16 = 0x0001
    private static let pollExtension: UInt16 = 0xF001

    private static func userInfo(_ cursor: ByteCursor) -> ByteCursor? {
        let marker: [UInt8] = [0x02, 0x01, 0x02, 0x81]
        var cursor = cursor
        while cursor.remaining > marker.count {
            let start = cursor.position
            if (0..<marker.count).allSatisfy({ cursor.bytes[start + $0] == marker[$0] }) {
                guard cursor.skip(marker.count), let length = berLength(&cursor) else { return nil }
                return cursor.read(length)
            }
            guard cursor.skip(1) else { return nil }
        }
        return nil
    }

    /// A BER length: below 128 one byte, `81 n`, or `82 high low`.
    private static func berLength(_ cursor: inout ByteCursor) -> Int? {
        guard let first = cursor.readUInt8() else { return nil }
        switch first {
        case 0..<0x80: return Int(first)
        case 0x81: return cursor.readUInt8().map(Int.init)
        case 0x82: return cursor.readUInt16().map(Int.init)
        default: return nil
        }
    }

    private static func attribute(_ wanted: UInt16, in cursor: inout ByteCursor) -> ByteCursor? {
        guard cursor.skip(4) else { return nil }
        while let id = cursor.readUInt16(), let length = cursor.readUInt16(), let value = cursor.read(Int(length)) {
            if id == wanted { return value }
        }
        return nil
    }
}

/// The messages of the session layer.
public enum IntelliVueAssociation {
    /// Asks for an association.
    public static func request(_ info: IntelliVueUserInfo = .client) -> [UInt8] {
        message(.associationRequest, presentation: requestPresentation, info)
    }

    /// Grants one (the monitor's side).
    public static func accept(_ info: IntelliVueUserInfo) -> [UInt8] {
        message(.associationAccept, presentation: acceptPresentation, info)
    }

    /// Ends an association; sent first of all it clears one that a former client left behind.
    public static let releaseRequest: [UInt8] = release(.releaseRequest, tag: 0x62)

    /// Agrees to the end.
    public static let releaseResponse: [UInt8] = release(.releaseResponse, tag: 0x63)

    private static func release(_ kind: IntelliVueSessionKind, tag: UInt8) -> [UInt8] {
        [kind.rawValue, 0x18, 0xC1, 0x16, 0x61, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0xA0, 0x80, tag, 0x80, 0x80, 0x01]
            + [UInt8](repeating: 0, count: 9)
    }

    private static func message(_ kind: IntelliVueSessionKind, presentation: [UInt8], _ info: IntelliVueUserInfo) -> [UInt8] {
        let infoBytes = info.bytes
        // The 16 zero bytes close eight values of indefinite length.
        let content = presentation + berLength(infoBytes.count) + infoBytes + [UInt8](repeating: 0, count: 16)
        let rest = sessionParameters + [0xC1] + sessionLength(content.count) + content
        return [kind.rawValue] + sessionLength(rest.count) + rest
    }

    /// A length of the session layer: one byte, or FF and two bytes above 254.
    private static func sessionLength(_ count: Int) -> [UInt8] {
        if count <= 254 { return [UInt8(count)] }
        var bytes: [UInt8] = [0xFF]
        bytes.append(bigEndian: UInt16(truncatingIfNeeded: count))
        return bytes
    }

    private static func berLength(_ count: Int) -> [UInt8] { count < 0x80 ? [UInt8(count)] : [0x81, UInt8(truncatingIfNeeded: count)] }

    /// Connect item (protocol options, version 2), session requirements.
    private static let sessionParameters: [UInt8] = [
        0x05, 0x08, 0x13, 0x01, 0x00, 0x16, 0x01, 0x02, 0x80, 0x00, 0x14, 0x02, 0x00, 0x02,
    ]

    /// Root of the object identifiers, `06 0C 2A 86 48 CE 14 02 01 00 00 00 kind 01`: 1.2.840.10004.2.1.0.0.0.kind.1.
    private static func identifier(_ tag: UInt8, _ kind: UInt8, _ version: UInt8) -> [UInt8] {
        [tag, 0x0C, 0x2A, 0x86, 0x48, 0xCE, 0x14, 0x02, 0x01, 0x00, 0x00, 0x00, kind, version]
    }

    /// Presentation and association control of a request: two contexts are offered, 1 for association control and 2 for data.
    private static let requestPresentation: [UInt8] = joined([
        [0x31, 0x80, 0xA0, 0x80, 0x80, 0x01, 0x01, 0x00, 0x00],  // normal mode
        [0xA2, 0x80, 0xA0, 0x03, 0x00, 0x00, 0x01],  // presentation version
        [0xA4, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01],  // context 1 and its syntaxes
        [0x06, 0x04, 0x52, 0x01, 0x00, 0x01, 0x30, 0x80, 0x06, 0x02, 0x51, 0x01, 0x00, 0x00, 0x00, 0x00],
        [0x30, 0x80, 0x02, 0x01, 0x02],  // context 2 and its syntaxes
        identifier(0x06, 1, 1), [0x30, 0x80], identifier(0x06, 2, 1), [0x00, 0x00, 0x00, 0x00, 0x00, 0x00],
        [0x61, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0xA0, 0x80],  // user data in context 1
        [0x60, 0x80, 0xA1, 0x80], identifier(0x06, 3, 1), [0x00, 0x00],  // association request, application context
        [0xBE, 0x80, 0x28, 0x80], identifier(0x06, 1, 1), [0x02, 0x01, 0x02, 0x81],  // user information
    ])

    /// The same of an accept, from frame 6 of the LAN recording.
    private static let acceptPresentation: [UInt8] = joined([
        [0x31, 0x80, 0xA0, 0x80, 0x80, 0x01, 0x01, 0x00, 0x00],
        [0xA2, 0x80, 0xA0, 0x03, 0x00, 0x00, 0x01],
        [0xA5, 0x80, 0x30, 0x80, 0x80, 0x01, 0x00, 0x81, 0x02, 0x51, 0x01, 0x00, 0x00],  // context 1 accepted
        [0x30, 0x80, 0x80, 0x01, 0x00], identifier(0x81, 2, 1), [0x00, 0x00, 0x00, 0x00],  // context 2 accepted
        [0x61, 0x80, 0x30, 0x80, 0x02, 0x01, 0x01, 0xA0, 0x80],
        [0x61, 0x80, 0xA1, 0x80], identifier(0x06, 3, 1), [0x00, 0x00],  // association response
        [0xA2, 0x03, 0x02, 0x01, 0x00, 0xA3, 0x05, 0xA1, 0x03, 0x02, 0x01, 0x00],  // result: accepted
        [0xBE, 0x80, 0x28, 0x80, 0x02, 0x01, 0x02, 0x81],
    ])

    private static func joined(_ pieces: [[UInt8]]) -> [UInt8] { Array(pieces.joined()) }
}
