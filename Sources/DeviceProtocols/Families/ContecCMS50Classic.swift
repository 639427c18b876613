// Contec CMS50D, CMS50D+ before firmware 4.6, older CMS50E/F: the stream of 5 bytes (protocol V5.0)
//
// Line      19200 baud, 8 data bits, odd parity; the maker's note says 4800, some drivers run without parity (other lines).
//           Bytes with a parity error are read as they came, since units without parity exist.
//           Nothing has to be sent while the unit's menu has the output switched on.
//
// Frame     A W B P S      5 bytes, 60 a second; only A has bit 7
//             A  bit 7 always 1, bit 6 beep, bit 5 saturation falls, bit 4 the search takes too long, bits 3-0 strength
//             W  pleth wave
//             B  bit 6 is bit 7 of the pulse rate, bit 5 searching, bit 4 probe error, bits 3-0 bar graph
//             P  bits 6-0 of the pulse rate      S  SpO2
//           Checksum: none.
//
// Meaning   Probe error: sensor off. Searching, or for too long: poor signal. With any of them no number counts, whatever the wire
//           still carries. Missing: rate 0 or 255, SpO2 0 or 127. SpO2 above 100 and rates below 18 are refused as implausible.
//           A recording gives the values of each packet; a live device gives a value when it changes and each second, counted in
//           packets; where packets are lost, 2 s after the last at the latest.
//
// Stored    F5 F5 asks for the recorded values, F6 F6 F6 ends that. Three times F2 and the hour and minute of the beginning, a length
//           in three bytes of 7 bits, then F0 or F1, rate, SpO2 for each second. Such a triplet is never a live packet: two low bytes
//           at most stand between two bytes with bit 7. Read by tests only; a live source never asks for it.
//
// Resync    A byte with bit 7 begins a packet; another one before four without it refuses the packet and begins anew; low bytes where
//           none is due are garbage. Without a checksum a flipped bit can make a wrong value that is possible. Hence a live packet
//           counts only if one of the two before it says the same, and the first one of a recording after a refusal if the next does.
//
// Doubts    The codes for missing values are not in the maker's note: the flags decide. Bit 4 of A is the finger that is out for one
//           driver (option long-search). It is said of some units that they wait for a byte of the host (option wake: F6 F6 F6 at the
//           opening and after each 3 s of silence).
// Sources   The maker's note V5.0A; the open drivers CMS50Dplus (atbrask), cms-p, cms50e-reader, SleepyHead. A real fragment of a
//           download is at hand, and no live packet of a real unit: hence `specified`. See the protocol page of the project.

import VitalsModel

/// Contec oximeters that send packets of 5 bytes.
public enum ContecCMS50Classic {
    /// The family.
    public static let family = DeviceFamily(
        id: "contec-cms50-classic", displayName: "Contec CMS50D, CMS50D+ before 4.6, older CMS50E/F (5-byte packets)",
        maturity: .specified, line: LineSettings(baud: 19_200, parity: .odd, checksParity: false), signals: [.spo2, .pulseRate],
        options: [
            DeviceOption(
                key: "long-search", values: ["search", "finger-out"],
                summary: "What bit 4 of the first byte says: that the search takes too long (the maker), or that the finger is out."),
            DeviceOption(
                key: "wake", values: ["no", "yes"],
                summary: "Whether F6 F6 F6 is sent while nothing comes, for units that wait for a byte before they send."),
        ],
        otherLines: [LineSettings(baud: 4800, parity: .odd, checksParity: false), LineSettings(baud: 19_200)]
    ) { mode, options in
        let longSearch: SignalCondition = options["long-search"] == "finger-out" ? .sensorOff : .poorSignal
        return FiveByteDecoder(mode, packetsPerSecond: 60, wake: options["wake"] == "yes" ? Self.endStored : nil) {
            OximeterPacket($0, longSearch: longSearch)
        }
    }

    /// The command that ends the sending of stored values; a unit goes back to live ones.
    public static let endStored: [UInt8] = [0xF6, 0xF6, 0xF6]
}

extension OximeterPacket {
    fileprivate init(_ frame: FiveByteFrame, longSearch: SignalCondition) {
        let (first, third) = (frame.bytes.0, frame.bytes.2)
        let isLong = first & 0x10 != 0
        let isOff = third & 0x10 != 0 || isLong && longSearch == .sensorOff
        self.init(
            offset: frame.offset, condition: isOff ? .sensorOff : isLong || third & 0x20 != 0 ? .poorSignal : .measuring,
            spo2: Self.saturation(frame.saturation), pulseRate: Self.rate(frame.rate))
    }
}

