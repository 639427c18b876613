// Berry PM6750 board and kin: ECG, respiration, oximeter, cuff and temperature on one board
//
// Line      115200 baud, 8N1. Packets hold every byte: the port must be raw.
//
// Packet    in both directions
//             55 AA LL TT D...D CC
//             L  2 + number of bytes T and D, 4 to 20; the packet has L + 2 bytes
//             T  what it is
//             C  all bits of the sum of L, T and D inverted, modulo 256
//
// Board     T 02 ECG       S heart rate, respiration, ST, arrhythmia     S bit 0 weak signal, bit 1 lead off
//           T 03 cuff      S P/2 SYS MEAN DIA                            S bits 2-5 how it stands, bits 0-1 patient
//                          P pressure in the cuff; how it stands: 0 finished, 1 measuring, 2 stopped, 3 over-pressure, 4 cuff
//                          loose, 5 time-out, 6 error, 7 disturbed, 8 out of range, 9 initialising, 10 initialised
//           T 04 oximeter  S SpO2 (7F none), pulse (FF none)             S 0 good, 1 sensor off, 2 no finger, 3 searching,
//                                                                          4 searched in vain
//           T 05 temperature, and waveforms T 01 (7 bytes), T FE, FF (1 byte): stepped over
// Host      T 01 00/01 ECG numbers off/on     T 03 oximeter     T 04 temperature     T FB FE FF ECG, pleth, respiration waveform
//           T 02 00/01 cuff stop/start        T 09 01/02/03 adult/child/neonate
//
// Meaning   Status before numbers: a lead, sensor or finger that is off takes the numbers away while they stay on the wire.
//           A weak ECG signal gives `suspect`. Heart rate, respiration and pulse of 0 or FF are taken as "none", and so are
//           an SpO2 of 0 and above 100.
//           The board repeats the last pressures. A result is given when "measuring" turns to "finished", or when the pressures
//           differ from those before; a recording gives the first one that it finds, a live connection does not: its age is not
//           known. Pressures count with "finished" only, and only with 10 <= DIA < MEAN < SYS. Rates below 18 and respiration above
//           150 /min are refused as implausible.
// Cuff      Obeys start (after "adult", so that a limit is set) and stop. The board hears neither while it initialises. A start is
//           sent again each 2 s until the cuff measures or newly shows a failure, at rest (0, 9, 10) only, and given up after 10 s.
//           A stop is owed until the cuff was seen at rest for 5 s, initialising excepted: it is sent again each 2 s while the cuff
//           measures or initialises or nothing is heard, without limit; that it does not help is told after the third.
// Resync    The window slides by one byte until 55 AA, a length of 4 to 20 and the sum fit; then the length must be that of T.
//           The sum of 8 bits finds every single flipped bit, but not every two.
// Timing    Numbers come about once a second. Nothing has to be kept alive; a board that sends none of the ECG, or none of the
//           oximeter, for 2 s is asked again to switch those on, as after a loss of power; 3 s without any packet are silence.
// Doubts    The order of the pressures: the code with the maker's comments says SYS, MEAN, DIA; another takes the byte after SYS as
//           diastolic: option pressures. Mean below diastolic betrays the wrong choice: it is refused as implausible.
//           That a board may start with its numbers switched on is likely and does no harm.
// Sources   Three open codes that agree in every command byte (telsy-cab, an MQTT reader, a web client); no recording was found.

import VitalsModel

/// Berry PM6750 multi-parameter boards.
public enum BerryMulti {
    /// The family.
    public static let family = DeviceFamily(
        id: "berry-multi", displayName: "Berry PM6750 multi-parameter board", maturity: .reported, line: LineSettings(baud: 115_200),
        signals: [.heartRate, .pulseRate, .spo2, .nibpSystolic, .nibpDiastolic, .nibpMean, .respRate],
        options: [
            DeviceOption(
                key: "pressures", values: ["systolic-mean-diastolic", "systolic-diastolic-mean"],
                summary: "The order of the three pressures in a cuff packet; sources disagree.")
        ], initiative: .client, cuffControl: .startAndAbort
    ) { mode, options in
        BerryMultiDecoder(mode: mode, isMeanLast: options["pressures"] == "systolic-diastolic-mean")
    }

    /// A packet of either direction.
    public static func packet(_ type: UInt8, _ data: [UInt8]) -> [UInt8] {
        let body = [UInt8(truncatingIfNeeded: data.count + 3), type] + data
        return [0x55, 0xAA] + body + [~body.reduce(0, &+)]
    }
}

