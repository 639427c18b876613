/// One JSON object on one line, its keys in the order in which they were added: the line formats name their order, and a
/// `JSONEncoder` has only the alphabetical one.
struct OrderedJSON {
    private(set) var text = "{"

    /// The finished object.
    var closed: String { text + "}" }

    /// Adds a text.
    mutating func add(_ key: String, _ value: String) { add(key, raw: Self.quoted(value)) }

    /// Adds a number, or null for none; a whole number has no fraction.
    mutating func add(_ key: String, _ value: Double?) { add(key, raw: value.map(Self.number) ?? "null") }

    /// Adds a count.
    mutating func add(_ key: String, _ value: Int) { add(key, raw: "\(value)") }

    /// Adds an object.
    mutating func add(_ key: String, _ value: OrderedJSON) { add(key, raw: value.closed) }

    private mutating func add(_ key: String, raw: String) {
        if text.utf8.count > 1 { text += "," }
        text += "\(Self.quoted(key)):\(raw)"
    }

    /// A number as JSON has it: `60`, `0.25`; null for what JSON has no word for.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "null" }
        return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..<" ":
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
