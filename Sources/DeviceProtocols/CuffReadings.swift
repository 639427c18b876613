import VitalsModel

/// The pressures of one measurement of a cuff, mmHg; nil is one that the device does not give.
struct CuffPressures: Sendable, Hashable {
    var systolic: Double?
    var diastolic: Double?
    var mean: Double?

    /// Makes readings of them, all from the frame at `offset`.
    func tell(
        offset: Int, quality: ReadingQuality = .valid, _ events: inout [DeviceEvent], _ statistics: inout DecoderStatistics
    ) {
        let parts: [(Signal, Double?)] = [(.nibpSystolic, systolic), (.nibpDiastolic, diastolic), (.nibpMean, mean)]
        for (signal, value) in parts {
            guard let value else { continue }
            statistics.readings += 1
            events.append(.reading(DecodedReading(offset: offset, signal: signal, value: value, quality: quality)))
        }
    }
}

extension CuffPressures {
    /// Whole numbers, as most devices give them.
    init(systolic: some BinaryInteger, diastolic: some BinaryInteger, mean: some BinaryInteger) {
        self.init(systolic: Double(systolic), diastolic: Double(diastolic), mean: Double(mean))
    }
}
