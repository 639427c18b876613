import VitalsModel

/// Formats 2 and 7: frames to packets, packets to readings.
struct NoninDecoder: DeviceDecoder {
    private(set) var statistics = DecoderStatistics()
    private let format: NoninFormat
    private var deframer: NoninDeframer
    /// The status bits that say that the sensor is off.
    private let sensorOffBits: NoninStatus
    private var packet: NoninPacket?
    /// Offset of the frame that has just raised the sensor alarm, until the next one confirms it.
    private var alarmOffset: Int?
    private var tellers: NoninTellers
    private var link: LinkWatch
    private var now = BootInstant(nanoseconds: .min / 2)

    /// When the link counts as silent; nil when it already does, or before the port was opened.
    var nextDeadline: BootInstant? { link.deadline }

    /// Packets in a second.
    private static let packetsPerSecond = 3
    /// Nominal distance of packets is 1/3 s; one open driver calls the link lost after 3 s.
    static let silence = Duration.seconds(3)

    init(mode: DecoderMode, format: NoninFormat, hasDisconnectBit: Bool) {
        self.format = format
        deframer = NoninDeframer(format == .two ? .two : .seven)
        sensorOffBits = hasDisconnectBit ? [.sensorAlarm, .disconnected] : .sensorAlarm
        tellers = NoninTellers(pace: mode == .live ? .changesAndEvery(Self.packetsPerSecond) : .changes)
        link = LinkWatch(mode, silence: Self.silence, device: "the oximeter")
    }

    mutating func receive(_ bytes: [UInt8], at instant: BootInstant) -> DeviceOutput {
        var output = DeviceOutput()
        now = max(now, instant)
        link.open(at: now, &output.events)
        var position = 0
        while let step = deframer.step(bytes, from: &position) {
            switch step {
            case .frame(let frame): receive(frame, &output.events)
            case .rejected(let kind, let count):
                statistics.reject(kind, count: count)
                (packet, alarmOffset) = (nil, nil)
            }
        }
        if link.noticeSilence(at: now, &output.events) { tellers.forget() }
        return output
    }

    mutating func advance(to instant: BootInstant) -> DeviceOutput { receive([], at: instant) }

    // MARK: Frames

    private mutating func receive(_ frame: NoninFrame, _ events: inout [DeviceEvent]) {
        let status = NoninStatus(rawValue: format == .two ? frame.second : frame.first)
        statistics.frames += 1
        if status.contains(.sync) {
            if packet != nil { statistics.reject(.truncated) }
            packet = NoninPacket()
        }
        // Before the first sync nothing is believed: two good sums may be chance.
        guard packet != nil else { return }
        packet?.take(frame, status)
        watchAlarm(status, offset: frame.offset, &events)
        if let whole = packet, whole.isWhole {
            packet = nil
            finish(whole, &events)
        }
    }

    /// The sensor alarm is told at once, since the display values stay for 10 s more; but at its second frame, since a lost byte
    /// may make one frame whose sum fits by chance, never two.
    private mutating func watchAlarm(_ status: NoninStatus, offset: Int, _ events: inout [DeviceEvent]) {
        guard !status.isDisjoint(with: sensorOffBits) else { return alarmOffset = nil }
        if let alarmOffset { tellers.tellSensorOff(offset: alarmOffset, at: now, &events, &statistics) } else { alarmOffset = offset }
    }

    private mutating func finish(_ packet: NoninPacket, _ events: inout [DeviceEvent]) {
        link.heard(at: now, &events)
        var display = packet.display
        display.isSensorOff = !packet.status.isDisjoint(with: sensorOffBits)
        display.isDoubtful = packet.status.contains(.outOfTrack)
        tellers.tell(display, at: now, &events, &statistics)
    }
}

