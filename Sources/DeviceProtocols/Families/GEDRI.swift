// GE and Datex-Ohmeda monitors with the S/5 Computer Interface (DRI records): S/5, B20 to B155, CARESCAPE B450, B650, B850
//
// Line      19200 baud, 8E1, RTS/CTS; CARESCAPE software 3 and later and the B105M to B155M use 115200 8E1. The port must be raw.
//
// Frame     7E  R...  C  7E            all numbers are little-endian
//             R  record, 40 to 1490 bytes        C  sum of the bytes of R, modulo 256
//             Between the 7Es a 7E travels as 7D 5E and a 7D as 7D 5D, in C too. 7E is taken as a separator: two frames may share it.
//
// Record    LL NN VV PP PP TT TT TT TT .. .. .. .. MM MM, eight times SS SS KK, then the subrecords
//             L  length of R     N  number of the record     V  level of the record specification     P  id of the monitor
//             T  time of sending, Unix seconds by the monitor's clock     M  main type, 0 for physiological data
//             S  offset of a subrecord behind the 40 bytes, signed     K  its kind, FF ends the list
//           Main type 0: kind 0 request, 1 displayed values, 2 and 3 trends, 4 auxiliary (its first 4 bytes are the Unix time of the
//           last cuff measurement, 0 unknown). Kinds 1 and 4 are read; everything else is passed over.
//
// Displayed 278 bytes; bits 8 to 11 of the last two are the class, of which 0, basic, is read. Each group begins with status (4 bytes:
// values    bit 0 module there, bit 1 measuring) and label (2 bytes); values are signed, below -32000 there is none.
//             4    ECG: rate /min, .., .., .., impedance respiration /min       230  rate from the ECG alone (without status)
//             76   cuff: systolic, diastolic, mean in 1/100 mmHg, pulse          122  SpO2 in 1/100 %, pulse /min, modulation, ..
//             136  CO2: .., .., respiration /min
//
// Meaning   ECG status: bit 2 asystole, 3 to 6 where the rate comes from (1 and 9 ECG, 2 to 5, 7, 8, 10, 11 catheters, 6 and 12 pleth),
//           7 noise, 8 artefact, 9 learning, 11 to 13 channel 1 to 3 off. Heart rate is the rate if it is from the ECG, else that of
//           the ECG alone; without a named source, or under noise, artefact or learning, it is suspect. All channels off, or a group
//           that does not measure: sensor off, whatever number stands there. In asystole a rate of 0 and a missing one are heart rate
//           0; else 0 is none. A rate from the pleth is a pulse rate, used where the oximeter's group gives none. Respiration is that of CO2 where there is one, else of
//           the electrodes. Modulation is not called perfusion index by the maker and is not given.
//           Cuff label: bit 5 measuring, 6 venous stasis (both: inflated), 7 calibrating, 8 older than 60 s. What stands there while
//           it is inflated is not read. A measurement is new when its auxiliary time is; without one, when its numbers are others, or
//           the same after they went missing in an inflated cuff or bit 8 was seen, and bit 8 is clear. A recording also gives the
//           first numbers, and others, with bit 8; a live device does not, unless the auxiliary time is at most 60 s before that
//           of sending: after an outage they may be hours old. The cuff's own pulse
//           is not given: among readings of a stream it would look fresh. The host cannot start the cuff.
//           Refused as implausible: rates outside 10-350, respiration 0-200 /min, SpO2 1-100 %, pressures 5-300 mmHg in their order.
//
// Resync    At each 7E. A body is a frame when it has no wrong escape, its length and its sum fit; no single flipped bit passes.
//
// Timing    Asked once for displayed values each 5 s, the monitor sends until it is told to stop; nothing has to be kept alive. It is
//           asked again after 10 s without values, and counts as silent after 15 s. No record has numbers more often: 5 s is the
//           shortest interval, also between single requests (interval -1), and trends come each 10 s or 60 s. So one refused
//           record is a gap of 10 s in every stream.
//
// Doubts    Waveforms come faster, but have no rates; whether a monitor obeys an interval below 5 s is not written, and not tried.
//           The level in a request: the maker writes 0, one client says that a monitor answers its own level only (option level).
//           How a finger out of the probe shows is not written; here it is a group that does not measure, or no value. Whether the
//           auxiliary subrecord comes with displayed values is not clear; it is taken if it does. One open simulator has other
//           lengths and offsets; it contradicts the maker. Alarm records are not asked for: the maker contradicts himself on them.
// Sources   The maker's M1017617 (interface) and 8005313 (records), 12th and 15th editions; four open clients; no recording of a device.

