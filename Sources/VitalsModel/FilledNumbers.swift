extension BinaryInteger {
    /// Decimal digits of a number from 0 on, filled on the left.
    package func filled(_ width: Int, with filler: Character = "0") -> String { String(self).filled(width, with: filler) }

    /// Upper-case hexadecimal digits of a number from 0 on, filled on the left.
    package func hexadecimal(_ width: Int) -> String { String(self, radix: 16, uppercase: true).filled(width, with: "0") }
}

extension String {
    fileprivate func filled(_ width: Int, with filler: Character) -> String {
        String(repeating: filler, count: max(0, width - count)) + self
    }
}
