import VitalsModel

/// The slope of samples by Theil's incomplete method (1950): the window is halved, each sample of the first half is paired with the
/// one at the same place of the second, and the median of the pairs' slopes counts. A quarter of the samples may be wrong.
///
/// Not least squares, since a probe that is shaken for some seconds bends that line. Not the repeated median, which bears nearly half
/// of the samples: with 60 of them it took 0.4 ms for every reading, this takes 1 µs, and a back-test asks millions of times.
struct TrendLine {
    /// The most pairs, taken evenly.
    static let mostPairs = 31

    /// In the signal's unit per minute.
    let slope: Double

    /// Nil without two samples at different times.
    init?(_ samples: [SampleHistory.Sample]) {
        // Of an odd number the middle one has no partner.
        let (pairs, distance) = (samples.count / 2, (samples.count + 1) / 2)
        let picked = min(pairs, Self.mostPairs)
        let slopes = (0..<picked).compactMap { number -> Double? in
            let place = picked == 1 ? 0 : number * (pairs - 1) / (picked - 1)
            let (one, other) = (samples[place], samples[place + distance])
            let seconds = (other.at - one.at).inSeconds
            return seconds > 0 ? (other.value - one.value) / seconds * 60 : nil
        }.sorted()
        guard !slopes.isEmpty else { return nil }
        let middle = slopes.count / 2
        let median = slopes.count % 2 == 1 ? slopes[middle] : (slopes[middle - 1] + slopes[middle]) / 2
        // What differs further behind the point is arithmetic and not the patient.
        slope = (median * 1e6).rounded() / 1e6
    }
}
