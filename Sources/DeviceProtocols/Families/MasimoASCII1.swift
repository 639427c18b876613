// Masimo oximeters, serial text "ASCII 1" (Rad-8, Rad-87, Radical-5 and -7; Root with much less certainty)
//
// Line      9600 baud, 8N1, no flow control; the Rad-8 wants a null-modem cable. On the Root the speed is set by its user (a script
//           uses 921600). Nothing has to be sent. The Rad-8 is shipped with ASCII 2, which is silent: choose AS1 as the serial mode in
//           its setup menu, level 3.
//
// Frame     one line a second, CR LF (a terminal may turn that into two line ends; empty lines say nothing):
//           MM/DD/yy HH:MM:SS KEY=VALUE KEY=VALUE ...      separated by single blanks
//             SPO2   ddd, mostly with %         percent
//             BPM    ddd, sometimes with %      per minute
//             PI     dd.dd, mostly with %       perfusion index, percent
//             EXC    hexadecimal bits           what is wrong with the measurement
//             ALARM  hexadecimal bits           the monitor's own alarms; not used
//           Model and licence decide which other keys come, and in which order: keys are looked up, unknown ones passed over.
//           A value that is missing has a dash for each digit.
//
// Meaning   EXC 001 no sensor, 020 sensor off, 001000 no cable: the sensor is off, though SPO2 and BPM may still have numbers.
//           002 defective sensor, 008 pulse search, 080 unrecognised sensor: no value, whatever the numbers say.
//           010 interference, 040 ambient light, 100 incompatible sensor, 400 low signal quality, 004000, 008000, 010000 cable
//           incompatible, unrecognised, defective: numbers are `suspect`.
//           004 low perfusion, the ends of life of sensor and cable (040000, 002000), calibration and the rest change nothing;
//           800 is the normal state of the SET algorithm, no fault.
//           A line without PI after lines with it ends the perfusion index when the sensor is off.
//           The monitor's clock goes with each reading as the device's time; years 00 and from 90 on are clocks never set.
//
// Resync    The next line that begins with a date and a time. There is no checksum: a line is refused when SPO2, BPM or EXC is missing
//           or comes twice, when a value has not exactly its width, when digits and dashes are mixed, when a word has no `=`; values
//           outside 1-100 %, 20-300 /min, 0-20 % are implausible. A flipped bit may still make another digit, and so a wrong value
//           within these ranges.
//
// Timing    A line each second; silence counts after 5 s.
//
// Doubts    EXC is told by the Rad-8's manual up to 800, above by one header file. One README explains ALARM with the bits of EXC,
//           against two sources. Models disagree whether ASCII 1 is the default. Root's lines were never seen. The lines of a
//           trend download (`SpO2=097 PR=069 ...`, missing as 000) are not the live port and are refused.
// Sources   The operator's manuals of Rad-8 and Rad-87; the open programs masimo-datacapture, pulseox, mdpnp, openice-lite. Proven
//           on real lines of a Rad-8, hence `proven`.

import VitalsModel

/// Masimo oximeters that print ASCII 1.
public enum MasimoASCII1 {
    /// The family.
    public static let family = DeviceFamily(
        id: "masimo-ascii1", displayName: "Masimo Rad-8, Rad-87, Radical-5, Radical-7, Root (ASCII 1)", maturity: .proven,
        line: LineSettings(baud: 9600), signals: [.pulseRate, .spo2, .perfusionIndex],
        otherLines: [LineSettings(baud: 921_600)]
    ) { mode, _ in
        MasimoASCII1Decoder(mode: mode)
    }
}

/// What is wrong with the measurement: the bits of EXC.
public struct MasimoExceptions: OptionSet, Sendable, Hashable {
    /// The bits on the wire.
    public let rawValue: UInt32
    /// Creates exceptions from their bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// No sensor is plugged in.
    public static let noSensor = Self(rawValue: 0x001)
    /// The sensor is broken.
    public static let defectiveSensor = Self(rawValue: 0x002)
    /// The pulse is weak.
    public static let lowPerfusion = Self(rawValue: 0x004)
    /// It searches for a pulse.
    public static let pulseSearch = Self(rawValue: 0x008)
    /// Something disturbs the light or the signal.
    public static let interference = Self(rawValue: 0x010)
    /// The sensor is off the patient.
    public static let sensorOff = Self(rawValue: 0x020)
    /// Too much light.
    public static let ambientLight = Self(rawValue: 0x040)
    /// The sensor is of no known kind.
    public static let unrecognisedSensor = Self(rawValue: 0x080)
    /// The sensor does not fit the monitor.
    public static let incompatibleSensor = Self(rawValue: 0x100)
    /// The monitor trusts its values little.
    public static let lowSignalQuality = Self(rawValue: 0x400)
    /// The SET algorithm runs: the normal state.
    public static let running = Self(rawValue: 0x800)
    /// No cable is plugged in.
    public static let noCable = Self(rawValue: 0x1000)
    /// The cable is incompatible, unrecognised or defective.
    public static let badCable = Self(rawValue: 0x1_C000)

    /// The sensor is not on the patient.
    static let off: Self = [.noSensor, .sensorOff, .noCable]
    /// There is no value, even where there are digits.
    static let noValue: Self = [.off, .defectiveSensor, .pulseSearch, .unrecognisedSensor]
    /// The value is not vouched for.
    static let doubt: Self = [.interference, .ambientLight, .incompatibleSensor, .lowSignalQuality, .badCable]

