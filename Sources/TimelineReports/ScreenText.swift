import VitalsModel

/// Numbers and texts as screens show them.
enum ScreenText {
    /// A value without needless digits: `97`, `0.35`, `36.6`; at most two decimals.
    static func number(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
        let hundredths = (value * 100).rounded()
        let whole = Int64(hundredths.magnitude) / 100
        let rest = Int64(hundredths.magnitude) % 100
        let sign = hundredths < 0 ? "-" : ""
        if rest == 0 { return "\(sign)\(whole)" }
        return rest % 10 == 0 ? "\(sign)\(whole).\(rest / 10)" : "\(sign)\(whole).\(padded(Int(rest)))"
    }

    /// Minutes and seconds, `00:42`, or from 100 minutes on hours and minutes, `2h05m`. At most 6 characters below 100 hours.
    static func duration(seconds: Double) -> String {
        let total = wholeSeconds(seconds)
        if total < 6000 { return "\(padded(total / 60)):\(padded(total % 60))" }
        return "\(total / 3600)h\(padded(total / 60 % 60))m"
    }

    /// The largest unit alone: `12s`, `4m`, `3h`.
    static func roughDuration(seconds: Double) -> String {
        let total = wholeSeconds(seconds)
        if total < 100 { return "\(total)s" }
        return total < 6000 ? "\(total / 60)m" : "\(total / 3600)h"
    }

    /// The time since the first dose: `T+00:31` in hours and minutes, `T-00:04` before it.
    static func sinceDose(seconds: Double) -> String {
        let minutes = wholeSeconds(abs(seconds)) / 60
        return "T\(seconds < 0 ? "-" : "+")\(padded(minutes / 60)):\(padded(minutes % 60))"
    }

    /// A text without characters that would steer a terminal or break the line. Notes and device texts are other people's.
    static func plain(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { isPlain($0) ? $0 : " " }))
    }

    /// A text in exactly so many columns: filled with blanks, or cut with `~` as its last character.
    static func column(_ text: String, _ width: Int) -> String {
        if text.count > width { return String(text.prefix(width - 1)) + "~" }
        return text + String(repeating: " ", count: width - text.count)
    }

    /// A number with at least two digits.
    static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func wholeSeconds(_ seconds: Double) -> Int {
        seconds.isFinite && seconds > 0 ? Int(min(seconds, 1e9)) : 0
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .format: false
        default: true
        }
    }
}