/// A packet in work: 25 frames beginning with the sync frame.
private struct NoninPacket: Sendable {
    private var frames = 0
    /// The status bits of all its frames.
    private(set) var status: NoninStatus = []
    /// SpO2-D, 127 for missing.
    private var saturation: UInt8 = 127
    private var saturationOffset = 0
    /// HR-D, 511 for missing.
    private var rate = 511
    /// Offset of the frame with the low half of HR-D, which completes it.
    private var rateOffset = 0

    var isWhole: Bool { frames == 25 }

    var display: NoninDisplayValues {
        var values = NoninDisplayValues(saturationCode: Int(saturation), rateCode: rate, offset: saturationOffset)
        values.rateOffset = rateOffset
        return values
    }

    mutating func take(_ frame: NoninFrame, _ status: NoninStatus) {
        frames += 1
        self.status.formUnion(status)
        switch frames {
        case 9:
            saturation = frame.fourth & 0x7F
            saturationOffset = frame.offset
        case 20: rate = Int(frame.fourth & 0x03) << 7
        case 21:
            rate |= Int(frame.fourth & 0x7F)
            rateOffset = frame.offset
        default: break
        }
    }
}

/// Format 8, format 13 and text lines: each frame has both display values.
struct NoninDisplayDecoder: DeviceDecoder {
    /// How the frames are found.
    enum Framing: Sendable {
        /// Format 8.
        case packets(NoninDeframer)
        /// Format 13.
        case spotChecks(NoninSpotCheckDeframer)
        /// Text.
        case lines(TextLines)
    }

    /// What one step found.
    private enum Found {
        case values(NoninDisplayValues)
        /// A heading, or bytes that were refused and counted.
        case nothing
    }

    private(set) var statistics = DecoderStatistics()
    private var framing: Framing
    private let isLive: Bool
    private let hasDisconnectBit: Bool
    private var tellers: NoninTellers
    private var link: LinkWatch
    private var now = BootInstant(nanoseconds: .min / 2)

    var nextDeadline: BootInstant? { link.deadline }

    init(mode: DecoderMode, framing: Framing, hasDisconnectBit: Bool) {
        self.framing = framing
        self.hasDisconnectBit = hasDisconnectBit
        isLive = mode == .live
        if case .spotChecks = framing {
            // Each spot check is a measurement of its own; the device is silent in between.
            tellers = NoninTellers(pace: .each)
            link = LinkWatch(mode, silence: .seconds(30), device: "the oximeter")
        } else {
            tellers = NoninTellers(pace: isLive ? .each : .changes)
            link = LinkWatch(mode, silence: NoninDecoder.silence, device: "the oximeter")
        }
    }

    mutating func receive(_ bytes: [UInt8], at instant: BootInstant) -> DeviceOutput {
        var output = DeviceOutput()
        now = max(now, instant)
        link.open(at: now, &output.events)
        var position = 0
        while let found = step(bytes, &position) {
            guard case .values(let values) = found else { continue }
            statistics.frames += 1
            link.heard(at: now, &output.events)
            // A measurement from memory would look like the patient's present state.
            if isLive, values.isFromMemory { continue }
            tellers.tell(values, at: now, &output.events, &statistics)
        }
        if link.noticeSilence(at: now, &output.events) { tellers.forget() }
        return output
    }

    mutating func advance(to instant: BootInstant) -> DeviceOutput { receive([], at: instant) }

    /// Goes on to the next frame; nil when the chunk is used up.
    private mutating func step(_ bytes: [UInt8], _ position: inout Int) -> Found? {
        switch framing {
        case .packets(var deframer):
            defer { framing = .packets(deframer) }
            switch deframer.step(bytes, from: &position) {
            case .frame(let frame): return .values(NoninDisplayValues(packet: frame, hasDisconnectBit: hasDisconnectBit))
            case .rejected(let kind, let count): return refuse(kind, count)
            case nil: return nil
            }
        case .spotChecks(var deframer):
            defer { framing = .spotChecks(deframer) }
            switch deframer.step(bytes, from: &position) {
            case .spotCheck(let check): return .values(NoninDisplayValues(check))
            case .rejected(let kind): return refuse(kind, 1)
            case nil: return nil
            }
        case .lines(var lines):
            defer { framing = .lines(lines) }
            switch lines.step(bytes, from: &position) {
            case .line(let line, let offset): return read(line, offset: offset)
            case .rejected(let kind, let count): return refuse(kind, count)
            case nil: return nil
            }
        }
    }

