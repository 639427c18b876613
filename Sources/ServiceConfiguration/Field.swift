/// One value of a file with its place and path. Each reading method reports what is wrong and answers nil.
struct Field {
    let node: DocumentNode
    let path: FieldPath
    let log: FaultLog

    func error(_ message: String) { log.error(message, at: node.place, path: path.text) }

    func warning(_ message: String) { log.warning(message, at: node.place, path: path.text) }

    /// Whether a key stands there without a value.
    var isEmpty: Bool {
        switch node.content {
        case .scalar(let text, isQuoted: true): text.isEmpty
        case .scalar(let text, isQuoted: false):
            if case .nothing = PlainScalar(text) { true } else { false }
        case .list, .map: false
        }
    }

    /// A list's items.
    func list() -> [Field]? {
        guard case .list(let items) = node.content else {
            error("must be a list, not \(node.words)")
            return nil
        }
        return items.enumerated().map { Field(node: $0.element, path: path.item($0.offset), log: log) }
    }

    /// A list with at least one item.
    func filledList() -> [Field]? {
        guard let items = list() else { return nil }
        if items.isEmpty { error("the list is empty") }
        return items.isEmpty ? nil : items
    }

    /// A mapping. Keys that it lacks are looked for in `fallback`.
    func map(fallback: MapReader? = nil) -> MapReader? {
        guard case .map(let entries) = node.content else {
            error("must be a mapping of keys and values, not \(node.words)")
            return nil
        }
        return MapReader(entries: entries, place: node.place, path: path, log: log, fallback: fallback)
    }

    /// A text that is not empty.
    func text() -> String? {
        guard case .scalar(let text, let isQuoted) = node.content else {
            error("must be a text, not \(node.words)")
            return nil
        }
        if !isQuoted {
            switch PlainScalar(text) {
            case .text: break
            case .nothing:
                error("has no value")
                return nil
            case .number, .truth:
                error("must be a text, not \(node.words); put it in quotes if it is meant as one")
                return nil
            }
        }
        guard text.contains(where: { !$0.isWhitespace }) else {
            error("is empty")
            return nil
        }
        return text
    }

    /// A text on one line of at most `longest` characters.
    func line(upTo longest: Int) -> String? {
        guard let text = text() else { return nil }
        guard text.count <= longest, !text.contains(where: \.isNewline) else {
            error("must be one line of at most \(longest) characters; it has \(text.count)")
            return nil
        }
        return text
    }

    /// A number, in the range.
    func number(in range: ClosedRange<Double>) -> Double? {
        guard case .scalar(let text, let isQuoted) = node.content, case .number(let number) = PlainScalar(text) else {
            let hint = if case .scalar = node.content { "; write digits alone, without unit" } else { "" }
            error("must be a number, not \(node.words)\(hint)")
            return nil
        }
        guard !isQuoted else {
            error("must be a number, not \(node.words); write \(text) without quotes")
            return nil
        }
        guard range.contains(number) else {
            error("\(text) is not between \(NumberText.text(range.lowerBound)) and \(NumberText.text(range.upperBound))")
            return nil
        }
        return number
    }

    /// A number above zero, at most `highest`.
    func positiveNumber(upTo highest: Double) -> Double? {
        guard let number = number(in: 0...highest) else { return nil }
        if number == 0 { error("must be above 0") }
        return number == 0 ? nil : number
    }

    /// A whole number in the range.
    func integer(in range: ClosedRange<Int>) -> Int? {
        guard let number = number(in: Double(range.lowerBound)...Double(range.upperBound)) else { return nil }
        guard let integer = Int(exactly: number) else {
            error("must be a whole number, not \(NumberText.text(number))")
            return nil
        }
        return integer
    }

    /// A duration with its unit, in the range.
    func duration(in range: ClosedRange<Duration>) -> Duration? {
        guard case .scalar(let text, _) = node.content, !isEmpty else {
            error("must be a duration such as 30 s, not \(node.words)")
            return nil
        }
        switch DurationText.read(text) {
        case .refused(let why):
            error(why)
            return nil
        case .duration(let duration):
            guard range.contains(duration) else {
                error("\(text) is not between \(DurationText.text(range.lowerBound)) and \(DurationText.text(range.upperBound))")
                return nil
            }
            return duration
        }
    }

    /// A share written in percent, `20 %`, as 0 to 1.
    func share() -> Double? {
        guard case .scalar(let text, _) = node.content, text.hasSuffix("%"),
            let percent = PlainScalar.decimal(String(text.dropLast().filter { $0 != " " })), (0...100).contains(percent)
        else {
            error("must be a share from 0 % to 100 %, written as in 20 %, not \(node.words)")
            return nil
        }
        return percent / 100
    }

    /// One of several words.
    func choice<Choice: RawRepresentable<String>>(_ choices: [Choice]) -> Choice? {
        guard let word = word(among: choices.map(\.rawValue)) else { return nil }
        return Choice(rawValue: word)
    }

    /// One of several words.
    func word(among words: [String]) -> String? {
        guard let text = text() else { return nil }
        guard words.contains(text) else {
            error("\"\(text)\" is none of \(words.joined(separator: ", "))\(NearestWord.hint(for: text, among: words))")
            return nil
        }
        return text
    }

    /// An id: lower-case letters, digits and dashes, at most 40 characters.
    func identifier() -> String? {
        guard let text = text() else { return nil }
        let isAllowed = text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        guard isAllowed, text.utf8.count <= 40, !text.hasPrefix("-"), !text.hasSuffix("-") else {
            error("\"\(text)\" is not an id; use at most 40 lower-case letters, digits and dashes, as in room-2")
            return nil
        }
        return text
    }
}
