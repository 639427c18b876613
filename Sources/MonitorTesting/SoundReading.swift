import DeviceProtocols
import VitalsModel

extension DecodedReading {
    /// Whether it keeps the form of a reading: a value exactly where the quality has one, finite, and within what a protocol can mean.
    public var isSound: Bool {
        guard let value else { return quality == .invalid && offset >= 0 }
        return quality != .invalid && offset >= 0 && signal.meaningfulValues.contains(value)
    }
}

extension Signal {
    /// What a protocol can mean by a value.
    fileprivate var meaningfulValues: ClosedRange<Double> {
        switch unit {
        case .perMinute: 0...500
        case .percent: 0...100
        case .millimetresOfMercury: 0...400
        }
    }
}
