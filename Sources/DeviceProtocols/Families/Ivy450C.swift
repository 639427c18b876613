// Ivy Biomedical 450C bedside monitor, "ANSAR-B" stream
//
// Line      9600 baud, 8N1. The monitor talks, nothing is ever sent to it; its waveforms hold every byte: the port must be raw.
//
// Message   562 bytes with all lines filled as in the recording, one each second
//             FF H H H H H H H H W...W T...T FE
//             H  "ANSAR-B "
//             W  400 bytes of waveform of one second, any value, FE and FF too: 200 ECG, then 50 each of respiration, pleth and two
//                pressures; a spare channel holds FB
//             T  lines NAME=N;FIELD;FIELD;... each ended by 0D
//           Fields by line, N left out:
//             HR     rate; lead and filter; alarm             RR      rate; label; alarm
//             SPO2   value; PR=pulse; alarm                   NIBP    systolic; diastolic; mean; pulse; label; alarm
//             P1 P2  systolic; diastolic; mean; label; alarm  ETCO2 T1 T2  value; label; alarm
//
// Checksum  None. A message is believed when header and FE frame it, its length is 450 to 2000 bytes, HR is its first line, no line
//           comes twice, each has a known name and its exact number of fields, and the numbers used here are numbers.
//           A flipped bit within a digit cannot be seen in a stream of values. A cuff result is shown for minutes: it is believed
//           when two messages in a row show it, so that no damaged digit makes a measurement.
//
// Meaning   An empty field is "no value". The number N (1, 3 and 4 were seen) has no known meaning and is not used.
//           A text that says that lead, sensor or probe is off counts more than a number beside it. An alarm text at NIBP may be a
//           limit alarm, which takes nothing from the pressures; one that names a fault of the cuff makes them no result.
//           The monitor says neither when a measurement begins nor when it was made: a result is new when it differs from the one
//           before it, its pulse included. Equal ones cannot be told apart, and what a live connection finds at its beginning,
//           beside a fault too, is of unknown age and is not given. A recording gives its first result at once. Pulse of the cuff is not given: it
//           would look like the oximeter's. Pressures must be 10 to 300 mmHg with diastolic <= mean <= systolic,
//           heart and pulse rate 18 to 350 (0 is taken as none), respiration 0 to 150, SpO2 0 to 100.
//
// Resync    FF and "ANSAR-B " begin a message; behind them 400 bytes are stepped over before FE counts. In the text FF says that the
//           message was broken off, and any other byte that is no text refuses it; the search goes on inside what was held.
// Timing    One message a second; 3 s of silence count as lost.
// Doubts    The texts of alarms were not recorded: the words for "sensor off" and for cuff faults are those usual on monitors. An
//           unplugged option is sent as an empty line (recorded for ETCO2, T1, T2), so it cannot be told from a poor signal.
// Sources   Open decoders of the MD PnP project, and their recording of a real monitor, in which every message is read here.

import VitalsModel

/// Ivy 450C monitors that stream "ANSAR-B" messages.
public enum Ivy450C {
    /// The family.
    public static let family = DeviceFamily(
        id: "ivy-450c", displayName: "Ivy Biomedical 450C monitor (ANSAR-B stream)", maturity: .proven, line: LineSettings(baud: 9600),
        signals: [.heartRate, .pulseRate, .spo2, .nibpSystolic, .nibpDiastolic, .nibpMean, .respRate]
    ) { mode, _ in Ivy450CDecoder(mode: mode) }
}

private struct Ivy450CDecoder: DeviceDecoder {
    private(set) var statistics = DecoderStatistics()
    private var messages = Ivy450CMessages()
    private var link: LinkWatch
    private var cuff: Ivy450CCuff
    /// Since the last result; the monitor tells no begin, so that only a fault has an end to be told.
    private var hasToldFault = false
    private var heartRate = SignalTeller(.heartRate, pace: .each)
    private var respRate = SignalTeller(.respRate, pace: .each)
    private var spo2 = SignalTeller(.spo2, pace: .each)
    private var pulseRate = SignalTeller(.pulseRate, pace: .each)

    init(mode: DecoderMode) {
        link = LinkWatch(mode, silence: .seconds(3), device: "the monitor")
        cuff = Ivy450CCuff(isLive: mode == .live)
    }

    var nextDeadline: BootInstant? { link.deadline }

    mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> DeviceOutput {
        var output = DeviceOutput()
        link.open(at: now, &output.events)
        var position = 0
        while let step = messages.step(bytes, from: &position) {
            switch step {
            case .rejected(let kind, let count): statistics.reject(kind, count: count)
            case .message(let message, let offset):
                link.heard(at: now, &output.events)
                tell(message, offset, &output.events)
            }
        }
        noticeSilence(at: now, &output.events)
        return output
    }

    mutating func advance(to now: BootInstant) -> DeviceOutput {
        var output = DeviceOutput()
        link.open(at: now, &output.events)
        noticeSilence(at: now, &output.events)
        return output
    }

    private mutating func noticeSilence(at now: BootInstant, _ events: inout [DeviceEvent]) {
        if link.noticeSilence(at: now, &events) { cuff.forget() }
    }

    private mutating func tell(_ message: Ivy450CMessage, _ offset: Int, _ events: inout [DeviceEvent]) {
        statistics.frames += 1
        if let (word, condition) = message.word(.heartRate) {
            heartRate.tell(word, offset: offset, condition: condition, &events, &statistics)
        }
        if let (word, condition) = message.word(.respRate) {
            respRate.tell(word, offset: offset, condition: condition, &events, &statistics)
        }
        if let (word, condition) = message.word(.spo2) { spo2.tell(word, offset: offset, condition: condition, &events, &statistics) }
        if let (word, condition) = message.word(.pulseRate) {
            pulseRate.tell(word, offset: offset, condition: condition, &events, &statistics)
        }
        guard let shown = message.cuff else { return }
        if shown == .contradiction { statistics.reject(.implausible) }
        switch cuff.news(in: shown) {
        case .failure(let words, _):
            hasToldFault = true
            events.append(.cuff(.idle, failure: words))
        case .pressures(let pressures): give(pressures, offset, &events)
        case .blank, .contradiction, nil: break
        }
    }

    private mutating func give(_ pressures: Ivy450CPressures, _ offset: Int, _ events: inout [DeviceEvent]) {
        if hasToldFault { events.append(.cuff(.idle, failure: nil)) }
        hasToldFault = false
        CuffPressures(systolic: pressures.systolic, diastolic: pressures.diastolic, mean: pressures.mean)
            .tell(offset: offset, &events, &statistics)
    }
}

// MARK: The cuff

/// One result as the monitor shows it.
private struct Ivy450CPressures: Sendable, Hashable {
    var systolic: Int
    var diastolic: Int
    var mean: Int
    /// Tells results apart, and is not given.
    var pulse: Int?

    var isPlausible: Bool { diastolic >= 10 && diastolic <= mean && mean <= systolic && diastolic < systolic && systolic <= 300 }
}

/// What a message says of the cuff.
private enum Ivy450CCuffWord: Sendable, Hashable {
    case blank
    case pressures(Ivy450CPressures)
    case contradiction
    /// A fault in words, and what stands beside it: never a result.
    case failure(String, beside: Ivy450CPressures?)

    var fault: String? { if case .failure(let words, _) = self { words } else { nil } }

    /// What the screen shows, with a fault or without.
    var shown: Ivy450CPressures? {
        switch self {
        case .pressures(let pressures): pressures
        case .failure(_, let pressures): pressures
        case .blank, .contradiction: nil
        }
    }
}

/// Tells what is new of what the monitor repeats each second.
private struct Ivy450CCuff: Sendable {
    private let isLive: Bool
    private var previous: Ivy450CCuffWord?
    /// The word that was taken last; nil before the first.
    private var standing: Ivy450CCuffWord?
    /// The result that was given last, or found at the beginning.
    private var measured: Ivy450CPressures?

    init(isLive: Bool) { self.isLive = isLive }

    /// After a silence the age of what is shown is not known.
    mutating func forget() { (previous, standing) = (nil, nil) }

    /// The word when it is news: two messages in a row say it, and it is neither what stood before nor shown again after a blank.
    mutating func news(in word: Ivy450CCuffWord) -> Ivy450CCuffWord? {
        defer { previous = word }
        let isBeginning = standing == nil
        guard word == previous || isBeginning && !isLive, word != standing else { return nil }
        let isSameFault = word.fault != nil && word.fault == standing?.fault
        standing = word
        if isBeginning && isLive {
            // Of unknown age, also beside a fault: it must not pass for new when the fault goes.
            measured = word.shown ?? measured
            return nil
        }
        guard case .pressures(let pressures) = word else { return isSameFault ? nil : word }
        defer { measured = pressures }
        return pressures == measured ? nil : word
    }
}

