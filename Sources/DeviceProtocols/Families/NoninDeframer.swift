/// One good frame of format 2, 7 or 8.
struct NoninFrame: Sendable, Hashable {
    /// Where its first byte stands in the stream.
    var offset: Int
    /// Its first byte: the status in formats 7 and 8.
    var first: UInt8
    /// Its second byte: the status in format 2, the low half of the rate in format 8.
    var second: UInt8
    /// Its third byte: the saturation in format 8.
    var third: UInt8
    /// Its fourth byte: in formats 2 and 7 what the frame's number says, in format 8 more status.
    var fourth: UInt8
}

/// Cuts a byte stream into frames of 5 bytes, or of 4 in format 8. While it searches it holds two frames' worth of bytes, since only
/// two good frames in a row are believed; afterwards it reads the chunk in place.
struct NoninDeframer: Sendable {
    /// What a good frame looks like.
    enum Layout: Sendable, Hashable {
        /// Formats 2 and 7.
        case two, seven
        /// Format 8.
        case eight

        /// Bytes in a frame.
        var frameLength: Int { self == .eight ? 4 : 5 }
    }

    /// What one step found.
    enum Step: Sendable, Hashable {
        /// A good frame.
        case frame(NoninFrame)
        /// A refusal, counted in frames, or in bytes for `garbage`.
        case rejected(FrameRejection, count: Int)
    }

    private let layout: Layout
    private let frameLength: Int
    /// Format 8 takes a second for a frame: a stream that begins with a good one is believed at once.
    private var isLocked: Bool
    /// Bytes before the place in the chunk, in order: at most two frames.
    private var held: [UInt8] = []
    /// Bytes of a refused frame that must not be counted again as garbage.
    private var countedBytes = 0
    private var replies = NoninReplies()
    /// Stream offset of the first byte of the chunk in work.
    private var chunkOffset = 0

    init(_ layout: Layout) {
        self.layout = layout
        frameLength = layout.frameLength
        isLocked = layout == .eight
        held.reserveCapacity(2 * frameLength)
    }

    /// Goes on in `bytes` from `position`; nil says that the chunk is used up. Call until then, with the same chunk.
    mutating func step(_ bytes: [UInt8], from position: inout Int) -> Step? {
        if let step = isLocked ? follow(bytes, &position) : search(bytes, &position) { return step }
        chunkOffset += bytes.count
        return nil
    }

    // MARK: Searching

    private mutating func search(_ bytes: [UInt8], _ position: inout Int) -> Step? {
        var skipped = 0
        while fill(to: 2 * frameLength, bytes, &position) {
            if isGood(held, 0), isGood(held, frameLength) {
                isLocked = true
                countedBytes = 0
                break
            }
            held.removeFirst()
            if countedBytes > 0 { countedBytes -= 1 } else { skipped += 1 }
        }
        if skipped > 0 { return .rejected(.garbage, count: skipped) }
        return isLocked ? follow(bytes, &position) : nil
    }

    /// Moves bytes of the chunk to `held` until it has `count`; false when the chunk has too few.
    private mutating func fill(to count: Int, _ bytes: [UInt8], _ position: inout Int) -> Bool {
        while held.count < count, position < bytes.count {
            held.append(bytes[position])
            position += 1
        }
        return held.count >= count
    }

    // MARK: Following

    private mutating func follow(_ bytes: [UInt8], _ position: inout Int) -> Step? {
        skipReplies(bytes, &position)
        if held.isEmpty, bytes.count - position >= frameLength {
            guard isGood(bytes, position) else { return loseLock(bytes, &position) }
            defer { position += frameLength }
            return .frame(frame(bytes, position, offset: chunkOffset + position))
        }
        guard fill(to: frameLength, bytes, &position) else { return nil }
        guard isGood(held, 0) else { return loseLock(bytes, &position) }
        let good = frame(held, 0, offset: chunkOffset + position - held.count)
        held.removeFirst(frameLength)
        return .frame(good)
    }

    private mutating func loseLock(_ bytes: [UInt8], _ position: inout Int) -> Step {
        let isFilled = fill(to: frameLength, bytes, &position)
        isLocked = false
        replies = NoninReplies()
        countedBytes = frameLength
        return .rejected(isFilled && hasMarks(held, 0) ? .badChecksum : .badHeader, count: 1)
    }

    private mutating func skipReplies(_ bytes: [UInt8], _ position: inout Int) {
        while held.isEmpty, position < bytes.count, replies.skips(bytes[position]) { position += 1 }
    }

    // MARK: One frame

    private func hasMarks(_ bytes: [UInt8], _ start: Int) -> Bool {
        switch layout {
        case .two: bytes[start] == 0x01 && bytes[start + 1] & 0x80 != 0
        case .seven: bytes[start] & 0x80 != 0
        case .eight: bytes[start] & 0x80 != 0 && (bytes[start + 1] | bytes[start + 2] | bytes[start + 3]) & 0x80 == 0
        }
    }

