import VitalsModel

/// The rating scales whose range is known (clinical.md section 4). A clinic may use others; their limits cannot be checked.
enum KnownScale {
    private static let ranges: [ScaleID: ClosedRange<Double>] = [
        "moaas": 0...5, "rass": -5...4, "cadss": 0...92, "cadss-6": 0...24, "nausea": 0...10, "pain": 0...10, "anxiety": 0...10,
        "phq-9": 0...27, "gad-7": 0...21, "madrs": 0...60, "qids-sr16": 0...27, "ham-d17": 0...52, "aldrete": 0...10, "padss": 0...10,
    ]

    /// The range of a scale; nil where it is not known.
    static func range(of scale: ScaleID) -> ClosedRange<Double>? { ranges[scale] }

    /// Reads a scale's name. One that is not known may be the clinic's own, or a slip of the pen: a warning.
    static func read(_ name: String, in field: Field) -> ScaleID? {
        let isAllowed = name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        guard isAllowed, !name.isEmpty, name.utf8.count <= 40 else {
            field.error("\"\(name)\" is not the name of a scale; use lower-case letters, digits and dashes, as in moaas")
            return nil
        }
        let scale = ScaleID(name)
        if ranges[scale] == nil {
            let names = ranges.keys.map(\.rawValue).sorted()
            let hint = NearestWord.hint(for: name, among: names)
            field.warning(
                "\(name) is none of the scales whose range is known\(hint.isEmpty ? ": \(names.joined(separator: ", "))" : hint)")
        }
        return scale
    }
}
