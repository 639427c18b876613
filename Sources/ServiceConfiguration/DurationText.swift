import VitalsModel

/// Durations as people write them in a plan: `30 s`, `5 min`, `2 h`. A number without a unit is refused.
public enum DurationText {
    private static let units: [(word: String, nanoseconds: Double)] = [
        ("ms", 1e6), ("s", 1e9), ("min", 60e9), ("h", 3600e9), ("d", 86_400e9),
    ]

    /// What a text says.
    public enum Reading {
        /// A duration.
        case duration(Duration)
        /// None, and why.
        case refused(String)
    }

    /// The duration of a text, or why it is none.
    public static func read(_ text: String) -> Reading {
        let trimmed = text.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        let digits = trimmed.prefix { $0.isNumber || $0 == "." || $0 == "-" || $0 == "+" }
        let unit = trimmed.dropFirst(digits.count).drop { $0 == " " }
        guard let number = PlainScalar.decimal(String(digits)) else {
            return .refused("\"\(text)\" is not a duration; write a number and a unit, as in 30 s or 5 min")
        }
        guard !unit.isEmpty else {
            return .refused("the duration \(text) has no unit; write \(digits) s, \(digits) min or \(digits) h")
        }
        guard let match = units.first(where: { $0.word == unit }) else {
            return .refused("\"\(unit)\" is not a unit of time; use ms, s, min, h or d, as in \(digits) s")
        }
        // Above 10 years the value is a slip of the pen, and nanoseconds would leave 64 bits.
        guard number >= 0, number * match.nanoseconds <= 3650 * 86_400e9 else {
            return .refused("the duration \(text) is not between 0 s and 3650 d")
        }
        return .duration(.nanoseconds(Int64(number * match.nanoseconds)))
    }

    /// A duration as a person writes it, in the largest unit that needs no fraction.
    static func text(_ duration: Duration) -> String { duration.exactText }
}

/// Numbers without a needless `.0`.
enum NumberText {
    static func text(_ number: Double) -> String { number.exactText }
}