private struct BerryMultiDecoder: DeviceDecoder {
    private(set) var statistics = DecoderStatistics()
    private let mode: DecoderMode
    private let isMeanLast: Bool
    private var packets = BerryMultiPackets()
    private var link: LinkWatch
    private var cuff: BerryMultiCuff
    private var heartRate = SignalTeller(.heartRate, pace: .each)
    private var respRate = SignalTeller(.respRate, pace: .each)
    private var spo2 = SignalTeller(.spo2, pace: .each)
    private var pulseRate = SignalTeller(.pulseRate, pace: .each)
    /// When the board is asked to switch its numbers on, one time a stream; nil before the first, and offline.
    private var switchHeartOn: BootInstant?
    private var switchOximeterOn: BootInstant?
    private var cuffOrder: BerryMultiOrder?

    private static let patience = Duration.seconds(2)
    /// Numbers on, and the waveforms that belong to them off.
    private static let heartSwitches = [BerryMulti.packet(0x01, [1]), BerryMulti.packet(0xFB, [0]), BerryMulti.packet(0xFF, [0])]
    private static let oximeterSwitches = [BerryMulti.packet(0x03, [1]), BerryMulti.packet(0xFE, [0])]

    init(mode: DecoderMode, isMeanLast: Bool) {
        self.mode = mode
        self.isMeanLast = isMeanLast
        link = LinkWatch(mode, silence: .seconds(3), device: "the board")
        cuff = BerryMultiCuff(isLive: mode == .live)
    }

    var nextDeadline: BootInstant? { [link.deadline, switchHeartOn, switchOximeterOn, cuffOrder?.deadline].compactMap { $0 }.min() }

    mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> DeviceOutput {
        var output = DeviceOutput()
        link.open(at: now, &output.events)
        var position = 0
        while let step = packets.step(bytes, from: &position) {
            switch step {
            case .rejected(let kind, let count): statistics.reject(kind, count: count)
            case .packet(let type, let data, let offset):
                statistics.frames += 1
                link.heard(at: now, &output.events)
                tell(type, data, offset, at: now, &output.events)
            }
        }
        act(at: now, &output)
        return output
    }

    mutating func advance(to now: BootInstant) -> DeviceOutput {
        var output = DeviceOutput()
        link.open(at: now, &output.events)
        act(at: now, &output)
        return output
    }

    mutating func command(_ command: CuffCommand, at now: BootInstant) -> DeviceOutput {
        guard mode == .live, command == .abort || !cuff.isMeasuring else { return DeviceOutput() }
        cuffOrder = BerryMultiOrder(command, cuff.state, at: now)
        return advance(to: now)
    }

    /// Sends what is due.
    private mutating func act(at now: BootInstant, _ output: inout DeviceOutput) {
        if link.noticeSilence(at: now, &output.events) {
            cuff.lose(&output.events)
            cuffOrder?.loseSight()
        }
        guard mode == .live else { return }
        if switchHeartOn.map({ now >= $0 }) ?? true {
            switchHeartOn = now + Self.patience
            output.bytesToSend += Self.heartSwitches
        }
        if switchOximeterOn.map({ now >= $0 }) ?? true {
            switchOximeterOn = now + Self.patience
            output.bytesToSend += Self.oximeterSwitches
        }
        let (packets, failure) = cuffOrder?.act(at: now) ?? ([], nil)
        output.bytesToSend += packets
        if let failure { output.events.append(.cuff(cuff.isMeasuring ? .measuring : .idle, failure: failure)) }
        if cuffOrder?.isDone == true { cuffOrder = nil }
    }

    // MARK: Packets

    private mutating func tell(_ type: UInt8, _ data: [UInt8], _ offset: Int, at now: BootInstant, _ events: inout [DeviceEvent]) {
        switch type {
        case 0x02:
            if mode == .live { switchHeartOn = now + Self.patience }
            tellHeart(data, offset, &events)
        case 0x03:
            tellCuff(data, offset, &events)
            if let state = cuff.state { cuffOrder?.see(state, at: now) }
        case 0x04:
            if mode == .live { switchOximeterOn = now + Self.patience }
            tellOximeter(data, offset, &events)
        default: break
        }
    }

    private mutating func tellHeart(_ data: [UInt8], _ offset: Int, _ events: inout [DeviceEvent]) {
        let isOff = data[0] & 0x02 != 0
        let isWeak = data[0] & 0x01 != 0
        let condition: SignalCondition = isOff ? .sensorOff : isWeak ? .poorSignal : .measuring
        func word(_ value: UInt8, _ plausible: ClosedRange<UInt8>) -> SignalWord {
            if isOff || value == 0 || value == 0xFF { return .missing }
            return plausible.contains(value) ? .value(Double(value), isWeak ? .suspect : .valid) : .implausible
        }
        heartRate.tell(word(data[1], 18...254), offset: offset, condition: condition, &events, &statistics)
        respRate.tell(word(data[2], 1...150), offset: offset, condition: condition, &events, &statistics)
    }

