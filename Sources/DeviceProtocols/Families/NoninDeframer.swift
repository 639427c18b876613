/// One good frame of format 2 or 7, without its pleth wave.
struct NoninFrame: Sendable, Hashable {
    /// Where its first byte stands in the stream.
    var offset: Int
    /// The status byte.
    var status: NoninStatus
    /// The byte whose meaning depends on the frame's number.
    var value: UInt8
}

/// Cuts a byte stream into frames of 5 bytes. While it searches it holds two frames' worth of bytes, since only two good frames
/// in a row are believed; afterwards it reads the chunk in place.
struct NoninDeframer: Sendable {
    /// What one step found.
    enum Step: Sendable, Hashable {
        /// A good frame.
        case frame(NoninFrame)
        /// A refusal, counted in frames, or in bytes for `garbage`.
        case rejected(FrameRejection, count: Int)
    }

    private let format: NoninFormat
    private var isLocked = false
    /// Bytes before the place in the chunk, in order: at most two frames.
    private var held: [UInt8] = []
    /// Bytes of a refused frame that must not be counted again as garbage.
    private var countedBytes = 0
    /// Bytes of a reply that are still to be skipped; nil while its length is not known.
    private var reply = Reply.none
    /// Stream offset of the first byte of the chunk in work.
    private var chunkOffset = 0

    private enum Reply: Sendable { case none, operation, length, rest(Int) }

    static let frameLength = 5
    /// A longer reply is none: 32 keeps a false one shorter than a packet.
    private static let longestReply: UInt8 = 32

    init(format: NoninFormat) {
        self.format = format
        held.reserveCapacity(2 * Self.frameLength)
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
        while fill(to: 2 * Self.frameLength, bytes, &position) {
            if isGood(held, 0), isGood(held, Self.frameLength) {
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
        if held.isEmpty, bytes.count - position >= Self.frameLength {
            guard isGood(bytes, position) else { return loseLock(bytes, &position) }
            defer { position += Self.frameLength }
            return .frame(frame(bytes, position, offset: chunkOffset + position))
        }
        guard fill(to: Self.frameLength, bytes, &position) else { return nil }
        guard isGood(held, 0) else { return loseLock(bytes, &position) }
        let good = frame(held, 0, offset: chunkOffset + position - held.count)
        held.removeFirst(Self.frameLength)
        return .frame(good)
    }

    private mutating func loseLock(_ bytes: [UInt8], _ position: inout Int) -> Step {
        let isFilled = fill(to: Self.frameLength, bytes, &position)
        isLocked = false
        reply = .none
        countedBytes = Self.frameLength
        return .rejected(isFilled && hasMarks(held, 0) ? .badChecksum : .badHeader, count: 1)
    }

    /// Skips what a 9560 answers to commands, at a border of frames. No frame begins with 02, 06 or 15.
    private mutating func skipReplies(_ bytes: [UInt8], _ position: inout Int) {
        while held.isEmpty, position < bytes.count {
            let byte = bytes[position]
            switch reply {
            case .none:
                switch byte {
                case 0x06, 0x15: break
                case 0x02: reply = .operation
                default: return
                }
            case .operation:
                guard (0xF2...0xF4).contains(byte) else { return reply = .none }
                reply = .length
            case .length:
                guard byte <= Self.longestReply else { return reply = .none }
                reply = .rest(Int(byte) + 1)
            case .rest(let count): reply = count > 1 ? .rest(count - 1) : .none
            }
            position += 1
        }
    }

    // MARK: One frame

    private func hasMarks(_ bytes: [UInt8], _ start: Int) -> Bool {
        switch format {
        case .two: bytes[start] == 0x01 && bytes[start + 1] & 0x80 != 0
        case .seven: bytes[start] & 0x80 != 0
        }
    }

    private func isGood(_ bytes: [UInt8], _ start: Int) -> Bool {
        let sum = bytes[start] &+ bytes[start + 1] &+ bytes[start + 2] &+ bytes[start + 3]
        return sum == bytes[start + 4] && hasMarks(bytes, start)
    }

    private func frame(_ bytes: [UInt8], _ start: Int, offset: Int) -> NoninFrame {
        NoninFrame(
            offset: offset, status: NoninStatus(rawValue: bytes[format == .two ? start + 1 : start]), value: bytes[start + 3])
    }
}