    private mutating func read(_ line: String, offset: Int) -> Found {
        guard line.utf8.contains(UInt8(ascii: "=")) else { return .nothing }
        guard let line = NoninTextLine(line) else { return refuse(.malformed, 1) }
        return .values(NoninDisplayValues(saturation: line.saturation, rate: line.rate, offset: offset))
    }

    private mutating func refuse(_ kind: FrameRejection, _ count: Int) -> Found {
        statistics.reject(kind, count: count)
        return .nothing
    }
}

/// The two display values of a packet, a spot check or a line, as they stand on the wire, with what their flags say.
struct NoninDisplayValues: Sendable, Hashable {
    /// In percent; nil for missing.
    var saturation: Int?
    /// Per minute; nil for missing.
    var rate: Int?
    /// Offset of the frame that gives the saturation.
    var saturationOffset: Int
    /// Offset of the frame that gives the rate.
    var rateOffset: Int
    /// Whether the flags say that the sensor is off; then the numbers are old.
    var isSensorOff = false
    /// Whether the device does not vouch for the numbers.
    var isDoubtful = false
    /// Whether the device had kept them from an earlier measurement.
    var isFromMemory = false
    /// The device's time of the measurement.
    var time: DeviceTime?

    /// Those of one frame.
    init(saturation: Int?, rate: Int?, offset: Int) {
        (self.saturation, self.rate) = (saturation, rate)
        (saturationOffset, rateOffset) = (offset, offset)
    }

    /// Those of one binary frame, with 127 and 511 for missing.
    init(saturationCode: Int, rateCode: Int, offset: Int) {
        self.init(saturation: saturationCode == 127 ? nil : saturationCode, rate: rateCode == 511 ? nil : rateCode, offset: offset)
    }

    /// Those of a packet of format 8.
    init(packet frame: NoninFrame, hasDisconnectBit: Bool) {
        self.init(saturationCode: Int(frame.third), rateCode: Int(frame.first & 0x03) << 7 | Int(frame.second), offset: frame.offset)
        isSensorOff = frame.fourth & 0x08 != 0 || hasDisconnectBit && frame.first & 0x40 != 0
        isDoubtful = frame.first & 0x20 != 0
    }

    /// Those of a spot check of format 13; the data has 14 bytes.
    init(_ check: NoninSpotCheck) {
        let data = check.data
        self.init(saturationCode: Int(data[13]), rateCode: Int(data[10] & 0x01) << 8 | Int(data[11]), offset: check.offset)
        if data[8] & 0x01 != 0 { (saturation, rate) = (nil, nil) }
        isDoubtful = data[8] & 0x02 == 0
        isFromMemory = data[9] & 0x10 != 0
        time = Self.time(data.prefix(7).map(PackedDecimal.number))
    }

    /// The saturation in the words of a teller.
    var saturationWord: SignalWord { word(saturation, range: 0...100) }

    /// The rate in the words of a teller: the maker's range.
    var rateWord: SignalWord { word(rate, range: 18...321) }

    private func word(_ value: Int?, range: ClosedRange<Int>) -> SignalWord {
        guard !isSensorOff, let value else { return .missing }
        return range.contains(value) ? .value(Double(value), isDoubtful ? .suspect : .valid) : .implausible
    }

    /// Century, year, month, day, hour, minute, second. A clock that was never set stands before 2001.
    private static func time(_ parts: [Int?]) -> DeviceTime? {
        let known = parts.compactMap(\.self)
        guard known.count == 7, known[0] * 100 + known[1] >= 2001 else { return nil }
        return DeviceTime(
            year: known[0] * 100 + known[1], month: known[2], day: known[3], hour: known[4], minute: known[5], second: known[6])
    }
}