import VitalsModel

/// GE and Datex-Ohmeda monitors with the S/5 Computer Interface.
public enum GEDRI {
    /// The family.
    public static let family = DeviceFamily(
        id: "ge-dri", displayName: "GE S/5, B20-B155, CARESCAPE B450-B850 (Computer Interface, DRI)", maturity: .specified,
        line: LineSettings(baud: 19200, parity: .even, flowControl: .rtsCts),
        signals: [.heartRate, .pulseRate, .spo2, .nibpSystolic, .nibpDiastolic, .nibpMean, .respRate],
        options: [
            DeviceOption(
                key: "level", values: ["0", "7", "8", "9"],
                summary: "The level of the record specification in requests: 0 (none named), or the monitor's own, if it answers only that."
            )
        ],
        otherLines: [LineSettings(baud: 115200, parity: .even, flowControl: .rtsCts)], initiative: .client
    ) { mode, options in
        GEDRIDecoder(mode: mode, level: options["level"].flatMap(UInt8.init) ?? 0)
    }
}

/// The client: asks for displayed values, turns records into readings.
struct GEDRIDecoder: DeviceDecoder {
    private(set) var statistics = DecoderStatistics()
    private var deframer = GEDRIDeframer()
    private var link: LinkWatch
    private var nextRequest: BootInstant?
    private var heartRate = SignalTeller(.heartRate, pace: .each)
    private var pulseRate = SignalTeller(.pulseRate, pace: .each)
    private var spo2 = SignalTeller(.spo2, pace: .each)
    private var respRate = SignalTeller(.respRate, pace: .each)
    private var cuff: GEDRICuff
    private let isLive: Bool
    private let level: UInt8
    private static let patience = Duration.seconds(10)

    init(mode: DecoderMode, level: UInt8) {
        self.level = level
        isLive = mode == .live
        link = LinkWatch(mode, silence: .seconds(15), device: "the monitor")
        cuff = GEDRICuff(isLive: mode == .live)
    }

    var nextDeadline: BootInstant? { [link.deadline, nextRequest].compactMap { $0 }.min() }

    mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> DeviceOutput {
        var output = DeviceOutput()
        link.open(at: now, &output.events)
        var position = 0
        while let step = deframer.step(bytes, from: &position) {
            switch step {
            case .record(let record, let offset):
                statistics.frames += 1
                if receive(GEDRIRecord(bytes: record), offset, &output.events) {
                    link.heard(at: now, &output.events)
                    if isLive { nextRequest = now + Self.patience }
                }
            case .rejected(let kind, let count): statistics.reject(kind, count: count)
            }
        }
        goOn(at: now, &output)
        return output
    }

    mutating func advance(to now: BootInstant) -> DeviceOutput { receive([], at: now) }

    private mutating func goOn(at now: BootInstant, _ output: inout DeviceOutput) {
        if link.noticeSilence(at: now, &output.events) { cuff.loseSight(&output.events) }
        guard isLive, nextRequest.map({ now >= $0 }) ?? true else { return }
        nextRequest = now + Self.patience
        output.bytesToSend.append(GEDRIFrame.request(displayedEvery: 5, level: level))
    }

    /// - Returns: whether the record held displayed values.
    private mutating func receive(_ record: GEDRIRecord, _ offset: Int, _ events: inout [DeviceEvent]) -> Bool {
        guard record.uint16(14) == 0 else { return false }
        guard let subrecords = record.subrecords else {
            statistics.reject(.malformed)
            return false
        }
        let measured = subrecords.first { $0.kind == 4 }.map { record.uint32($0.start) } ?? 0
        let basic = subrecords.filter { $0.kind == 1 && record.uint16($0.start + 276) >> 8 & 0xF == 0 }
        for subrecord in basic { receive(record, basicAt: subrecord.start, measured, offset, &events) }
        return !basic.isEmpty
    }

