// Frames of the S/5 Computer Interface; they are told in GEDRI.swift.

/// Frames of the S/5 Computer Interface, for both sides.
public enum GEDRIFrame {
    static let mark: UInt8 = 0x7E
    static let escape: UInt8 = 0x7D
    /// Length of a record's header.
    public static let headerLength = 40
    /// The header and the longest data that the maker allows.
    static let longestRecord = 1490

    /// A record as it travels: escaped, with its sum, between two marks.
    public static func encode(_ record: [UInt8]) -> [UInt8] {
        var frame = [mark]
        for byte in record + [record.reduce(0, &+)] {
            if byte == mark || byte == escape { frame += [escape, byte & ~0x20] } else { frame.append(byte) }
        }
        return frame + [mark]
    }

    /// Asks for displayed values of the basic class each `seconds`; 0 ends them.
    public static func request(displayedEvery seconds: UInt16, level: UInt8) -> [UInt8] {
        var record = [UInt8](repeating: 0, count: headerLength)
        (record[0], record[3], record[21]) = (49, level, 0xFF)
        return encode(record + [1, UInt8(seconds & 0xFF), UInt8(seconds >> 8), 0, 0, 0, 0, 0, 0])
    }
}

/// Cuts a byte stream into records. It holds at most one.
public struct GEDRIDeframer: Sendable {
    /// What one step found.
    public enum Step: Sendable, Hashable {
        /// A record with good length and sum; `offset` is that of the mark before it.
        case record([UInt8], offset: Int)
        /// A refusal, counted in frames, or in bytes for `garbage`.
        case rejected(FrameRejection, count: Int)
    }

    private var body: [UInt8] = []
    /// Bytes since the last mark, escapes included.
    private var count = 0
    private var isEscaped = false
    private var isEscapeWrong = false
    private var isBehindMark = false
    /// Stream offset of the last mark, and of the next byte.
    private var start = 0
    private var offset = 0

    /// Creates a deframer that waits for its first mark.
    public init() {}

    /// Goes on in `bytes` from `position`; nil says that the chunk is used up. Call until then, with the same chunk.
    public mutating func step(_ bytes: [UInt8], from position: inout Int) -> Step? {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            offset += 1
            guard byte == GEDRIFrame.mark else {
                take(byte)
                continue
            }
            let step = finish()
            start = offset - 1
            (count, isEscaped, isEscapeWrong, isBehindMark) = (0, false, false, true)
            body.removeAll(keepingCapacity: true)
            if let step { return step }
        }
        return nil
    }

    private mutating func take(_ byte: UInt8) {
        count += 1
        guard isBehindMark, body.count <= GEDRIFrame.longestRecord + 1 else { return }
        if isEscaped {
            isEscaped = false
            if byte != 0x5E, byte != 0x5D { isEscapeWrong = true }
            body.append(byte | 0x20)
        } else if byte == GEDRIFrame.escape {
            isEscaped = true
        } else {
            body.append(byte)
        }
    }

    private func finish() -> Step? {
        guard count > 0 else { return nil }
        guard isBehindMark, body.count > GEDRIFrame.headerLength else { return .rejected(.garbage, count: count) }
        guard !isEscaped, !isEscapeWrong else { return .rejected(.malformed, count: 1) }
        let length = Int(body[0]) | Int(body[1]) << 8
        guard body.count <= GEDRIFrame.longestRecord + 1, length <= GEDRIFrame.longestRecord else { return .rejected(.badLength, count: 1) }
        guard length == body.count - 1 else { return .rejected(length >= body.count ? .truncated : .badLength, count: 1) }
        let record = Array(body[..<length])
        guard record.reduce(0, &+) == body[length] else { return .rejected(.badChecksum, count: 1) }
        return .record(record, offset: start)
    }
}
