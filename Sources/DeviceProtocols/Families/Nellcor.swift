// Nellcor oximeters, text output (N-560, N-595, NPB-290, NPB-295)
//
// Line      9600 baud, 8N1, no hardware flow control. The NPB-290 obeys XON/XOFF (which we never send) and is silent on battery.
//           Nothing has to be sent.
//
// Frame     one line every 2 s:
//           dd-MMM-yy HH:MM:SS  spo2  bpm  pa  [status ...]     separated by runs of blanks
//             MMM       English, in any case
//             spo2      percent           digits, or --- for none; a * behind marks a value outside its limits
//             bpm       per minute        as spo2
//             pa        pulse amplitude   as spo2; it has no unit and goes above 100, hence is no perfusion index and not given
//             status    any number of codes of two letters, each in its own column, so that there are wide gaps
//           A heading of three lines comes every 25 lines and when one of its values changes: model, version and limits; patient
//           mode and SatSeconds; names of the columns.
//
// Meaning   SD sensor disconnected, SO sensor off: the sensor is off, whatever the numbers say.
//           LP loss of pulse, LM loss of pulse with interference, PS pulse search: no value.
//           MO interference by motion: numbers are `suspect`.
//           AO alarms off, AS alarm silenced, LB low battery, PH PL SH SL outside a limit, and unknown codes change nothing: the
//           monitor's limits are its own.
//           The monitor's clock goes with each reading as the device's time; years 00 and from 90 on are clocks never set.
//
// Resync    The next line that begins with a date and a time; headings are passed over. There is no checksum: a line is refused when
//           a field is no number, has more than three digits (four for pa), or a status is no pair of letters; values outside
//           1-100 %, 20-300 /min are implausible. A flipped bit or a lost digit may still make a wrong value within these ranges.
//
// Timing    A line every 2 s; one program calls the link quiet after 2.2 s. Silence counts after 5 s.
//
// Doubts    The list of codes has one source; only AO and MO were seen on a device, dashes and marks never. The N-600 is
//           assumed to speak another dialect until a recording shows otherwise. The menu of the N-595 (two bytes 03) is not used.
// Sources   The open programs mdpnp (N-595) and NellcorN560Seriell; the operator's manual of the NPB-290/295. Proven on real lines of
//           an N-560, hence `proven`.

import VitalsModel

/// Nellcor oximeters that print lines.
public enum Nellcor {
    /// The family.
    public static let family = DeviceFamily(
        id: "nellcor", displayName: "Nellcor N-560, N-595, NPB-290, NPB-295 (text)", maturity: .proven, line: LineSettings(baud: 9600),
        signals: [.pulseRate, .spo2]
    ) { mode, _ in
        NellcorDecoder(mode: mode)
    }
}

/// Lines to readings.
private struct NellcorDecoder: LineDecoder {
    var statistics = DecoderStatistics()
    /// The longest heading is half as long.
    var lines = TextLines(longest: 200)
    private var spo2 = SignalTeller(.spo2, pace: .each)
    private var pulseRate = SignalTeller(.pulseRate, pace: .each)
    var link: LinkWatch
    var now = BootInstant(nanoseconds: .min / 2)

    init(mode: DecoderMode) { link = LinkWatch(mode, silence: .seconds(5), device: "the oximeter") }

    mutating func read(_ text: String, offset: Int, _ events: inout [DeviceEvent]) {
        let fields = text.split { $0 == " " || $0 == "\t" }
        guard let stamp = NellcorStamp(fields) else {
            if !Self.isHeading(fields) { statistics.reject(.badHeader) }
            return
        }
        guard let line = NellcorLine(fields.dropFirst(2)) else { return statistics.reject(.malformed) }
        statistics.frames += 1
        link.heard(at: now, &events)
        spo2.tell(
            line.word(line.spo2, 1...100), offset: offset, condition: line.condition, deviceTime: stamp.time, &events, &statistics)
        pulseRate.tell(
            line.word(line.rate, 20...300), offset: offset, condition: line.condition, deviceTime: stamp.time, &events, &statistics)
    }

    /// Words that only headings have.
    private static func isHeading(_ fields: [Substring]) -> Bool {
        fields.contains { field in
            ["VERSION", "ADULT", "NEO", "TIME", "MODE:"].contains(field) || field.hasSuffix("SAT-S")
        }
    }
}

/// The date and time that begin each line.
private struct NellcorStamp {
    /// nil for a clock that was never set.
    let time: DeviceTime?

    private static let months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]

    /// Reads `dd-MMM-yy` and `HH:MM:SS`; nil when the line begins otherwise.
    init?(_ fields: [Substring]) {
        guard fields.count >= 2 else { return nil }
        let date = fields[0].split(separator: "-", omittingEmptySubsequences: false)
        let clock = fields[1].split(separator: ":", omittingEmptySubsequences: false)
        guard date.count == 3, clock.count == 3, let month = Self.months.firstIndex(of: date[1].uppercased()) else { return nil }
        let numbers = ([date[0], date[2]] + clock).map(Self.pair)
        guard let day = numbers[0], let year = numbers[1], let hour = numbers[2], let minute = numbers[3], let second = numbers[4] else {
            return nil
        }
        time =
            (1..<90).contains(year)
            ? DeviceTime(year: 2000 + year, month: month + 1, day: day, hour: hour, minute: minute, second: second) : nil
    }

    private static func pair(_ text: Substring) -> Int? {
        text.utf8.count == 2 && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }
}

/// The values of one line.
private struct NellcorLine {
    /// nil for dashes.
    let spo2: Int?
    let rate: Int?
    /// What the codes say of both signals.
    let condition: SignalCondition
    private let isPulseLost: Bool
    private let isMoving: Bool

    /// Reads the fields behind the time; nil when one of them has not the shape of its column.
    init?(_ fields: ArraySlice<Substring>) {
        let values = fields.prefix(3).map(NellcorField.init)
        guard values.count == 3, let spo2 = values[0], let rate = values[1], let amplitude = values[2] else { return nil }
        guard spo2.digits <= 3, rate.digits <= 3, amplitude.digits <= 4 else { return nil }
        let codes = fields.dropFirst(3)
        guard codes.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (0x41...0x5A).contains($0) } }) else { return nil }
        (self.spo2, self.rate) = (spo2.number, rate.number)
        let isOff = codes.contains { $0 == "SD" || $0 == "SO" }
        isPulseLost = codes.contains { ["LP", "LM", "PS"].contains($0) }
        isMoving = codes.contains("MO")
        condition = isOff ? .sensorOff : isPulseLost || isMoving ? .poorSignal : .measuring
    }

    /// A value in the words of a teller.
    func word(_ value: Int?, _ range: ClosedRange<Int>) -> SignalWord {
        guard let value, condition != .sensorOff, !isPulseLost else { return .missing }
        return range.contains(value) ? .value(Double(value), isMoving ? .suspect : .valid) : .implausible
    }
}

/// A number, or dashes; with the mark of its limit or without.
private struct NellcorField {
    /// nil for dashes.
    let number: Int?
    /// Characters of the number without its mark.
    let digits: Int

    init?(_ field: Substring) {
        let text = field.hasSuffix("*") ? field.dropLast() : field
        digits = text.utf8.count
        if text == "---" {
            number = nil
        } else {
            guard (1...4).contains(digits), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            number = Int(text)
        }
    }
}