    private mutating func receive(
        _ record: GEDRIRecord, basicAt start: Int, _ measured: UInt32, _ offset: Int, _ events: inout [DeviceEvent]
    ) {
        let ecg = GEDRIGroup(record, start + 4, values: 5, offBits: 0x3800)
        let pleth = GEDRIGroup(record, start + 122, values: 2)
        let heart = ecg.heartRate(fromElectrodes: record.int16(start + 230))
        heartRate.tell(heart.word, offset: offset, condition: heart.condition, &events, &statistics)
        let saturation = pleth.word(pleth.values[0], in: 1...100, hundredths: true)
        spo2.tell(saturation, offset: offset, condition: pleth.condition, &events, &statistics)
        var pulse = (word: pleth.word(pleth.values[1], in: 10...350), condition: pleth.condition)
        // Without regard to the electrodes: they may be off while the pleth gives the rate.
        let heartGroup = GEDRIGroup(record, start + 4, values: 1)
        if pulse.word == .missing, ecg.source == 12 || (ecg.source == 6 && pulse.condition == .measuring) {
            pulse = (heartGroup.word(ecg.values[0], in: 10...350), heartGroup.condition)
        }
        pulseRate.tell(pulse.word, offset: offset, condition: pulse.condition, &events, &statistics)
        let gas = GEDRIGroup(record, start + 136, values: 3)
        var breaths = (word: gas.word(gas.values[2], in: 0...200), condition: SignalCondition.measuring)
        if breaths.word == .missing { breaths = (ecg.word(ecg.values[4], in: 0...200), ecg.condition) }
        respRate.tell(breaths.word, offset: offset, condition: breaths.condition, &events, &statistics)
        let isRecent = measured != 0 && (0...60).contains(Int64(record.uint32(6)) - Int64(measured))
        cuff.receive(GEDRIGroup(record, start + 76, values: 3), measured: measured, isRecent: isRecent, offset, &events, &statistics)
    }
}

/// A record whose length and sum are good.
private struct GEDRIRecord {
    let bytes: [UInt8]

    /// Kind and place of the subrecords that are read here; nil when one does not fit into the record.
    var subrecords: [(kind: UInt8, start: Int)]? {
        var found: [(kind: UInt8, start: Int)] = []
        for entry in stride(from: 16, to: 40, by: 3) {
            let kind = bytes[entry + 2]
            if kind == 0xFF { break }
            guard let length = [1: 278, 4: 114][kind] else { continue }
            let start = GEDRIFrame.headerLength + int16(entry)
            guard start >= GEDRIFrame.headerLength, start + length <= bytes.count else { return nil }
            found.append((kind, start))
        }
        return found
    }

    func uint16(_ index: Int) -> UInt16 { UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8 }
    func int16(_ index: Int) -> Int { Int(Int16(bitPattern: uint16(index))) }
    func uint32(_ index: Int) -> UInt32 { UInt32(uint16(index)) | UInt32(uint16(index + 2)) << 16 }
}

/// One group of values of the basic class.
private struct GEDRIGroup {
    let status: UInt32
    let label: UInt16
    let values: [Int]
    /// Status bits that together say that the sensor is off; 0 where the group has none.
    private let offBits: UInt32

    init(_ record: GEDRIRecord, _ start: Int, values count: Int, offBits: UInt32 = 0) {
        self.offBits = offBits
        status = record.uint32(start)
        label = record.uint16(start + 4)
        values = (0..<count).map { record.int16(start + 6 + 2 * $0) }
    }

    /// What the status says of the sensor.
    var condition: SignalCondition {
        if status & 0x1 == 0 { return .unavailable }
        let isOff = offBits != 0 && status & offBits == offBits
        return isOff || status & 0x2 == 0 ? .sensorOff : .measuring
    }

    /// Where the rate of the ECG group comes from.
    var source: UInt32 { status >> 3 & 0xF }

    /// What one number says; the status counts before it.
    func word(_ raw: Int, in range: ClosedRange<Double>, hundredths: Bool = false, _ quality: ReadingQuality = .valid) -> SignalWord {
        guard condition == .measuring, raw >= -32_000 else { return .missing }
        let value = hundredths ? Double(raw) / 100 : Double(raw)
        return range.contains(value) ? .value(value, quality) : .implausible
    }

