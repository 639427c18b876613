import VitalsModel

/// What a body can have (clinical.md, section 5, "Plausibility"). A value outside is kept and shown as `suspect`: it never
/// decides, and it never cancels what valid values have begun.
enum Plausibility {
    /// The values that can be, in the signal's unit; nil where nothing is known.
    static func range(of signal: Signal) -> ClosedRange<Double>? {
        switch signal {
        case .heartRate, .pulseRate: 20...300
        case .spo2: 50...100
        case .nibpSystolic: 40...280
        case .nibpDiastolic: 20...220
        case .nibpMean: 25...250
        case .respRate: 3...80
        case .perfusionIndex: nil
        }
    }

    /// The reading with the quality that its value deserves; never a better one than the device gave.
    static func judged(_ reading: Reading) -> Reading {
        guard reading.quality == .valid, let value = reading.value, let range = range(of: reading.signal), !range.contains(value) else {
            return reading
        }
        // Zero beats at the electrodes, which a device vouches for, is asystole: no value is more in need of an alert.
        if reading.signal == .heartRate, value == 0 { return reading }
        var judged = reading
        judged.quality = .suspect
        return judged
    }
}
