import VitalsModel

/// What a numeric value means for one signal.
enum IntelliVueMeaning: Sendable, Hashable {
    /// A value in the signal's unit.
    case usable(Double, ReadingQuality)
    /// The monitor says that there is none.
    case unusable
    /// A unit or a size that the signal cannot have.
    case implausible

    /// Judges a value: by its state first, then its unit, then its size.
    init(_ observation: IntelliVueObservation, _ signal: Signal) {
        guard observation.state.isDisjoint(with: [.invalid, .unavailable, .calibrating]) else {
            self = .unusable
            return
        }
        switch IntelliVueFloat.meaning(of: observation.float) {
        case .noNumber: self = .unusable
        case .absurd: self = .implausible
        case .number(let number):
            guard let value = Self.converted(number, from: observation.unit, signal), Self.range(signal).contains(value) else {
                self = .implausible
                return
            }
            self = .usable(value, Self.quality(observation.state))
        }
    }

    /// The value, nil when there is none.
    var value: Double? { if case .usable(let value, _) = self { value } else { nil } }

    /// The quality of the reading.
    var quality: ReadingQuality { if case .usable(_, let quality) = self { quality } else { .invalid } }

    /// Whether there is a value.
    var isUsable: Bool { value != nil }

    /// What the state says of the signal. "Invalid" of an oximeter is a sensor off (seen in the RS232 recording); of other
    /// signals it only says that the monitor cannot measure.
    func condition(of observation: IntelliVueObservation, _ signal: Signal) -> SignalCondition {
        let state = observation.state
        if state.contains(.invalid) { return Self.isOximetry(signal) ? .sensorOff : .poorSignal }
        if !state.isDisjoint(with: [.unavailable, .calibrating]) { return .unavailable }
        if state.contains(.questionable) { return .poorSignal }
        if !isUsable { return .poorSignal }
        return quality == .demo ? .demo : .measuring
    }

    /// The streaming signal of a physiological identifier, nil for one that is not mapped.
    static func streamingSignal(_ physio: UInt16) -> Signal? {
        switch physio {
        case IntelliVuePhysio.heartRate: .heartRate
        case IntelliVuePhysio.pulseRate: .pulseRate
        case IntelliVuePhysio.spo2: .spo2
        case IntelliVuePhysio.respRate: .respRate
        case IntelliVuePhysio.perfusionIndex: .perfusionIndex
        default: nil
        }
    }

    /// Demonstration outranks doubt: a demonstration value must never look like one of a patient.
    private static func quality(_ state: IntelliVueMeasurementState) -> ReadingQuality {
        if !state.isDisjoint(with: [.demo, .test]) { return .demo }
        return state.contains(.questionable) ? .suspect : .valid
    }

    private static func isOximetry(_ signal: Signal) -> Bool { signal == .spo2 || signal == .pulseRate || signal == .perfusionIndex }

    /// The number in the signal's unit, nil when the unit is none of the signal's.
    private static func converted(_ number: Double, from unit: UInt16, _ signal: Signal) -> Double? {
        switch (signal.unit, unit) {
        case (.perMinute, IntelliVueUnit.beatsPerMinute), (.perMinute, IntelliVueUnit.breathsPerMinute): number
        case (.percent, IntelliVueUnit.percent): number
        case (.percent, IntelliVueUnit.dimensionless): signal == .perfusionIndex ? number : nil
        case (.millimetresOfMercury, IntelliVueUnit.millimetresOfMercury): number
        // Kept to 0.1 mmHg: the monitor's own steps of 0.1 kPa are coarser.
        case (.millimetresOfMercury, IntelliVueUnit.kilopascal): (number * 7.500_616_83 * 10).rounded() / 10
        default: nil
        }
    }

    /// What the protocol can mean by a value; not a limit of any alert.
    private static func range(_ signal: Signal) -> ClosedRange<Double> {
        switch signal.unit {
        case .perMinute: 0...500
        case .percent: 0...100
        case .millimetresOfMercury: 0...400
        }
    }
}