// MARK: Text

/// The lines of one message.
private struct Ivy450CMessage: Sendable {
    private let fields: [String: [String]]
    private let numbers: [Signal: Int]
    let cuff: Ivy450CCuffWord?

    /// Names of lines, and fields of each, the leading number among them.
    private static let layout = ["HR": 4, "RR": 4, "ETCO2": 4, "SPO2": 4, "NIBP": 7, "P1": 6, "P2": 6, "T1": 4, "T2": 4]
    private static let line: [Signal: String] = [.heartRate: "HR", .respRate: "RR", .spo2: "SPO2", .pulseRate: "SPO2"]
    private static let plausible: [Signal: ClosedRange<Int>] = [
        .heartRate: 18...350, .respRate: 0...150, .spo2: 0...100, .pulseRate: 18...350,
    ]
    private static let sensorOff = ["LEAD", "LEADS", "SENSOR", "PROBE", "FINGER", "ELECTRODE"].flatMap { ["\($0) OFF", "NO \($0)"] }
    private static let cuffFaults = [
        "LEAK", "LOOSE", "CUFF OFF", "NO CUFF", "BLOCK", "KINK", "FAIL", "ERROR", "TIMEOUT", "TIME OUT", "OVERPRESSURE", "OVER PRESSURE",
        "ARTIFACT", "NO PULSE", "WEAK",
    ]

    /// Nil unless every line parses.
    init?(_ text: some Sequence<UInt8>) {
        var fields: [String: [String]] = [:]
        var isFirst = true
        for line in Array(text).split(separator: 0x0D) {
            let halves = line.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2 else { return nil }
            let name = String(decoding: halves[0], as: UTF8.self)
            let values = halves[1].split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map {
                String(decoding: $0.trimmed, as: UTF8.self)
            }
            guard values.count == Self.layout[name], fields[name] == nil, !isFirst || name == "HR" else { return nil }
            guard let kind = Self.number(values[0]), kind != nil else { return nil }
            fields[name] = values
            isFirst = false
        }
        guard !isFirst, let numbers = Self.numbers(in: fields), let cuff = Self.cuff(in: fields["NIBP"]) else { return nil }
        (self.fields, self.numbers, self.cuff) = (fields, numbers, cuff)
    }

    /// What it says of a streaming signal; nil when it has no such line.
    func word(_ signal: Signal) -> (SignalWord, SignalCondition)? {
        guard let texts = fields[Self.line[signal] ?? ""] else { return nil }
        let isOff = texts[2...].contains { text in Self.sensorOff.contains { text.contains($0) } }
        guard !isOff else { return (.missing, .sensorOff) }
        let isRate = signal == .heartRate || signal == .pulseRate
        guard let number = numbers[signal], number != 0 || !isRate else { return (.missing, .measuring) }
        let isPlausible = Self.plausible[signal]?.contains(number) ?? false
        return (isPlausible ? .value(Double(number), .valid) : .implausible, .measuring)
    }

    /// The numbers of the streams, without those that are empty; nil when one is no number.
    private static func numbers(in fields: [String: [String]]) -> [Signal: Int]? {
        var numbers: [Signal: Int] = [:]
        for (signal, name) in line {
            guard let texts = fields[name] else { continue }
            var text = texts[1]
            if signal == .pulseRate {
                guard texts[2].isEmpty || texts[2].hasPrefix("PR=") else { return nil }
                text = String(decoding: Array(texts[2].utf8.dropFirst(3))[...].trimmed, as: UTF8.self)
            }
            guard let number = number(text) else { return nil }
            numbers[signal] = number
        }
        return numbers
    }

    /// What the line NIBP says: `.some(nil)` without that line, nil when a field is no number.
    private static func cuff(in texts: [String]?) -> Ivy450CCuffWord?? {
        guard let texts else { return .some(nil) }
        var parts: [Int?] = []
        for text in texts[1...4] {
            guard let number = number(text) else { return nil }
            parts.append(number)
        }
        let words = texts[5...6].filter { !$0.isEmpty }.joined(separator: ", ")
        var pressures: Ivy450CPressures?
        if let systolic = parts[0], let diastolic = parts[1], let mean = parts[2] {
            pressures = Ivy450CPressures(systolic: systolic, diastolic: diastolic, mean: mean, pulse: parts[3])
        }
        if cuffFaults.contains(where: { words.contains($0) }) { return .failure(words, beside: pressures) }
        guard let pressures else { return parts[..<3].allSatisfy { $0 == nil } ? .blank : .contradiction }
        return pressures.isPlausible ? .pressures(pressures) : .contradiction
    }

