import VitalsModel

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
