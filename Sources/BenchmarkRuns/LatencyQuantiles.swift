/// Latencies of one target, and their quantiles.
struct LatencyQuantiles: Sendable {
    private var nanoseconds: [Int64] = []

    var count: Int { nanoseconds.count }

    mutating func add(_ value: Int64) { nanoseconds.append(value) }

    /// p50, p99, p99.9 and the greatest, in milliseconds: the smallest measured value that so many are not above.
    var milliseconds: [String: Double] {
        let sorted = nanoseconds.sorted()
        return ["p50": 0.5, "p99": 0.99, "p99_9": 0.999, "max": 1].mapValues { Self.at($0, of: sorted) }
    }

    private static func at(_ share: Double, of sorted: [Int64]) -> Double {
        guard !sorted.isEmpty else { return 0 }
        let place = Int((share * Double(sorted.count)).rounded(.up)) - 1
        return Double(sorted[min(max(place, 0), sorted.count - 1)]) / 1e6
    }
}
