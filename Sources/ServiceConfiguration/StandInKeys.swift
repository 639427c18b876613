/// Renames duplicate keys in a text without moving anything, so that a parser that stops at the first duplicate can go on.
///
/// Yams names the place of the first of two equal keys. That one gets a stand-in of as many Unicode scalars from the
/// private use area; the text is parsed again; and the second stays as the one that counts as duplicate.
struct StandInKeys {
    private static let privateUse: ClosedRange<UInt32> = 0xE000...0xF8FF
    private var originals: [String: String] = [:]

    /// The text with `key` at `place` renamed, or nil when the key is not written there letter by letter.
    mutating func renaming(_ key: String, at place: TextPlace, in text: String) -> String? {
        var scalars = Array(text.unicodeScalars)
        let written = original(of: key)
        guard written == key, let start = StandInKeys.index(of: place, in: scalars) else { return nil }
        let isQuoted = start < scalars.count && (scalars[start] == "\"" || scalars[start] == "'")
        let letters = Array(key.unicodeScalars)
        let range = (start + (isQuoted ? 1 : 0))..<(start + (isQuoted ? 1 : 0) + letters.count)
        guard !letters.isEmpty, range.upperBound <= scalars.count, Array(scalars[range]) == letters,
            let number = Unicode.Scalar(StandInKeys.privateUse.lowerBound + UInt32(originals.count) + 1),
            let filling = Unicode.Scalar(StandInKeys.privateUse.lowerBound)
        else { return nil }
        let standIn = [number] + Array(repeating: filling, count: letters.count - 1)
        scalars.replaceSubrange(range, with: standIn)
        originals[String(String.UnicodeScalarView(standIn))] = key
        return String(String.UnicodeScalarView(scalars))
    }

    /// The key that a stand-in stands for, or the key itself.
    func original(of key: String) -> String { originals[key] ?? key }

    /// The index of a place. Line ends are those of YAML 1.1: LF, CR, CR LF, NEL, LS and PS.
    private static func index(of place: TextPlace, in scalars: [Unicode.Scalar]) -> Int? {
        let lineEnds: Set<Unicode.Scalar> = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"]
        var line = 1
        var index = scalars.first == "\u{FEFF}" ? 1 : 0
        while line < place.line {
            guard index < scalars.count else { return nil }
            if lineEnds.contains(scalars[index]) {
                line += 1
                if scalars[index] == "\r", index + 1 < scalars.count, scalars[index + 1] == "\n" { index += 1 }
            }
            index += 1
        }
        let found = index + place.column - 1
        return found <= scalars.count ? found : nil
    }
}
