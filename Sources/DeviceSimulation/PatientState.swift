/// What the sensors would find on the patient at one moment.
public struct PatientState: Sendable, Hashable {
    /// Beats per minute.
    public var heartRate: Double
    /// Breaths per minute.
    public var respRate: Double
    /// Functional oxygen saturation, percent.
    public var spo2: Double
    /// Strength of the pulse at the finger, percent.
    public var perfusionIndex: Double
    /// Systolic pressure, mmHg.
    public var systolic: Double
    /// Diastolic pressure, mmHg.
    public var diastolic: Double

    /// Mean pressure, mmHg: diastolic plus a third of the pulse pressure.
    public var mean: Double { diastolic + (systolic - diastolic) / 3 }

    /// Creates a state.
    public init(heartRate: Double, respRate: Double, spo2: Double, perfusionIndex: Double, systolic: Double, diastolic: Double) {
        self.heartRate = heartRate
        self.respRate = respRate
        self.spo2 = spo2
        self.perfusionIndex = perfusionIndex
        self.systolic = systolic
        self.diastolic = diastolic
    }

    /// A healthy adult at rest.
    public static let restingAdult = PatientState(
        heartRate: 68, respRate: 14, spo2: 97.2, perfusionIndex: 2.6, systolic: 118, diastolic: 74)
}
