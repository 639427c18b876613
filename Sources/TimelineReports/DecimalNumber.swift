/// Decimal numbers out of bytes, without a `String` for each: a back-test reads millions.
enum DecimalNumber {
    // A power of ten up to 22 is exact in a Double, and so is a whole number below 2^53: their quotient is the nearest
    // Double to the number that was written (Clinger 1990).
    private static let powers: [Double] = (0...22).map { power in (0..<power).reduce(1.0) { value, _ in value * 10 } }

    /// The finite number that the text stands for, or nil; exact to the last bit.
    static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        var index = 0
        let isNegative = text.first == UInt8(ascii: "-")
        if isNegative { index += 1 }
        var digits: UInt64 = 0
        var count = 0
        var decimals = 0
        var hasPoint = false
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else {
                let digit = UInt64(byte &- UInt8(ascii: "0"))
                guard digit <= 9, count < 15 else { return slow(text) }
                digits = digits * 10 + digit
                count += 1
                if hasPoint { decimals += 1 }
            }
            index += 1
        }
        guard count > 0 else { return nil }
        let magnitude = Double(digits) / powers[decimals]
        return isNegative ? -magnitude : magnitude
    }

    /// Exponents and long numbers, by the standard library; words such as `nan` and `0x1p3` are no decimal numbers.
    private static func slow(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        let allowed = text.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || "+-.eE".utf8.contains($0) }
        guard allowed, let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }
}
