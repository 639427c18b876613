/// Breaks the paragraphs of a page into lines of a length that people and differences can read; tables stay whole.
enum EvidenceText {
    /// The longest line, in characters.
    static let width = 140

    /// The text with its long lines broken between words; what follows a bullet is indented.
    static func wrapped(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
            line.hasPrefix("|") ? [String(line)] : wrapped(line)
        }.joined(separator: "\n")
    }

    private static func wrapped(_ line: Substring) -> [String] {
        let indent = line.hasPrefix("- ") ? "  " : ""
        var lines: [String] = []
        var current = ""
        for word in line.split(separator: " ") {
            if !current.isEmpty, current.count + 1 + word.count > width {
                lines.append(current)
                current = indent + word
            } else {
                current += current.isEmpty ? String(word) : " " + word
            }
        }
        return lines + [current]
    }
}
