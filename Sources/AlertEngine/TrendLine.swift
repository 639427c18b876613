import VitalsModel

/// The straight line through samples, by the repeated median: for every sample the median of the slopes to all others, and of these
/// medians the median (Siegel 1982).
///
/// Least squares would be cheaper, but a probe that is shaken for some seconds bends its line; this one stays until almost half of
/// the samples are wrong. The price: a change is seen only when it fills more than half of the window.
struct TrendLine {
    /// The most samples that go into it, taken evenly: 60 give 3600 slopes, which a small computer has in well under a millisecond.
    static let mostPoints = 60

    /// In the signal's unit per minute.
    let slope: Double

    /// Nil without two samples at different times.
    init?(_ samples: [SampleHistory.Sample]) {
        let points = Self.picked(samples)
        let slopes = points.compactMap { Self.median(Self.slopes(from: $0, to: points)) }
        guard let slope = Self.median(slopes) else { return nil }
        // What differs further behind the point is arithmetic and not the patient.
        self.slope = (slope * 1e6).rounded() / 1e6
    }

    private static func picked(_ samples: [SampleHistory.Sample]) -> [SampleHistory.Sample] {
        guard samples.count > mostPoints else { return samples }
        return (0..<mostPoints).map { samples[$0 * (samples.count - 1) / (mostPoints - 1)] }
    }

    private static func slopes(from one: SampleHistory.Sample, to others: [SampleHistory.Sample]) -> [Double] {
        others.compactMap { other in
            let seconds = (other.at - one.at).inSeconds
            return seconds == 0 ? nil : (other.value - one.value) / seconds * 60
        }
    }

    private static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
