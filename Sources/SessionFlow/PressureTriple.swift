import VitalsModel

/// Whether the pressures of one cuff measurement fit each other (clinical.md, section 5): systolic above mean above diastolic, a pulse
/// pressure that can be, a mean where a mean lies. One wrong number makes all three doubtful: nobody knows which it is.
public enum PressureTriple {
    /// Pulse pressures that are improbable outside, mmHg (10 to 150 is what is possible at all).
    static let pulsePressures: ClosedRange<Double> = 20...100
    /// Where the mean lies between diastolic and systolic, as a share.
    static let meanShares: ClosedRange<Double> = 0.15...0.6

    /// The readings with their quality; those of one source that came together are held against each other.
    public static func judged(_ readings: [Reading]) -> [Reading] {
        guard readings.contains(where: { $0.signal.cadence == .intermittent }) else { return readings }
        let doubtful = Dictionary(grouping: readings.filter { $0.signal.cadence == .intermittent && $0.value != nil }, by: \.source)
            .filter { !fits($0.value) }
        guard !doubtful.isEmpty else { return readings }
        return readings.map { reading in
            guard reading.signal.cadence == .intermittent, reading.quality == .valid, doubtful[reading.source] != nil else {
                return reading
            }
            var judged = reading
            judged.quality = .suspect
            return judged
        }
    }

    private static func fits(_ readings: [Reading]) -> Bool {
        let value = { (signal: Signal) in readings.last { $0.signal == signal }?.value }
        guard let systolic = value(.nibpSystolic), let diastolic = value(.nibpDiastolic) else { return true }
        let pulse = systolic - diastolic
        guard pulsePressures.contains(pulse) else { return false }
        guard let mean = value(.nibpMean) else { return true }
        return meanShares.contains((mean - diastolic) / pulse)
    }
}