    private func isGood(_ bytes: [UInt8], _ start: Int) -> Bool {
        guard layout != .eight else { return hasMarks(bytes, start) }
        let sum = bytes[start] &+ bytes[start + 1] &+ bytes[start + 2] &+ bytes[start + 3]
        return sum == bytes[start + 4] && hasMarks(bytes, start)
    }

    private func frame(_ bytes: [UInt8], _ start: Int, offset: Int) -> NoninFrame {
        NoninFrame(
            offset: offset, first: bytes[start], second: bytes[start + 1], third: bytes[start + 2], fourth: bytes[start + 3])
    }
}

/// What a 9560 answers to commands, at a border of frames. No frame begins with 02, 06 or 15.
struct NoninReplies: Sendable {
    private enum Part: Sendable { case none, operation, length, rest(Int) }

    private var part = Part.none
    /// A longer reply is none: 32 keeps a false one shorter than a packet.
    private static let longest: UInt8 = 32

    /// Whether the next byte at a border belongs to a reply.
    mutating func skips(_ byte: UInt8) -> Bool {
        switch part {
        case .none:
            guard byte == 0x02 else { return byte == 0x06 || byte == 0x15 }
            part = .operation
        case .operation:
            part = (0xF2...0xF4).contains(byte) ? .length : .none
            if case .none = part { return false }
        case .length:
            part = byte <= Self.longest ? .rest(Int(byte) + 1) : .none
            if case .none = part { return false }
        case .rest(let count): part = count > 1 ? .rest(count - 1) : .none
        }
        return true
    }
}

/// One frame of format 13 whose sum fits.
struct NoninSpotCheck: Sendable, Hashable {
    /// Where its first byte stands in the stream.
    var offset: Int
    /// The 14 bytes of its data that are known.
    var data: [UInt8]
}

/// Cuts a byte stream into frames of format 13. It holds at most one frame.
struct NoninSpotCheckDeframer: Sendable {
    /// What one step found.
    enum Step: Sendable, Hashable {
        /// A good frame.
        case spotCheck(NoninSpotCheck)
        /// A refusal, counted in frames, or in bytes for `garbage`.
        case rejected(FrameRejection)
    }

    private static let head: [UInt8] = [0x00, 0x02, 0x00, 0x0D]
    /// Bytes of data that are known.
    private static let knownData = 14
    /// A frame that claims more data is refused: no device is known to send any.
    private static let longestData = 32
    /// Bytes before the data.
    private static let headLength = 6

    private var held: [UInt8] = []
    /// Bytes of a refused frame that must not be counted again as garbage.
    private var countedBytes = 0
    private var replies = NoninReplies()
    /// Stream offset of the next byte.
    private var offset = 0

    /// Goes on in `bytes` from `position`; nil says that the chunk is used up. Call until then, with the same chunk.
    mutating func step(_ bytes: [UInt8], from position: inout Int) -> Step? {
        while true {
            if let step = examine() { return step }
            guard position < bytes.count else { return nil }
            let byte = bytes[position]
            position += 1
            offset += 1
            if !held.isEmpty || !replies.skips(byte) { held.append(byte) }
        }
    }

    /// Judges what is held; nil asks for more bytes.
    private mutating func examine() -> Step? {
        while !held.isEmpty {
            guard zip(held, Self.head).allSatisfy(==) else {
                if let step = dropFirst() { return step }
                continue
            }
            guard held.count >= Self.headLength else { return nil }
            let count = Int(held[4]) << 8 | Int(held[5])
            guard (Self.knownData...Self.longestData).contains(count) else { return refuse(.badLength, count: Self.headLength) }
            let whole = Self.headLength + count + 2
            guard held.count >= whole else { return nil }
            let data = held[Self.headLength..<(Self.headLength + count)]
            guard held[whole - 1] == 0x03 else { return refuse(.badLength, count: whole) }
            guard data.reduce(0, &+) == held[whole - 2] else { return refuse(.badChecksum, count: whole) }
            let good = NoninSpotCheck(offset: offset - held.count, data: Array(data.prefix(Self.knownData)))
            held.removeFirst(whole)
            countedBytes = 0
            return .spotCheck(good)
        }
        return nil
    }

    /// Lets the window slide by a byte.
    private mutating func dropFirst() -> Step? {
        held.removeFirst()
        guard countedBytes == 0 else {
            countedBytes -= 1
            return nil
        }
        return .rejected(.garbage)
    }

    private mutating func refuse(_ kind: FrameRejection, count: Int) -> Step {
        held.removeFirst()
        countedBytes = count - 1
        return .rejected(kind)
    }
}
