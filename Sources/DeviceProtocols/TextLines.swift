/// Cuts a byte stream into lines of printable ASCII. CR, LF, and both in either order end a line; empty lines are passed over.
/// It holds at most one line of `longest` bytes; a longer one is refused whole, and so is one with other bytes than printable ASCII.
public struct TextLines: Sendable {
    /// What one step found.
    public enum Step: Sendable, Hashable {
        /// One line without its end; `offset` is its first byte in the stream.
        case line(String, offset: Int)
        /// A line that is none: too long (`badLength`), or with bytes that no text has (`garbage`, counted in bytes).
        case rejected(FrameRejection, count: Int)
    }

    private let longest: Int
    private var held: [UInt8] = []
    private var length = 0
    private var isText = true
    /// Stream offset of the line in work.
    private var start = 0
    /// Stream offset of the next byte.
    private var offset = 0

    /// Creates lines of up to `longest` bytes.
    public init(longest: Int) {
        self.longest = longest
        held.reserveCapacity(longest)
    }

    /// Goes on in `bytes` from `position`; nil says that the chunk is used up. Call until then, with the same chunk.
    public mutating func step(_ bytes: [UInt8], from position: inout Int) -> Step? {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            offset += 1
            if byte == 0x0A || byte == 0x0D {
                if let step = finish() { return step }
            } else {
                take(byte)
            }
        }
        return nil
    }

    private mutating func take(_ byte: UInt8) {
        if length == 0 { start = offset - 1 }
        length += 1
        if byte != 0x09, byte < 0x20 || byte > 0x7E { isText = false }
        if length <= longest { held.append(byte) }
    }

    private mutating func finish() -> Step? {
        defer { (length, isText) = (0, true) }
        defer { held.removeAll(keepingCapacity: true) }
        guard length > 0 else { return nil }
        guard isText else { return .rejected(.garbage, count: length) }
        guard length <= longest else { return .rejected(.badLength, count: 1) }
        return .line(String(decoding: held, as: UTF8.self), offset: start)
    }
}
