/// How far a family's frames protect what they carry: whether damage can make a wrong value that looks right.
public enum FrameCheck: Sendable, Hashable {
    /// Every frame with a value has a check that finds each single flipped bit.
    case checked
    /// Nothing protects a value: of damaged frames only those are refused that break a rule of form or of plausibility.
    case unchecked(reason: String)

    /// The families and variants without a check, with the reason; all others have one.
    private static let unchecked: [(family: String, option: String?, reason: String)] = [
        ("berry-bci", nil, "bit 7 is the only mark of the maker's packet"),
        ("casmed-740", nil, "text lines; the answer X09 has columns and no sum"),
        ("contec-cms50", nil, "the maker's V7.0 document intends no error detection"),
        ("contec-cms50-classic", nil, "bit 7 is the only mark of the packet"),
        ("ivy-450c", nil, "text lines between two marks, no sum"),
        ("masimo-ascii1", nil, "text lines without a sum"),
        ("nellcor", nil, "text lines without a sum"),
        ("nonin", "format=8", "four bytes a packet, with bit 7 as the only mark"),
        ("nonin", "format=text", "text lines without a sum"),
    ]

    /// The check of a family in a variant.
    public static func of(_ family: String, options: [String: String]) -> FrameCheck {
        let row = unchecked.first { row in
            row.family == family && (row.option == nil || options.contains { row.option == "\($0.key)=\($0.value)" })
        }
        return row.map { .unchecked(reason: $0.reason) } ?? .checked
    }

    /// The families of the table.
    public static var uncheckedFamilies: [String] { Set(unchecked.map(\.family)).sorted() }

    /// Whether damage can never make a value.
    public var isChecked: Bool { self == .checked }
}