// MARK: Packets of 5 bytes, shared with `BerryBCI`

/// One packet: a byte with bit 7, four without.
struct FiveByteFrame: Sendable {
    /// Where its first byte stands in the stream.
    var offset: Int
    var bytes: (UInt8, UInt8, UInt8, UInt8, UInt8)

    /// Eight bits: the highest is bit 6 of the third byte.
    var rate: UInt8 { (bytes.2 & 0x40) << 1 | bytes.3 }
    /// Seven bits.
    var saturation: UInt8 { bytes.4 }
}

/// Decodes a stream of such packets; what the flags mean is the family's.
struct FiveByteDecoder: DeviceDecoder {
    private(set) var statistics = DecoderStatistics()
    private let meaning: @Sendable (FiveByteFrame) -> OximeterPacket
    private let wake: [UInt8]?
    private var oximeter: OximeterTeller
    private var link: LinkWatch
    private var wakeDue: BootInstant?
    private var now = BootInstant(nanoseconds: .min / 2)
    /// The packet in work, and how much of it there is.
    private var held = FiveByteFrame(offset: 0, bytes: (0, 0, 0, 0, 0))
    private var count = 0
    /// Stream offset of the next byte.
    private var offset = 0

    private static let silence = Duration.seconds(3)

    init(
        _ mode: DecoderMode, packetsPerSecond: Int, wake: [UInt8]? = nil, meaning: @escaping @Sendable (FiveByteFrame) -> OximeterPacket
    ) {
        self.meaning = meaning
        self.wake = mode == .live ? wake : nil
        oximeter = OximeterTeller(mode, packetsPerSecond: packetsPerSecond)
        link = LinkWatch(mode, silence: Self.silence, device: "the oximeter")
    }

    var nextDeadline: BootInstant? { [link.deadline, wakeDue].compactMap(\.self).min() }

    mutating func receive(_ bytes: [UInt8], at instant: BootInstant) -> DeviceOutput {
        now = max(now, instant)
        var output = DeviceOutput()
        link.open(at: now, &output.events)
        for byte in bytes { take(byte, &output.events) }
        goOn(&output)
        return output
    }

    mutating func advance(to instant: BootInstant) -> DeviceOutput {
        now = max(now, instant)
        var output = DeviceOutput()
        link.open(at: now, &output.events)
        goOn(&output)
        return output
    }

    private mutating func goOn(_ output: inout DeviceOutput) {
        if link.noticeSilence(at: now, &output.events) { oximeter.forget() }
        guard let wake, now >= wakeDue ?? now else { return }
        wakeDue = now + Self.silence
        output.bytesToSend.append(wake)
    }

    private mutating func take(_ byte: UInt8, _ events: inout [DeviceEvent]) {
        offset &+= 1
        if byte & 0x80 != 0 {
            if count > 0 { refuse(.truncated) }
            held.offset = offset - 1
            count = 0
        } else if count == 0 {
            return refuse(.garbage)
        }
        switch count {
        case 0: held.bytes.0 = byte
        case 1: held.bytes.1 = byte
        case 2: held.bytes.2 = byte
        case 3: held.bytes.3 = byte
        default: held.bytes.4 = byte
        }
        count += 1
        if count == 5 { finish(&events) }
    }

    private mutating func finish(_ events: inout [DeviceEvent]) {
        count = 0
        statistics.frames += 1
        link.heard(at: now, &events)
        if wake != nil { wakeDue = now + Self.silence }
        oximeter.tell(meaning(held), at: now, &events, &statistics)
    }

    private mutating func refuse(_ kind: FrameRejection) {
        statistics.reject(kind)
        oximeter.doubt()
    }
}

// MARK: What packets say, shared with `ContecCMS50` and `BerryBCI`

/// What one packet of an oximeter says. With another condition than `measuring` no number of it counts.
struct OximeterPacket: Sendable, Hashable {
    var offset: Int
    var condition: SignalCondition
    var spo2: SignalWord
    var pulseRate: SignalWord
    /// Nil where the packet says nothing of it.
    var perfusionIndex: SignalWord?