/// What is told of both signals.
struct NoninTellers: Sendable {
    private var spo2: SignalTeller
    private var pulseRate: SignalTeller

    init(pace: SignalTeller.Pace) {
        spo2 = SignalTeller(.spo2, pace: pace)
        pulseRate = SignalTeller(.pulseRate, pace: pace)
    }

    /// Makes the next values readings, as after a silence.
    mutating func forget() {
        spo2.forget()
        pulseRate.forget()
    }

    mutating func tell(
        _ display: NoninDisplayValues, at now: BootInstant, _ events: inout [DeviceEvent], _ statistics: inout DecoderStatistics
    ) {
        let condition: SignalCondition = display.isSensorOff ? .sensorOff : display.isDoubtful ? .poorSignal : .measuring
        spo2.tell(
            display.saturationWord, offset: display.saturationOffset, condition: condition, deviceTime: display.time, at: now, &events,
            &statistics)
        pulseRate.tell(
            display.rateWord, offset: display.rateOffset, condition: condition, deviceTime: display.time, at: now, &events, &statistics)
    }

    /// Tells it once, also when there was no value before.
    mutating func tellSensorOff(
        offset: Int, at now: BootInstant, _ events: inout [DeviceEvent], _ statistics: inout DecoderStatistics
    ) {
        if spo2.condition != .sensorOff {
            spo2.forget()
            spo2.tell(.missing, offset: offset, condition: .sensorOff, at: now, &events, &statistics)
        }
        if pulseRate.condition != .sensorOff {
            pulseRate.forget()
            pulseRate.tell(.missing, offset: offset, condition: .sensorOff, at: now, &events, &statistics)
        }
    }
}

/// One line of text: `[HH:MM:SS ]SPO2=097 HR=072`, then flags.
struct NoninTextLine: Sendable, Hashable {
    /// Longer than any line or heading that the manuals show.
    static let longest = 120

    /// In percent; nil for `---`.
    let saturation: Int?
    /// Per minute; nil for `---`.
    let rate: Int?

    /// Reads a line; nil when it has not exactly the shape.
    init?(_ line: String) {
        var rest = Array(line.utf8)[...]
        if rest.first.map({ (0x30...0x39).contains($0) }) == true, !Self.takeTime(&rest) { return nil }
        guard Self.take("SPO2=", &rest), let saturation = Self.takeValue(&rest) else { return nil }
        guard Self.take(" ", &rest) else { return nil }
        while Self.take(" ", &rest) {}
        guard Self.take("HR=", &rest), let rate = Self.takeValue(&rest) else { return nil }
        guard rest.allSatisfy({ " F*B".utf8.contains($0) }) else { return nil }
        (self.saturation, self.rate) = (Int(saturation), Int(rate))
    }

    private static func take(_ text: String, _ rest: inout ArraySlice<UInt8>) -> Bool {
        guard rest.starts(with: text.utf8) else { return false }
        rest = rest.dropFirst(text.utf8.count)
        return true
    }

    /// `HH:MM:SS `; it has no date and is not used.
    private static func takeTime(_ rest: inout ArraySlice<UInt8>) -> Bool {
        let time = rest.prefix(9)
        guard time.count == 9 else { return false }
        rest = rest.dropFirst(9)
        return zip(time, "00:00:00 ".utf8).allSatisfy { $1 == 0x30 ? (0x30...0x39).contains($0) : $0 == $1 }
    }

    /// Three characters: digits filled with zeros or blanks, which are left out, or `---`. A narrower field has lost a byte.
    private static func takeValue(_ rest: inout ArraySlice<UInt8>) -> String? {
        let field = rest.prefix(3)
        guard field.count == 3 else { return nil }
        rest = rest.dropFirst(3)
        let digits = field.drop { $0 == 0x20 }
        let isNumber = !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
        return isNumber || field.allSatisfy { $0 == UInt8(ascii: "-") } ? String(decoding: digits, as: UTF8.self) : nil
    }
}
