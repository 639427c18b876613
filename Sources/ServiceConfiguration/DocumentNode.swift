/// One node of a file's structure with its place: what the readers work on, whatever syntax the file has.
struct DocumentNode {
    enum Content {
        /// A text as written; whether it stood in quotes tells `90` from `"90"`.
        case scalar(String, isQuoted: Bool)
        case list([DocumentNode])
        case map([DocumentEntry])
    }

    var place: TextPlace
    var content: Content

    /// What the node is, for a message about a wrong type.
    var words: String {
        switch content {
        case .list: "a list"
        case .map: "a mapping"
        case .scalar(let text, isQuoted: true): "the text \"\(text)\""
        case .scalar(let text, isQuoted: false):
            switch PlainScalar(text) {
            case .nothing: "nothing"
            case .number: "the number \(text)"
            case .truth: "the truth value \(text)"
            case .text: "the text \"\(text)\""
            }
        }
    }
}

/// One key of a mapping with its value.
struct DocumentEntry {
    var key: String
    var keyPlace: TextPlace
    var value: DocumentNode
}

/// What a text without quotes means in YAML. Stricter than YAML 1.1 where that surprises: `0403:6001` and `1_000` are texts.
enum PlainScalar {
    case nothing
    case truth
    case number(Double)
    case text

    init(_ text: String) {
        let words: Set = ["true", "false", "yes", "no", "on", "off"]
        if ["", "~", "null"].contains(text.lowercased()) {
            self = .nothing
        } else if words.contains(text.lowercased()) {
            self = .truth
        } else if let number = PlainScalar.decimal(text) {
            self = .number(number)
        } else {
            self = .text
        }
    }

    /// A decimal number as a person writes it: sign, digits, at most one point. No exponent, no hexadecimal, no infinity.
    static func decimal(_ text: String) -> Double? {
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard digits.utf8.count <= 15, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else {
            return nil
        }
        return Double(text)
    }
}