    /// The heart rate of the ECG group, with the status before the number.
    func heartRate(fromElectrodes electrodes: Int) -> (word: SignalWord, condition: SignalCondition) {
        guard condition == .measuring else { return (.missing, condition) }
        let raw = [0, 1, 9].contains(source) ? values[0] : electrodes
        let isAsystole = status & 0x4 != 0
        // Noise, artefact, learning.
        let isPoor = status & 0x380 != 0
        // A monitor that counts no beats may show 0, or no number at all: both are a heart that stands still.
        if isAsystole, raw == 0 || raw < -32_000 { return (.value(0, isPoor ? .suspect : .valid), isPoor ? .poorSignal : .measuring) }
        let word = word(raw, in: 10...350, isPoor || source == 0 ? .suspect : .valid)
        return (word, isPoor ? .poorSignal : .measuring)
    }
}

/// What was given of the cuff, so that each measurement is given once although every record repeats it.
private struct GEDRICuff: Sendable {
    private let isLive: Bool
    private var isInflated = false
    /// The numbers seen last, in 1/100 mmHg, nil for a number that is missing; nil before the first.
    private var known: [Int?]?
    /// Whether since then the monitor has called them old, or taken them away for a measurement: then the same are new ones.
    private var mayReturn = false
    /// Unix time of the measurement seen last, 0 unknown.
    private var knownTime: UInt32 = 0

    init(isLive: Bool) { self.isLive = isLive }

    /// The link is silent: how a running measurement ends will not be seen.
    mutating func loseSight(_ events: inout [DeviceEvent]) {
        guard isInflated else { return }
        isInflated = false
        events.append(.cuff(.idle, failure: "the monitor fell silent during the measurement"))
    }

    mutating func receive(
        _ group: GEDRIGroup, measured: UInt32, isRecent: Bool, _ offset: Int, _ events: inout [DeviceEvent],
        _ statistics: inout DecoderStatistics
    ) {
        let isOld = group.label & 0x100 != 0
        defer { mayReturn = mayReturn || isOld }
        let words = (0..<3).map { group.label & 0x80 == 0 ? group.word(group.values[$0], in: 5...300, hundredths: true) : .missing }
        if group.label & 0x60 != 0 {
            if !isInflated { events.append(.cuff(.measuring, failure: nil)) }
            isInflated = true
            mayReturn = mayReturn || words.allSatisfy { $0 == .missing }
            return
        }
        let isNew = isNew(words, isOld: isOld && !isRecent, measured)
        let isGood = isNew && Self.isPlausible(words)
        if isInflated {
            isInflated = false
            events.append(.cuff(.idle, failure: isGood ? nil : "the monitor gave no new values"))
        }
        if isNew, !isGood { statistics.reject(.implausible) }
        guard isGood else { return }
        for (signal, word) in zip([Signal.nibpSystolic, .nibpDiastolic, .nibpMean], words) {
            guard case .value(let value, let quality) = word else { continue }
            statistics.readings += 1
            let time = DeviceTime(unixSeconds: measured)
            events.append(.reading(DecodedReading(offset: offset, signal: signal, value: value, quality: quality, deviceTime: time)))
        }
    }

    /// Whether the numbers are of a measurement that was not seen before and, live, happened just now; notes them as seen.
    private mutating func isNew(_ words: [SignalWord], isOld: Bool, _ measured: UInt32) -> Bool {
        guard words.contains(where: { $0 != .missing }) else { return false }
        let numbers = words.map(\.hundredths)
        let isFirst = known == nil
        let isOther = known != numbers
        let isAgain = mayReturn && !isOld
        let formerTime = knownTime
        known = numbers
        mayReturn = false
        if measured != 0 { knownTime = measured }
        if measured != 0, isFirst || formerTime != 0 { return measured != formerTime && (!isOld || !isLive) }
        return isFirst || isOther ? !isOld || !isLive : isAgain
    }

    /// Each number is in its range, and diastolic, mean and systolic rise.
    private static func isPlausible(_ words: [SignalWord]) -> Bool {
        let rising = [words[1], words[2], words[0]].compactMap(\.hundredths)
        return !words.contains(.implausible) && zip(rising, rising.dropFirst()).allSatisfy { $0 < $1 }
    }
}

extension SignalWord {
    fileprivate var hundredths: Int? { if case .value(let value, _) = self { Int((value * 100).rounded()) } else { nil } }
}

extension DeviceTime {
    /// Unix seconds of a device's clock; nil before 2001.
    fileprivate init?(unixSeconds: UInt32) {
        guard unixSeconds >= 978_307_200 else { return nil }
        self.init(stored: WallInstant(nanoseconds: Int64(unixSeconds) * 1_000_000_000).utcSecondsText)
    }
}
