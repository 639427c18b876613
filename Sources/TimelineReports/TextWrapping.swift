/// Texts broken into lines at blanks.
enum TextWrapping {
    /// What is not parted from the number before it: `10 s` on two lines is misread.
    private static let units: Set<Substring> = ["ms", "s", "min", "h", "d", "%", "/min", "mmHg"]

    /// A text with a blank that does not break (U+00A0) between each number and its unit.
    static func glued(_ text: String) -> String {
        var glued = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            let bare = word.prefix { !",.;)".contains($0) }
            let follows = units.contains(bare) && glued.last?.isNumber == true
            glued += (glued.isEmpty ? "" : follows ? "\u{A0}" : " ") + word
        }
        return glued
    }

    /// The lines of a text, none wider than `columns`; a word that is wider than a line is cut.
    /// - Parameters:
    ///   - indent: the blanks before every line.
    ///   - hanging: further blanks before every line but the first.
    static func lines(_ text: String, columns: Int, indent: Int = 0, hanging: Int = 0) -> [String] {
        var lines: [String] = []
        var line = String(repeating: " ", count: indent)
        var isEmpty = true
        func next() {
            lines.append(line.replacing("\u{A0}", with: " ").trimmingTrailingBlanks)
            line = String(repeating: " ", count: indent + hanging)
            isEmpty = true
        }
        for word in glued(text).split(separator: " ", omittingEmptySubsequences: false) {
            if !isEmpty, line.count + 1 + word.count > columns { next() }
            // Blanks inside the first line are part of its layout; those at a break are not.
            if word.isEmpty, isEmpty, !lines.isEmpty { continue }
            if !isEmpty { line += " " }
            var rest = word
            while line.count + rest.count > columns {
                let room = max(1, columns - line.count)
                line += rest.prefix(room)
                rest = rest.dropFirst(room)
                next()
            }
            line += rest
            isEmpty = false
        }
        next()
        return lines
    }
}
