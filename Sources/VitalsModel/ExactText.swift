extension Double {
    /// The number as it was written, without rounding and without a needless `.0`: `110`, `0.35`. A limit is never rounded:
    /// who signs it must see the number that decides.
    public var exactText: String { Int64(exactly: self).map(String.init) ?? "\(self)" }
}

extension Duration {
    private static let writtenUnits: [(word: String, nanoseconds: Double)] = [
        ("ms", 1e6), ("s", 1e9), ("min", 60e9), ("h", 3600e9), ("d", 86_400e9),
    ]

    /// The duration as a plan writes it, in the largest unit that needs no fraction: `30 s`, `5 min`, `90 s`.
    public var exactText: String {
        let nanoseconds = Double(nanoseconds)
        let fitting = Self.writtenUnits.last { nanoseconds >= $0.nanoseconds && nanoseconds.remainder(dividingBy: $0.nanoseconds) == 0 }
        guard let fitting else { return "\(inSeconds.exactText) s" }
        return "\((nanoseconds / fitting.nanoseconds).exactText) \(fitting.word)"
    }
}
