import VitalsModel

/// Whether the pressures of one cuff measurement fit each other (clinical.md, section 5). One wrong number makes all three doubtful: nobody
/// knows which it is.
///
/// What is impossible (systolic not above mean, mean not above diastolic, a pulse pressure outside 10 to 150) stays doubtful. What is only
/// improbable is doubted once: a second measurement like it bears it out, for shock has a narrow pulse pressure and old arteries a wide
/// one, and neither may be hidden.
public struct PressureTriple: Sendable {
    /// Pulse pressures that can be, mmHg.
    static let possible: ClosedRange<Double> = 10...150
    /// Pulse pressures that are probable, mmHg.
    static let probable: ClosedRange<Double> = 20...100
    /// Where the mean probably lies between diastolic and systolic, as a share.
    static let meanShares: ClosedRange<Double> = 0.15...0.6
    /// How far a second measurement may lie from the first to bear it out, mmHg: the step that a body makes (`Plausibility`).
    static let likeness = 50.0

    private enum Verdict { case probable, improbable, impossible }

    /// The last improbable systolic and diastolic pressure of each source.
    private var doubted: [SourceID: (systolic: Double, diastolic: Double)] = [:]

    /// Creates a check that has seen nothing.
    public init() {}

    /// The readings with their quality; those of one source that came together are held against each other.
    public mutating func judged(_ readings: [Reading]) -> [Reading] {
        guard readings.contains(where: { $0.signal.cadence == .intermittent }) else { return readings }
        let pressures = readings.filter { $0.signal.cadence == .intermittent && $0.value != nil }
        let sources = Set(pressures.map(\.source)).sorted()
        let doubtful = sources.filter { source in isDoubtful(pressures.filter { $0.source == source }, of: source) }
        guard !doubtful.isEmpty else { return readings }
        return readings.map { reading in
            guard reading.signal.cadence == .intermittent, reading.quality == .valid, doubtful.contains(reading.source) else {
                return reading
            }
            var judged = reading
            judged.quality = .suspect
            return judged
        }
    }

    private mutating func isDoubtful(_ readings: [Reading], of source: SourceID) -> Bool {
        let value = { (signal: Signal) in readings.last { $0.signal == signal }?.value }
        guard let systolic = value(.nibpSystolic), let diastolic = value(.nibpDiastolic) else { return false }
        switch Self.verdict(systolic, diastolic, mean: value(.nibpMean)) {
        case .probable:
            doubted[source] = nil
            return false
        case .impossible: return true
        case .improbable:
            let before = doubted.updateValue((systolic, diastolic), forKey: source)
            guard let before else { return true }
            return abs(before.systolic - systolic) > Self.likeness || abs(before.diastolic - diastolic) > Self.likeness
        }
    }

    private static func verdict(_ systolic: Double, _ diastolic: Double, mean: Double?) -> Verdict {
        let pulse = systolic - diastolic
        guard possible.contains(pulse) else { return .impossible }
        guard let mean else { return probable.contains(pulse) ? .probable : .improbable }
        guard diastolic < mean, mean < systolic else { return .impossible }
        return probable.contains(pulse) && meanShares.contains((mean - diastolic) / pulse) ? .probable : .improbable
    }
}
