// Reading and writing of big-endian numbers in byte arrays; shared by the binary families.

/// A place in a byte array that ends at a fixed bound. Every read is checked; a read past the bound gives nil and moves nothing.
public struct ByteCursor: Sendable {
    /// The bytes walked over. The cursor keeps a reference, not a copy.
    public let bytes: [UInt8]
    /// Index of the next byte.
    public private(set) var position: Int
    /// Index after the last byte that may be read.
    public let end: Int

    /// Creates a cursor over `range`, cut to the array.
    public init(_ bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        let allowed = range.clamped(to: 0..<bytes.count)
        position = allowed.lowerBound
        end = allowed.upperBound
    }

    /// Creates a cursor over the whole array.
    public init(_ bytes: [UInt8]) { self.init(bytes, in: 0..<bytes.count) }

    /// Bytes left.
    public var remaining: Int { end - position }

    /// Reads one byte.
    public mutating func readUInt8() -> UInt8? {
        guard remaining >= 1 else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    /// Reads two bytes.
    public mutating func readUInt16() -> UInt16? {
        guard remaining >= 2 else { return nil }
        defer { position += 2 }
        return UInt16(bytes[position]) << 8 | UInt16(bytes[position + 1])
    }

    /// Reads four bytes.
    public mutating func readUInt32() -> UInt32? {
        guard let high = readUInt16() else { return nil }
        guard let low = readUInt16() else {
            position -= 2
            return nil
        }
        return UInt32(high) << 16 | UInt32(low)
    }

    /// Steps over `count` bytes; false, and no step, when there are fewer.
    public mutating func skip(_ count: Int) -> Bool {
        guard count >= 0, remaining >= count else { return false }
        position += count
        return true
    }

    /// Takes the next `count` bytes as a cursor of their own; nil when there are fewer.
    public mutating func read(_ count: Int) -> ByteCursor? {
        let start = position
        guard skip(count) else { return nil }
        return ByteCursor(bytes, in: start..<position)
    }
}

extension [UInt8] {
    /// Appends two bytes, the high one first.
    public mutating func append(bigEndian number: UInt16) {
        append(UInt8(truncatingIfNeeded: number >> 8))
        append(UInt8(truncatingIfNeeded: number))
    }

    /// Appends four bytes, the high one first.
    public mutating func append(bigEndian number: UInt32) {
        append(bigEndian: UInt16(truncatingIfNeeded: number >> 16))
        append(bigEndian: UInt16(truncatingIfNeeded: number))
    }

    /// Appends the length of `body` in two bytes, then `body`. A body of 64 KiB or more is cut; no protocol here has one.
    public mutating func append(lengthPrefixed body: [UInt8]) {
        let kept = body.prefix(Int(UInt16.max))
        append(bigEndian: UInt16(kept.count))
        append(contentsOf: kept)
    }
}
