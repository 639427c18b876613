/// Two decimal digits in the halves of a byte (BCD), in which devices write dates.
public enum PackedDecimal {
    /// 0 to 99, or nil where a half is no digit.
    public static func number(_ byte: UInt8) -> Int? {
        byte >> 4 <= 9 && byte & 0x0F <= 9 ? Int(byte >> 4) * 10 + Int(byte & 0x0F) : nil
    }

    /// The last two digits of a number.
    public static func byte(_ number: Int) -> UInt8 {
        let twoDigits = ((number % 100) + 100) % 100
        return UInt8(twoDigits / 10) << 4 | UInt8(twoDigits % 10)
    }
}
