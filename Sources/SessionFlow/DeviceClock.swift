import VitalsModel

/// Holds the times that devices give for their cuff measurements against ours, to tell a value that comes late from one that is new
/// (alarms.md section 6, "Samples"). Device time decides nothing but that.
struct DeviceClock: Sendable, Hashable, Codable {
    /// What a reading's time says.
    enum Verdict: Hashable {
        /// It is new.
        case live
        /// It is new, and the device's clock was set by so many seconds.
        case stepped(Double)
        /// It was measured so long ago, seconds.
        case late(Double)
    }

    private struct Standing: Sendable, Hashable, Codable {
        /// Our clock minus the device's, seconds.
        var offset: Double?
        /// Whether this source tells when its cuff begins and ends: only then is silence about it evidence.
        var tellsMeasurements = false
        /// When a measurement of it last began.
        var began: BootInstant?
        /// When the last value that was new came.
        var lastLive: BootInstant?
    }

    /// What is no more than the jitter of polling, seconds.
    static let tolerance = 5.0
    /// Before 2001 a clock was never set, and its time says nothing: seconds since 1970.
    static let firstTime = 978_307_200.0

    private var standings: [SourceID: Standing] = [:]

    /// Creates a watch that has seen nothing.
    init() {}

    /// A cuff began a measurement.
    mutating func begin(_ source: SourceID, at now: BootInstant) {
        standings[source, default: Standing()].tellsMeasurements = true
        standings[source]?.began = now
    }

    /// What a cuff value's time says.
    mutating func verdict(on reading: Reading, at now: BootInstant) -> Verdict {
        guard let time = reading.deviceTime?.secondsSince1970, time >= Self.firstTime else { return .live }
        let offset = Double(now.nanoseconds) / 1e9 - time
        var standing = standings[reading.source] ?? Standing()
        defer { standings[reading.source] = standing }
        // Before the first value nothing is known of the clock.
        let difference = standing.offset.map { offset - $0 } ?? 0
        if difference > Self.tolerance, standing.tellsMeasurements, !isMeasuredNow(standing, at: now) { return .late(difference) }
        standing.offset = offset
        standing.lastLive = now
        return abs(difference) <= Self.tolerance ? .live : .stepped(-difference)
    }

    /// Whether a measurement has begun since the last value that was new.
    private func isMeasuredNow(_ standing: Standing, at now: BootInstant) -> Bool {
        guard let began = standing.began else { return false }
        // The values of one measurement come one by one.
        return standing.lastLive.map { began > $0 || $0 == now } ?? true
    }

    /// Moves to another boot clock.
    mutating func shift(by offset: Duration) {
        standings = standings.mapValues { standing in
            var moved = standing
            moved.offset = standing.offset.map { $0 + offset.inSeconds }
            moved.began = standing.began.map { $0 + offset }
            moved.lastLive = standing.lastLive.map { $0 + offset }
            return moved
        }
    }
}
