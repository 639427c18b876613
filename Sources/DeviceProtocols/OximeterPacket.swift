import VitalsModel

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
