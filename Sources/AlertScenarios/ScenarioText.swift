import VitalsModel

/// The words of one line of a scenario, read from left to right.
struct ScenarioWords {
    let line: Int
    private(set) var rest: [String]

    /// Splits a line at blanks; text in double quotes is one word, which keeps its opening quote.
    init(_ text: String, line: Int) {
        self.line = line
        var words: [String] = []
        var word = ""
        var isQuoted = false
        for character in text {
            if character == "\"" {
                if !isQuoted { word.append(character) }
                isQuoted.toggle()
            } else if !isQuoted, character == " " || character == "\t" || character == "," {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        if !word.isEmpty { words.append(word) }
        rest = words
    }

    var isEmpty: Bool { rest.isEmpty }

    func fault(_ what: String) -> ScenarioFault { ScenarioFault(line: line, what: what) }

    /// The next word, if it is one of `expected`.
    mutating func take(_ expected: String...) -> String? {
        guard let first = rest.first, expected.contains(first) else { return nil }
        return rest.removeFirst()
    }

    /// The next word; `what` names what is missing otherwise.
    mutating func next(_ what: String) throws(ScenarioFault) -> String {
        guard !rest.isEmpty else { throw fault("\(what) is missing at the end of the line") }
        return rest.removeFirst()
    }

    mutating func number(_ what: String) throws(ScenarioFault) -> Double {
        let word = try next(what)
        guard let number = Double(word), number.isFinite else { throw fault("\(what) is a number, not `\(word)`") }
        return number
    }

    mutating func count(_ what: String) throws(ScenarioFault) -> Int {
        let word = try next(what)
        guard let count = Int(word), (1...1_000_000).contains(count) else { throw fault("\(what) is a count from 1 on, not `\(word)`") }
        return count
    }

    mutating func duration(_ what: String) throws(ScenarioFault) -> Duration {
        let word = try next(what)
        guard let duration = ScenarioTime.duration(word) else { throw fault("\(what) is a time like 20s, 5m or 1h, not `\(word)`") }
        return duration
    }

    mutating func priority() throws(ScenarioFault) -> AlertPriority {
        let word = try next("a priority")
        guard let priority = AlertPriority(rawValue: word) else { throw fault("`\(word)` is no priority: low, medium or high") }
        return priority
    }

    mutating func phase() throws(ScenarioFault) -> SessionPhase {
        let word = try next("a phase")
        guard let phase = SessionPhase(rawValue: word) else {
            throw fault("`\(word)` is no phase; phases are \(SessionPhase.allCases.map(\.rawValue).joined(separator: " "))")
        }
        return phase
    }

    /// One signal, by the label that screens show (`SpO2`) or its full name (`spo2`).
    mutating func signal() throws(ScenarioFault) -> Signal {
        let word = try next("a signal")
        guard let signal = Self.signal(word) else {
            throw fault("`\(word)` is no signal; signals are \(Signal.allCases.map(\.label).joined(separator: " "))")
        }
        return signal
    }

    static func signal(_ word: String) -> Signal? { Signal(rawValue: word) ?? Signal.allCases.first { $0.label == word } }

    /// Quoted text without its quote; `what` names what is missing otherwise.
    mutating func text(_ what: String) throws(ScenarioFault) -> String {
        guard let text = quoted() else { throw fault("\(what) stands in quotes: write `\"...\"`") }
        return text
    }

    /// Quoted text without its quote.
    mutating func quoted() -> String? {
        guard let first = rest.first, first.hasPrefix("\"") else { return nil }
        rest.removeFirst()
        return String(first.dropFirst())
    }
}

/// Times of a scenario, as people write them.
enum ScenarioTime {
    /// `20s`, `1.5m`, `1h`, also several together: `1m30s`.
    static func duration(_ text: String) -> Duration? {
        var total: Int64 = 0
        var digits = ""
        for character in text {
            if character.isNumber || character == "." {
                digits.append(character)
                continue
            }
            let factors: [Character: Double] = ["s": 1e9, "m": 60e9, "h": 3600e9]
            guard let number = Double(digits), number < 100_000, let factor = factors[character] else { return nil }
            total += Int64((number * factor).rounded())
            digits = ""
        }
        return digits.isEmpty && !text.isEmpty ? .nanoseconds(total) : nil
    }

    /// A time since the start: `1:30`, `1:02:03`, `0:06.5`.
    static func sinceStart(_ text: String) -> Duration? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, let seconds = Double(parts[parts.count - 1]), (0..<60).contains(seconds) else {
            return nil
        }
        var minutes: Int64 = 0
        for part in parts.dropLast() {
            guard let number = Int64(part), (0..<100_000).contains(number) else { return nil }
            minutes = minutes * 60 + number
        }
        return .nanoseconds(minutes * 60_000_000_000 + Int64((seconds * 1e9).rounded()))
    }

    /// The way back: `1:30`, with a fraction only where there is one.
    static func text(_ duration: Duration) -> String {
        let whole = duration.nanoseconds / 1_000_000_000
        let thousandths = duration.nanoseconds / 1_000_000 % 1000
        let (minutes, seconds) = (whole / 60, whole % 60)
        var text = "\(minutes):\(seconds < 10 ? "0" : "")\(seconds)"
        if thousandths != 0 { text += ".\(String(String(thousandths + 1000).dropFirst()))" }
        return text
    }
}