    init(offset: Int, condition: SignalCondition, spo2: SignalWord, pulseRate: SignalWord, perfusionIndex: SignalWord? = nil) {
        let counts = condition == .measuring
        (self.offset, self.condition) = (offset, condition)
        self.spo2 = counts ? spo2 : .missing
        self.pulseRate = counts ? pulseRate : .missing
        self.perfusionIndex = counts ? perfusionIndex : perfusionIndex.map { _ in .missing }
    }

    /// A saturation on the wire. Code FF is 7F of a field with eight bits.
    static func saturation(_ value: UInt8) -> SignalWord {
        switch value {
        case 0, 0x7F, 0xFF: .missing
        case 1...100: .value(Double(value), .valid)
        default: .implausible
        }
    }

    /// A pulse rate on the wire. A body has none below 18 that an oximeter could count: its display begins at 25 to 30.
    static func rate(_ value: UInt8) -> SignalWord {
        switch value {
        case 0, 0xFF: .missing
        case 18...254: .value(Double(value), .valid)
        default: .implausible
        }
    }

    /// Whether both say the same; the perfusion index does not count, since it has hundredths.
    func agrees(with other: OximeterPacket) -> Bool {
        condition == other.condition && spo2 == other.spo2 && pulseRate == other.pulseRate
    }
}

/// Turns the packets of an oximeter without checksum into readings, believing nothing that one packet alone says.
///
/// Live, a packet counts only if one of the two before it says the same: averages stand for many packets, flipped bits for one. A
/// device whose values do change that fast is believed at the third packet. In a recording each packet counts, until bytes are
/// refused; then the next two must agree.
struct OximeterTeller: Sendable {
    private static let patience = 3

    private let isLive: Bool
    private var spo2: SignalTeller
    private var pulseRate: SignalTeller
    private var perfusionIndex: SignalTeller
    private var isTrusting: Bool
    private var previous: OximeterPacket?
    private var earlier: OximeterPacket?
    /// Packets in a row that agree with none before them.
    private var disagreeing = 0

    init(_ mode: DecoderMode, packetsPerSecond: Int) {
        isLive = mode == .live
        isTrusting = !isLive
        let pace: SignalTeller.Pace = isLive ? .changesAndEvery(packetsPerSecond) : .each
        spo2 = SignalTeller(.spo2, pace: pace)
        pulseRate = SignalTeller(.pulseRate, pace: pace)
        perfusionIndex = SignalTeller(.perfusionIndex, pace: pace)
    }

    /// Makes the next values readings, as after a silence.
    mutating func forget() {
        doubt()
        spo2.forget()
        pulseRate.forget()
        perfusionIndex.forget()
    }

    /// Bytes were refused: the next packet may be a chance one.
    mutating func doubt() {
        isTrusting = false
        (previous, earlier) = (nil, nil)
        disagreeing = 0
    }

    /// Takes one packet that arrived at `now`.
    mutating func tell(
        _ packet: OximeterPacket, at now: BootInstant, _ events: inout [DeviceEvent], _ statistics: inout DecoderStatistics
    ) {
        defer { (previous, earlier) = (packet, previous) }
        if isLive {
            guard isBelieved(packet) else { return }
        } else if !isTrusting {
            guard let previous, packet.agrees(with: previous) else { return }
            give(previous, at: now, &events, &statistics)
            isTrusting = true
        }
        give(packet, at: now, &events, &statistics)
    }

    private mutating func isBelieved(_ packet: OximeterPacket) -> Bool {
        if previous?.agrees(with: packet) == true || earlier?.agrees(with: packet) == true {
            disagreeing = 0
            return true
        }
        disagreeing += 1
        return disagreeing >= Self.patience
    }

    private mutating func give(
        _ packet: OximeterPacket, at now: BootInstant, _ events: inout [DeviceEvent], _ statistics: inout DecoderStatistics
    ) {
        let (offset, condition) = (packet.offset, packet.condition)
        spo2.tell(packet.spo2, offset: offset, condition: condition, at: now, &events, &statistics)
        pulseRate.tell(packet.pulseRate, offset: offset, condition: condition, at: now, &events, &statistics)
        if let word = packet.perfusionIndex {
            perfusionIndex.tell(word, offset: offset, condition: condition, at: now, &events, &statistics)
        } else if perfusionIndex.condition != nil {
            // It had one before: the last value must not stand.
            let told = condition == .measuring ? .unavailable : condition
            perfusionIndex.tell(.missing, offset: offset, condition: told, at: now, &events, &statistics)
        }
    }
}
