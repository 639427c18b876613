/// The frame layer of Data Export over MIB/RS232: `C0 | 11 01 len_hi len_lo | user data | FCS low, FCS high | C1`.
public enum IntelliVueFrame {
    /// Begins a frame; never inside one.
    static let start: UInt8 = 0xC0
    /// Ends a frame; never inside one.
    static let end: UInt8 = 0xC1
    /// Says that the next byte was changed.
    static let escape: UInt8 = 0x7D
    /// How an escaped byte was changed (exclusive or).
    static let escapeMask: UInt8 = 0x20
    /// Header bytes, two of them the length.
    static let headerLength = 4
    /// Bytes of the check sequence.
    static let checkLength = 2
    /// The most bytes of header, user data and check sequence that are taken; the largest seen has 892.
    static let maximumLength = 1500

    /// The whole frame of `userData`, escaped, ready for the line. User data over 1494 bytes would be refused by a receiver.
    public static func encode(_ userData: [UInt8]) -> [UInt8] {
        var content: [UInt8] = [0x11, 0x01]
        content.reserveCapacity(userData.count + headerLength + checkLength)
        content.append(bigEndian: UInt16(truncatingIfNeeded: userData.count))
        content += userData
        let check = checkSequence(of: content, in: 0..<content.count)
        content.append(UInt8(truncatingIfNeeded: check))
        content.append(UInt8(check >> 8))
        var frame: [UInt8] = [start]
        frame.reserveCapacity(content.count + 16)
        for byte in content {
            if byte == start || byte == end || byte == escape {
                frame.append(escape)
                frame.append(byte ^ escapeMask)
            } else {
                frame.append(byte)
            }
        }
        frame.append(end)
        return frame
    }

    /// CRC-16/X-25: polynomial 1021 reflected (8408), start FFFF, result inverted; of "123456789" it is 906E.
    public static func checkSequence(of bytes: [UInt8], in range: Range<Int>) -> UInt16 {
        let table = checkTable
        var register: UInt16 = 0xFFFF
        for index in range {
            register = (register >> 8) ^ table[Int(UInt8(truncatingIfNeeded: register) ^ bytes[index])]
        }
        return ~register
    }

    private static let checkTable: [UInt16] = (0..<256).map { byte in
        (0..<8).reduce(UInt16(byte)) { register, _ in register & 1 == 1 ? (register >> 1) ^ 0x8408 : register >> 1 }
    }
}

/// Cuts a byte stream into frames. It holds at most one frame, resynchronises at each `C0`, and its buffer is reused.
public struct IntelliVueDeframer: Sendable {
    /// What one step found.
    public enum Step: Sendable, Hashable {
        /// A whole frame whose checks passed: see `frame`, `userData` and `frameOffset`.
        case frame
        /// A refusal, counted in frames, or in bytes for `garbage`.
        case rejected(FrameRejection, count: Int)
    }

    /// Header, user data and check sequence of the frame in work, unescaped.
    public private(set) var frame: [UInt8] = []
    /// Where the frame's `C0` stands in the stream.
    public private(set) var frameOffset = 0
    private var state = State.outside
    /// Stream offset of the first byte of the chunk in work.
    private var chunkOffset = 0

    private enum State { case outside, inside, escaped }

    /// Creates a deframer at the start of a stream.
    public init() { frame.reserveCapacity(IntelliVueFrame.maximumLength) }

    /// Where the user data stands in `frame`.
    public var userData: Range<Int> { IntelliVueFrame.headerLength..<(frame.count - IntelliVueFrame.checkLength) }

    /// Forgets the frame in work, as after a link was opened anew. Offsets go on.
    public mutating func reset() {
        state = .outside
        frame.removeAll(keepingCapacity: true)
    }

    /// Goes on in `bytes` from `position` to the next frame or refusal. Nil says that the chunk is used up; call until then,
    /// with the same chunk, since offsets are counted by whole chunks.
    public mutating func step(_ bytes: [UInt8], from position: inout Int) -> Step? {
        while position < bytes.count {
            let step =
                switch state {
                case .outside: seekStart(bytes, &position)
                case .inside: takePlain(bytes, &position)
                case .escaped: takeEscaped(bytes, &position)
                }
            if let step { return step }
        }
        chunkOffset += bytes.count
        return nil
    }

    private mutating func seekStart(_ bytes: [UInt8], _ position: inout Int) -> Step? {
        let begin = position
        while position < bytes.count, bytes[position] != IntelliVueFrame.start { position += 1 }
        let skipped = position - begin
        if position < bytes.count {
            beginFrame(at: position)
            position += 1
        }
        return skipped > 0 ? .rejected(.garbage, count: skipped) : nil
    }

    private mutating func beginFrame(at position: Int) {
        frame.removeAll(keepingCapacity: true)
        frameOffset = chunkOffset + position
        state = .inside
    }

    private mutating func takePlain(_ bytes: [UInt8], _ position: inout Int) -> Step? {
        let begin = position
        position = Self.endOfPlain(bytes, begin)
        guard append(bytes, begin..<position) else { return abandon(.badLength) }
        guard position < bytes.count else { return nil }
        let special = bytes[position]
        defer { position += 1 }
        switch special {
        case IntelliVueFrame.start:
            beginFrame(at: position)
            return .rejected(.truncated, count: 1)
        case IntelliVueFrame.end:
            state = .outside
            return check()
        default:
            state = .escaped
            return nil
        }
    }

    /// The next of the three bytes with a meaning, or the end. A local index keeps this loop over every byte fast.
    private static func endOfPlain(_ bytes: [UInt8], _ begin: Int) -> Int {
        let count = bytes.count
        var index = begin
        while index < count {
            let byte = bytes[index]
            if byte == IntelliVueFrame.start || byte == IntelliVueFrame.end || byte == IntelliVueFrame.escape { break }
            index += 1
        }
        return index
    }

    private mutating func append(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        guard frame.count + range.count <= IntelliVueFrame.maximumLength else { return false }
        frame.append(contentsOf: bytes[range])
        return true
    }

    private mutating func takeEscaped(_ bytes: [UInt8], _ position: inout Int) -> Step? {
        let byte = bytes[position]
        defer { position += 1 }
        switch byte {
        case IntelliVueFrame.start:
            beginFrame(at: position)
            return .rejected(.truncated, count: 1)
        case IntelliVueFrame.end:
            // The sender gave the frame up ("7D C1").
            return abandon(.truncated)
        default:
            state = .inside
            guard frame.count < IntelliVueFrame.maximumLength else { return abandon(.badLength) }
            frame.append(byte ^ IntelliVueFrame.escapeMask)
            return nil
        }
    }

    private mutating func abandon(_ kind: FrameRejection) -> Step {
        reset()
        return .rejected(kind, count: 1)
    }

    private func check() -> Step {
        let overhead = IntelliVueFrame.headerLength + IntelliVueFrame.checkLength
        guard frame.count >= overhead else { return .rejected(.truncated, count: 1) }
        guard frame[0] == 0x11, frame[1] == 0x01 else { return .rejected(.badHeader, count: 1) }
        guard Int(frame[2]) << 8 | Int(frame[3]) == frame.count - overhead else { return .rejected(.badLength, count: 1) }
        let expected = IntelliVueFrame.checkSequence(of: frame, in: 0..<(frame.count - IntelliVueFrame.checkLength))
        let received = UInt16(frame[frame.count - 1]) << 8 | UInt16(frame[frame.count - 2])
        return expected == received ? .frame : .rejected(.badChecksum, count: 1)
    }
}
