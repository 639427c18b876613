import VitalsModel

/// Bytes written as hexadecimal text for people: digits in pairs, separated by white space or run together, `#` to the end of
/// the line is a comment.
public enum HexText {
    /// Reads the bytes of a text.
    ///
    /// - Throws: `HexTextError` with line and column of the first digit that is none, or of a digit without its partner.
    public static func bytes(of text: some Sequence<UInt8>) throws(HexTextError) -> [UInt8] {
        var reader = HexReader()
        for character in text { try reader.read(character) }
        return try reader.finish()
    }

    /// Writes bytes as upper-case pairs separated by spaces.
    public static func text(of bytes: some Sequence<UInt8>) -> String {
        bytes.map { $0.hexadecimal(2) }.joined(separator: " ")
    }
}

/// A place in hexadecimal text that cannot be read.
public struct HexTextError: Error, Hashable, CustomStringConvertible {
    /// The line, counted from 1.
    public var line: Int
    /// The column, counted from 1 in bytes.
    public var column: Int
    /// The byte found there, or nil when a pair lacks its second digit.
    public var found: UInt8?

    /// Creates an error.
    public init(line: Int, column: Int, found: UInt8?) {
        self.line = line
        self.column = column
        self.found = found
    }

    /// What is wrong, where, and what to do.
    public var description: String {
        guard let found else {
            return "line \(line), column \(column): a hexadecimal digit without its partner; write each byte with two digits"
        }
        let shown = (0x21...0x7E).contains(found) ? "\"\(Character(Unicode.Scalar(found)))\"" : "byte 0x\(String(found, radix: 16))"
        return "line \(line), column \(column): \(shown) is no hexadecimal digit; for raw bytes choose input raw"
    }
}

private struct HexReader {
    var bytes: [UInt8] = []
    var line = 1
    var column = 0
    var isInComment = false
    var pending: (digit: UInt8, line: Int, column: Int)?

    mutating func read(_ character: UInt8) throws(HexTextError) {
        column += 1
        switch character {
        case 0x0A:
            try requireNoHalfByte()
            isInComment = false
            line += 1
            column = 0
        case _ where isInComment: break
        case UInt8(ascii: "#"):
            try requireNoHalfByte()
            isInComment = true
        case 0x20, 0x09, 0x0D: try requireNoHalfByte()
        default: try readDigit(character)
        }
    }

    mutating func readDigit(_ character: UInt8) throws(HexTextError) {
        guard let value = Character(Unicode.Scalar(character)).hexDigitValue else {
            throw HexTextError(line: line, column: column, found: character)
        }
        if let high = pending {
            bytes.append(high.digit << 4 | UInt8(value))
            pending = nil
        } else {
            pending = (UInt8(value), line, column)
        }
    }

    func requireNoHalfByte() throws(HexTextError) {
        if let pending { throw HexTextError(line: pending.line, column: pending.column, found: nil) }
    }

    consuming func finish() throws(HexTextError) -> [UInt8] {
        try requireNoHalfByte()
        return bytes
    }
}