    /// What they say of every signal.
    var condition: SignalCondition {
        if !isDisjoint(with: .off) { return .sensorOff }
        return isDisjoint(with: Self.noValue.union(.doubt)) ? .measuring : .poorSignal
    }
}

/// Lines to readings.
private struct MasimoASCII1Decoder: LineDecoder {
    var statistics = DecoderStatistics()
    /// Root's lines are said to have many more keys than the 150 bytes of a Rad-8.
    var lines = TextLines(longest: 2048)
    private var spo2 = SignalTeller(.spo2, pace: .each)
    private var pulseRate = SignalTeller(.pulseRate, pace: .each)
    private var perfusionIndex = SignalTeller(.perfusionIndex, pace: .each)
    var link: LinkWatch
    var now = BootInstant(nanoseconds: .min / 2)

    init(mode: DecoderMode) { link = LinkWatch(mode, silence: .seconds(5), device: "the oximeter") }

    mutating func read(_ text: String, offset: Int, _ events: inout [DeviceEvent]) {
        guard let stamp = MasimoStamp(text) else { return statistics.reject(.badHeader) }
        guard let line = MasimoLine(text) else { return statistics.reject(.malformed) }
        statistics.frames += 1
        link.heard(at: now, &events)
        let condition = line.exceptions.condition
        spo2.tell(line.word(line.spo2, 1...100), offset: offset, condition: condition, deviceTime: stamp.time, &events, &statistics)
        pulseRate.tell(line.word(line.rate, 20...300), offset: offset, condition: condition, deviceTime: stamp.time, &events, &statistics)
        guard line.hasPerfusionIndex || condition == .sensorOff && perfusionIndex.condition != nil else { return }
        perfusionIndex.tell(
            line.word(line.perfusionIndex, 0...20), offset: offset, condition: condition, deviceTime: stamp.time, &events, &statistics)
    }
}

/// The date and time that begin each line.
private struct MasimoStamp {
    /// nil for a clock that was never set.
    let time: DeviceTime?

    /// Reads `MM/DD/yy HH:MM:SS `; nil when the line begins otherwise.
    init?(_ line: String) {
        let text = Array(line.utf8.prefix(18))
        let shape = Array("00/00/00 00:00:00 ".utf8)
        guard text.count == shape.count else { return nil }
        guard zip(text, shape).allSatisfy({ $1 == 0x30 ? (0x30...0x39).contains($0) : $0 == $1 }) else { return nil }
        let parts = stride(from: 0, to: text.count, by: 3).map { Int(text[$0]) * 10 + Int(text[$0 + 1]) - 0x30 * 11 }
        let isSet = (1..<90).contains(parts[2])
        time =
            isSet
            ? DeviceTime(year: 2000 + parts[2], month: parts[0], day: parts[1], hour: parts[3], minute: parts[4], second: parts[5]) : nil
    }
}

/// The values of one line.
private struct MasimoLine {
    /// nil for dashes, as in the other two.
    let spo2: Double?
    let rate: Double?
    let perfusionIndex: Double?
    let hasPerfusionIndex: Bool
    let exceptions: MasimoExceptions

    /// Reads the words behind the time; nil when one of them is no `KEY=VALUE`, or one that is needed is missing, double or no value.
    init?(_ line: String) {
        var found: [String: String] = [:]
        for word in line.dropFirst(18).split(separator: " ") {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
            guard found.updateValue(String(parts[1]), forKey: String(parts[0])) == nil else { return nil }
        }
        guard let spo2 = MasimoField(found["SPO2"], "000"), let rate = MasimoField(found["BPM"], "000") else { return nil }
        guard let exceptions = found["EXC"], (2...8).contains(exceptions.utf8.count) else { return nil }
        guard exceptions.allSatisfy(\.isHexDigit), let bits = UInt32(exceptions, radix: 16) else { return nil }
        let index = MasimoField(found["PI"], "00.00")
        guard index != nil || found["PI"] == nil else { return nil }
        (self.spo2, self.rate, perfusionIndex) = (spo2.number, rate.number, index?.number)
        hasPerfusionIndex = index != nil
        self.exceptions = MasimoExceptions(rawValue: bits)
    }

    /// A value in the words of a teller.
    func word(_ value: Double?, _ range: ClosedRange<Double>) -> SignalWord {
        guard let value, exceptions.isDisjoint(with: .noValue) else { return .missing }
        guard range.contains(value) else { return .implausible }
        return .value(value, exceptions.isDisjoint(with: .doubt) ? .valid : .suspect)
    }
}

/// A number of a fixed width, with a percent sign or without.
private struct MasimoField {
    /// nil for dashes.
    let number: Double?

    /// Reads a field of the shape, in which 0 stands for any digit; nil when it has another one.
    init?(_ field: String?, _ shape: String) {
        guard var text = field else { return nil }
        if text.hasSuffix("%") { text.removeLast() }
        guard text.utf8.count == shape.utf8.count else { return nil }
        let pairs = zip(text.utf8, shape.utf8)
        if pairs.allSatisfy({ $1 == 0x30 ? $0 == UInt8(ascii: "-") : $0 == $1 }) {
            number = nil
        } else {
            guard pairs.allSatisfy({ $1 == 0x30 ? (0x30...0x39).contains($0) : $0 == $1 }), let value = Double(text) else { return nil }
            number = value
        }
    }
}
