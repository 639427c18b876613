import DeviceProtocols

extension IntelliVueBuilder {
    /// An attribute that holds whole numbers, big-endian, each as wide as its type.
    static func attribute(_ id: UInt16, numbers: any FixedWidthInteger...) -> [UInt8] {
        attribute(id, numbers.flatMap { bigEndianBytes(of: $0) })
    }

    /// An attribute that holds a text of 16-bit characters with its length before it and a zero at its end.
    static func attribute(_ id: UInt16, wideText text: String) -> [UInt8] {
        let characters = (text + "\0").utf16.flatMap { bigEndianBytes(of: $0) }
        return attribute(id, bigEndianBytes(of: UInt16(characters.count)) + characters)
    }

    /// An attribute that holds texts of bytes, each with its length before it and a zero at its end.
    static func attribute(_ id: UInt16, texts: String...) -> [UInt8] {
        attribute(id, texts.flatMap { bigEndianBytes(of: UInt16($0.utf8.count + 1)) + Array($0.utf8) + [0] })
    }

    private static func bigEndianBytes(of number: some FixedWidthInteger) -> [UInt8] {
        (0..<number.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
}
