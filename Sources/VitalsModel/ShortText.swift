extension Double {
    /// The number as people read it: no trailing `.0`, otherwise rounded to one decimal. `97`, `36.6`, `-0.4`.
    public var shortText: String {
        guard isFinite, abs(self) < 1e15 else { return "\(self)" }
        let tenths = Int64((self * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }
}
