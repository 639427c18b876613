extension WallInstant {
    /// UTC as ISO 8601 with microseconds: `2026-11-22T10:44:30.123456Z`. Our own, because it must be exact to the digit in
    /// targets without Foundation, where `Date` (a `Double`) is not.
    public var utcText: String { "\(utcSecondsText).\((nanosecondsOfSecond / 1000).filled(6))Z" }

    /// UTC to the second without zone mark: `2026-11-22T10:44:30`.
    public var utcSecondsText: String {
        let (date, ofDay) = utcParts
        let time = [ofDay / 3600, ofDay / 60 % 60, ofDay % 60].map { $0.filled(2) }.joined(separator: ":")
        return "\(date.year.filled(4))-\(date.month.filled(2))-\(date.day.filled(2))T\(time)"
    }

    /// The date in UTC, and the whole seconds since its midnight.
    public var utcParts: (date: (year: Int64, month: Int64, day: Int64), secondsOfDay: Int64) {
        let (days, ofDay) = Self.divided(seconds, by: 86_400)
        return (Self.date(daysSince1970: days), ofDay)
    }

    /// Reads what `utcText` writes, with 0 to 9 digits of fraction; nil for any other text.
    public init?(utcText text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z"), bytes[4] == UInt8(ascii: "-"), bytes[10] == UInt8(ascii: "T") else {
            return nil
        }
        func number(_ range: Range<Int>) -> Int64? { Int64(String(decoding: bytes[range], as: UTF8.self)) }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = number(17..<19), (1...12).contains(month), (1...31).contains(day),
            (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        var nanoseconds: Int64 = 0
        if bytes[19] == UInt8(ascii: ".") {
            let digits = bytes.count - 21
            guard (1...9).contains(digits), let fraction = number(20..<20 + digits) else { return nil }
            nanoseconds = (digits..<9).reduce(fraction) { value, _ in value * 10 }
        } else if bytes.count != 20 {
            return nil
        }
        let days = Self.daysSince1970(year: year, month: month, day: day)
        self.init(nanoseconds: (((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000_000 + nanoseconds)
    }

    private var seconds: Int64 { Self.divided(nanoseconds, by: 1_000_000_000).quotient }
    private var nanosecondsOfSecond: Int64 { Self.divided(nanoseconds, by: 1_000_000_000).remainder }

    /// Division that rounds down, so that times before 1970 keep a positive remainder.
    private static func divided(_ number: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let remainder = ((number % divisor) + divisor) % divisor
        return ((number - remainder) / divisor, remainder)
    }

    // The proleptic Gregorian calendar counted in eras of 400 years (146,097 days) that begin on 1 March, so that the leap
    // day is the last of its year.
    private static func date(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = divided(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let (era, yearOfEra) = divided(month <= 2 ? year - 1 : year, by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
