import VitalsModel

/// Frames to packets, packets to readings.
struct NoninDecoder: DeviceDecoder {
    private(set) var statistics = DecoderStatistics()
    private var deframer: NoninDeframer
    private let isLive: Bool
    /// The status bits that say that the sensor is off.
    private let sensorOffBits: NoninStatus
    private var packet: NoninPacket?
    private var spo2 = NoninSignal(.spo2)
    private var pulseRate = NoninSignal(.pulseRate)
    private var link: LinkState?
    private var now = BootInstant(nanoseconds: .min / 2)

    /// When the link counts as silent; nil when it already does, or before the port was opened.
    private(set) var nextDeadline: BootInstant?

    /// Nominal distance of packets is 1/3 s; one open driver calls the link lost after 3 s.
    private static let silence = Duration.seconds(3)

    init(mode: DecoderMode, format: NoninFormat, hasDisconnectBit: Bool) {
        deframer = NoninDeframer(format: format)
        isLive = mode == .live
        sensorOffBits = hasDisconnectBit ? [.sensorAlarm, .disconnected] : .sensorAlarm
    }

    mutating func receive(_ bytes: [UInt8], at instant: BootInstant) -> DeviceOutput {
        var output = DeviceOutput()
        now = max(now, instant)
        open(&output)
        var position = 0
        while let step = deframer.step(bytes, from: &position) {
            switch step {
            case .frame(let frame): receive(frame, &output.events)
            case .rejected(let kind, let count):
                statistics.reject(kind, count: count)
                packet = nil
            }
        }
        noticeSilence(&output.events)
        return output
    }

    mutating func advance(to instant: BootInstant) -> DeviceOutput {
        var output = DeviceOutput()
        now = max(now, instant)
        open(&output)
        noticeSilence(&output.events)
        return output
    }

    private mutating func open(_ output: inout DeviceOutput) {
        guard isLive, link == nil else { return }
        nextDeadline = now + Self.silence
        say(.negotiating, "waiting for the oximeter's first packet", &output.events)
    }

    private mutating func noticeSilence(_ events: inout [DeviceEvent]) {
        guard let deadline = nextDeadline, now >= deadline else { return }
        nextDeadline = nil
        spo2.forgetGiving()
        pulseRate.forgetGiving()
        say(.stale, "no packet for \(Self.silence.components.seconds) s", &events)
    }

    private mutating func say(_ state: LinkState, _ reason: String, _ events: inout [DeviceEvent]) {
        guard isLive, link != state else { return }
        link = state
        events.append(.link(state, reason: reason))
    }

    // MARK: Frames

    private mutating func receive(_ frame: NoninFrame, _ events: inout [DeviceEvent]) {
        statistics.frames += 1
        if frame.status.contains(.sync) {
            if packet != nil { statistics.reject(.truncated) }
            packet = NoninPacket()
        }
        // Before the first sync nothing is believed: two good sums may be chance.
        guard packet != nil else { return }
        packet?.take(frame)
        if !frame.status.isDisjoint(with: sensorOffBits) { tellSensorOff(at: frame.offset, &events) }
        if let whole = packet, whole.isWhole {
            packet = nil
            finish(whole, &events)
        }
    }

    /// The sensor alarm is told at once: the display values stay for 10 s more.
    private mutating func tellSensorOff(at offset: Int, _ events: inout [DeviceEvent]) {
        if spo2.condition != .sensorOff { spo2.receive(.missing, offset: offset, .sensorOff, isDue: true, &events, &statistics) }
        if pulseRate.condition != .sensorOff { pulseRate.receive(.missing, offset: offset, .sensorOff, isDue: true, &events, &statistics) }
    }

