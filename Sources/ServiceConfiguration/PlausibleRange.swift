import VitalsModel

/// The values that decide: outside, the session takes a reading as suspect or rejects it (clinical.md section 5, "Plausibility";
/// the same bands as the session's own check). A limit that lies outside can never be crossed, or always is.
enum PlausibleRange {
    /// The range of a signal, in its unit.
    static func of(_ signal: Signal) -> ClosedRange<Double> {
        switch signal {
        case .heartRate, .pulseRate: 20...300
        // Below 50 an oximeter is only suspected of saying so.
        case .spo2: 50...100
        case .nibpSystolic: 40...280
        case .nibpDiastolic: 20...220
        case .nibpMean: 25...250
        case .respRate: 3...80
        // A share by definition; clinical.md gives no narrower range.
        case .perfusionIndex: 0...100
        }
    }
}

/// The distance of the clear limit where a rule does not give one (alarms.md section 6: heart rate 3, SpO2 1, pressure 5).
enum StandardDeadband {
    /// The distance for a signal, in its unit.
    static func of(_ signal: Signal) -> Double {
        switch signal {
        case .heartRate, .pulseRate: 3
        case .spo2: 1
        case .nibpSystolic, .nibpDiastolic, .nibpMean: 5
        // Our own: one breath for rates near 10, and a step that oximeters show.
        case .respRate: 1
        case .perfusionIndex: 0.1
        }
    }
}