    private mutating func tellOximeter(_ data: [UInt8], _ offset: Int, _ events: inout [DeviceEvent]) {
        let condition: SignalCondition =
            switch data[0] {
            case 0: .measuring
            case 1, 2: .sensorOff
            default: .poorSignal
            }
        let isMeasured = condition == .measuring
        let saturation: SignalWord = isMeasured && (1...100).contains(data[1]) ? .value(Double(data[1]), .valid) : .missing
        let isPulseNone = !isMeasured || data[2] == 0 || data[2] == 0xFF
        let pulse: SignalWord = isPulseNone ? .missing : data[2] < 18 ? .implausible : .value(Double(data[2]), .valid)
        spo2.tell(saturation, offset: offset, condition: condition, &events, &statistics)
        pulseRate.tell(pulse, offset: offset, condition: condition, &events, &statistics)
    }

    private mutating func tellCuff(_ data: [UInt8], _ offset: Int, _ events: inout [DeviceEvent]) {
        let pressures = BerryMultiPressures(
            systolic: data[2], mean: isMeanLast ? data[4] : data[3], diastolic: isMeanLast ? data[3] : data[4])
        guard let news = cuff.take(state: data[0] >> 2 & 0x0F, pressures, &events) else { return }
        guard !news.isNone else { return events.append(.cuff(.idle, failure: "finished without pressures")) }
        guard news.isPlausible else {
            statistics.reject(.implausible)
            return events.append(.cuff(.idle, failure: "the pressures contradict each other"))
        }
        events.append(.cuff(.idle, failure: nil))
        CuffPressures(systolic: news.systolic, diastolic: news.diastolic, mean: news.mean).tell(offset: offset, &events, &statistics)
    }
}

// MARK: Framing

/// Cuts the stream into packets; holds at most one.
private struct BerryMultiPackets: Sendable {
    enum Step: Sendable {
        case packet(UInt8, [UInt8], offset: Int)
        /// Counted in packets, or in bytes for `garbage`.
        case rejected(FrameRejection, count: Int)
    }

    private static let lengths: ClosedRange<UInt8> = 4...20
    /// Bytes of data by type; others are stepped over whatever their length.
    private static let dataLengths: [UInt8: Int] = [0x01: 7, 0x02: 5, 0x03: 5, 0x04: 3, 0x05: 3, 0xFE: 1, 0xFF: 1]

    private var held: [UInt8] = []
    /// Stream offset of the first byte held.
    private var start = 0
    /// Bytes at the front that belong to a packet already counted as refused.
    private var countedBytes = 0

    /// Goes on in `bytes` from `position`; nil says that the chunk is used up. Call until then, with the same chunk.
    mutating func step(_ bytes: [UInt8], from position: inout Int) -> Step? {
        while true {
            if let step = look() { return step }
            guard position < bytes.count else { return nil }
            held.append(bytes[position])
            position += 1
        }
    }

    /// What the held bytes are; nil when more are needed.
    private mutating func look() -> Step? {
        while let first = held.first {
            if first != 0x55 || held.count > 1 && held[1] != 0xAA {
                if let step = slide() { return step }
                continue
            }
            guard held.count > 2 else { return nil }
            guard Self.lengths.contains(held[2]) else {
                if let step = refuse(.badLength, 3) { return step }
                continue
            }
            let length = Int(held[2]) + 2
            guard held.count >= length else { return nil }
            let sum = held[2..<(length - 1)].reduce(0, &+)
            if ~sum == held[length - 1] { return finish(type: held[3], Array(held[4..<(length - 1)]), length) }
            if let step = refuse(.badChecksum, length) { return step }
        }
        return nil
    }

    private mutating func finish(type: UInt8, _ data: [UInt8], _ length: Int) -> Step {
        let offset = start
        drop(length)
        if let expected = Self.dataLengths[type], data.count != expected { return .rejected(.malformed, count: 1) }
        return .packet(type, data, offset: offset)
    }

    /// Steps over one byte; it is garbage unless its packet was counted.
    private mutating func slide() -> Step? {
        let isCounted = countedBytes > 0
        drop(1)
        return isCounted ? nil : .rejected(.garbage, count: 1)
    }

    /// What looks like a packet inside a refused one is not counted again.
    private mutating func refuse(_ kind: FrameRejection, _ length: Int) -> Step? {
        let isCounted = countedBytes > 0
        countedBytes = max(countedBytes, length)
        drop(1)
        return isCounted ? nil : .rejected(kind, count: 1)
    }

    private mutating func drop(_ count: Int) {
        held.removeFirst(count)
        start += count
        countedBytes = max(0, countedBytes - count)
    }
}