    private mutating func finish(_ packet: NoninPacket, _ events: inout [DeviceEvent]) {
        if isLive {
            nextDeadline = now + Self.silence
            say(.streaming, "the oximeter sends", &events)
        }
        let isOff = !packet.status.isDisjoint(with: sensorOffBits)
        let isDoubtful = packet.status.contains(.outOfTrack)
        let condition: SignalCondition = isOff ? .sensorOff : isDoubtful ? .poorSignal : .measuring
        let saturation = isOff ? .missing : NoninValue(saturation: packet.saturation, isDoubtful: isDoubtful)
        let rate = isOff ? .missing : NoninValue(rate: packet.rate, isDoubtful: isDoubtful)
        spo2.receive(saturation, offset: packet.saturationOffset, condition, isDue: isLive && spo2.isDue, &events, &statistics)
        pulseRate.receive(rate, offset: packet.rateOffset, condition, isDue: isLive && pulseRate.isDue, &events, &statistics)
    }
}

/// A packet in work: 25 frames beginning with the sync frame.
private struct NoninPacket: Sendable {
    private var frames = 0
    /// The status bits of all its frames.
    private(set) var status: NoninStatus = []
    /// SpO2-D, 127 for missing.
    private(set) var saturation: UInt8 = 0
    private(set) var saturationOffset = 0
    /// HR-D, 511 for missing.
    private(set) var rate = 0
    /// Offset of the frame with the low half of HR-D, which completes it.
    private(set) var rateOffset = 0

    var isWhole: Bool { frames == 25 }

    mutating func take(_ frame: NoninFrame) {
        frames += 1
        status.formUnion(frame.status)
        switch frames {
        case 9:
            saturation = frame.value & 0x7F
            saturationOffset = frame.offset
        case 20: rate = Int(frame.value & 0x03) << 7
        case 21:
            rate |= Int(frame.value & 0x7F)
            rateOffset = frame.offset
        default: break
        }
    }
}

/// One display value.
private enum NoninValue: Sendable, Hashable {
    case number(Double, isDoubtful: Bool)
    case missing
    case implausible

    init(saturation: UInt8, isDoubtful: Bool) {
        switch saturation {
        case 127: self = .missing
        case 0...100: self = .number(Double(saturation), isDoubtful: isDoubtful)
        default: self = .implausible
        }
    }

    /// The range is the maker's (9560).
    init(rate: Int, isDoubtful: Bool) {
        switch rate {
        case 511: self = .missing
        case 18...321: self = .number(Double(rate), isDoubtful: isDoubtful)
        default: self = .implausible
        }
    }
}

/// What was given of one signal, so that a value is given when it changes and, live, each third packet.
private struct NoninSignal: Sendable {
    private let signal: Signal
    private(set) var condition: SignalCondition?
    private var given: NoninValue?
    private var packetsSinceGiven = 0

    /// Packets in a second.
    private static let packetsPerSecond = 3

    init(_ signal: Signal) { self.signal = signal }

    /// Whether a second has passed since the value was given, this packet included.
    var isDue: Bool { packetsSinceGiven + 1 >= Self.packetsPerSecond }

    /// Makes the next value due.
    mutating func forgetGiving() { packetsSinceGiven = Self.packetsPerSecond }

    mutating func receive(
        _ value: NoninValue, offset: Int, _ told: SignalCondition, isDue: Bool, _ events: inout [DeviceEvent],
        _ statistics: inout DecoderStatistics
    ) {
        packetsSinceGiven += 1
        if value == .implausible { return statistics.reject(.implausible) }
        // A missing value with a sensor in place: the device cannot measure.
        let condition = value == .missing && told == .measuring ? .poorSignal : told
        if condition != self.condition {
            self.condition = condition
            events.append(.signalCondition(signal, condition))
        }
        guard value != given || isDue else { return }
        given = value
        packetsSinceGiven = 0
        statistics.readings += 1
        events.append(.reading(reading(value, offset: offset)))
    }

    private func reading(_ value: NoninValue, offset: Int) -> DecodedReading {
        guard case .number(let number, let isDoubtful) = value else {
            return DecodedReading(offset: offset, signal: signal, value: nil, quality: .invalid)
        }
        return DecodedReading(offset: offset, signal: signal, value: number, quality: isDoubtful ? .suspect : .valid)
    }
}