    /// A whole number of up to three digits; `.some(nil)` for an empty field or dashes; nil for anything else.
    private static func number(_ text: String) -> Int?? {
        if text.utf8.allSatisfy({ $0 == UInt8(ascii: "-") }) { return .some(nil) }
        guard text.utf8.count <= 3, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return .some(Int(text))
    }
}

extension ArraySlice<UInt8> {
    /// Without spaces at both ends.
    fileprivate var trimmed: ArraySlice<UInt8> {
        let head = drop { $0 == 0x20 }
        guard let last = head.lastIndex(where: { $0 != 0x20 }) else { return [] }
        return head[...last]
    }
}

// MARK: Framing

/// Cuts the stream into messages; holds at most one.
private struct Ivy450CMessages: Sendable {
    enum Step: Sendable {
        case message(Ivy450CMessage, offset: Int)
        /// Counted in messages, or in bytes for `garbage`.
        case rejected(FrameRejection, count: Int)
    }

    private static let header: [UInt8] = [0xFF] + Array("ANSAR-B ".utf8)
    /// Index of the first byte of text: header and one second of waveforms stand before it.
    private static let textStart = 409
    private static let allowedLength = 450...2000

    /// The message in work from its FF on.
    private var held: [UInt8] = []
    /// Bytes of a refused message that are looked at again before the chunk goes on.
    private var again: ArraySlice<UInt8> = []
    /// Stream offset of the next byte that is looked at.
    private var next = 0

    /// Goes on in `bytes` from `position`; nil says that the chunk is used up. Call until then, with the same chunk.
    mutating func step(_ bytes: [UInt8], from position: inout Int) -> Step? {
        while true {
            takeWaveforms(bytes, &position)
            if let byte = again.popFirst() {
                if let step = take(byte) { return step }
            } else if position < bytes.count {
                position += 1
                if let step = take(bytes[position - 1]) { return step }
            } else {
                return nil
            }
        }
    }

    /// Waveform bytes need no look.
    private mutating func takeWaveforms(_ bytes: [UInt8], _ position: inout Int) {
        guard again.isEmpty, (Self.header.count..<Self.textStart).contains(held.count) else { return }
        let count = min(Self.textStart - held.count, bytes.count - position)
        held += bytes[position..<(position + count)]
        position += count
        next += count
    }

    private mutating func take(_ byte: UInt8) -> Step? {
        next += 1
        held.append(byte)
        let index = held.count - 1
        if index < Self.header.count { return byte == Self.header[index] ? nil : noHeader(byte) }
        if index < Self.textStart { return nil }
        switch byte {
        case 0xFE: return finish()
        case 0xFF: return refuse(.truncated)
        case 0x0D, 0x20...0x7E: return held.count < Self.allowedLength.upperBound ? nil : refuse(.badLength)
        default: return refuse(.malformed)
        }
    }

    /// Only the last byte can begin another header: FF stands nowhere else in it.
    private mutating func noHeader(_ byte: UInt8) -> Step? {
        let isStart = byte == Self.header[0]
        let dropped = held.count - (isStart ? 1 : 0)
        held.removeAll(keepingCapacity: true)
        if isStart { held.append(byte) }
        return .rejected(.garbage, count: dropped)
    }

    private mutating func finish() -> Step {
        guard Self.allowedLength.contains(held.count) else { return refuse(.badLength) }
        let text = held[Self.textStart..<(held.count - 1)]
        guard text.last == 0x0D, let message = Ivy450CMessage(text) else { return refuse(.malformed) }
        defer { held.removeAll(keepingCapacity: true) }
        return .message(message, offset: next - held.count)
    }

    /// After lost bytes the next message may have begun inside this one.
    private mutating func refuse(_ kind: FrameRejection) -> Step {
        let start = held.indices.dropFirst().first { index in zip(held[index...], Self.header).allSatisfy { $0 == $1 } } ?? held.count
        next -= held.count - start
        again = held[start...] + again
        held = []
        return .rejected(kind, count: 1)
    }
}
