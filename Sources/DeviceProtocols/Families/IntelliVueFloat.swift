/// The FLOAT of IEEE 11073: an exponent in 8 bits, a mantissa in 24 bits, value = mantissa x 10^exponent.
public enum IntelliVueFloat {
    /// What a FLOAT says.
    public enum Meaning: Sendable, Hashable {
        /// A number.
        case number(Double)
        /// Not a number, not at this resolution, or infinite.
        case noNumber
        /// An exponent that no measurement has (beyond 10^-22 or 10^22).
        case absurd
    }

    /// The pattern of "not a number".
    public static let notANumber: UInt32 = 0x007F_FFFF

    /// Reads the four bytes. The quotient of two exact numbers is correctly rounded, so that 950 x 10^-1 gives 95.
    public static func meaning(of bits: UInt32) -> Meaning {
        let exponent = Int(Int8(truncatingIfNeeded: bits >> 24))
        let mantissaBits = bits & 0xFF_FFFF
        switch mantissaBits {
        // NaN, +infinity, not at this resolution, -infinity, and 800001, which is reserved.
        case 0x7F_FFFF, 0x7F_FFFE, 0x80_0000, 0x80_0001, 0x80_0002: return .noNumber
        default: break
        }
        guard abs(exponent) < powersOfTen.count else { return .absurd }
        let mantissa = Double(Int32(bitPattern: mantissaBits << 8) >> 8)
        return .number(exponent < 0 ? mantissa / powersOfTen[-exponent] : mantissa * powersOfTen[exponent])
    }

    /// The FLOAT of a number kept to `decimals` places (0 to 22); not-a-number for nil or when the mantissa does not fit in 24 bits.
    public static func bits(of number: Double?, decimals: Int = 0) -> UInt32 {
        guard let number, number.isFinite, powersOfTen.indices.contains(decimals) else { return notANumber }
        let mantissa = (number * powersOfTen[decimals]).rounded()
        guard abs(mantissa) < Double(0x7F_FFFE) else { return notANumber }
        return UInt32(UInt8(bitPattern: Int8(-decimals))) << 24 | UInt32(bitPattern: Int32(mantissa)) & 0xFF_FFFF
    }

    /// 10^0 to 10^22: the powers that a Double holds exactly.
    private static let powersOfTen: [Double] = (0...22).map { exponent in (0..<exponent).reduce(1.0) { power, _ in power * 10 } }
}
