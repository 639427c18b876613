import GRDB
import VitalsModel

extension SessionStore {
    /// A session's signals over time, thinned for a screen.
    ///
    /// A series with more than `maxPoints` readings is cut into `maxPoints / 2` equal slices of time; of each slice the smallest and
    /// the greatest value remain, so that no peak is lost. Where the wall clock was set back, points stay in the order of arrival.
    ///
    /// - Parameters:
    ///   - session: The session.
    ///   - signals: Only these, or all.
    ///   - from: Only readings at or after this time.
    ///   - to: Only readings at or before this time.
    ///   - maxPoints: The most points of one series, at least 2.
    /// - Returns: One series for each source and signal that has readings, by source and signal.
    public func timeline(
        of session: SessionID, signals: Set<Signal>? = nil, from: WallInstant? = nil, to: WallInstant? = nil, maxPoints: Int = 2_000
    ) throws(StoreError) -> [TimelineSeries] {
        try read { database in
            let channels = try ChannelRow.fetch(of: session, signals: signals, in: database)
            let timed = try channels.map { (channel: $0, clock: try ClockAnchors(boot: $0.boot, in: database)) }
            guard let extent = try Self.extent(of: timed, in: database) else { return [] }
            let range = WallRange(first: max(from ?? extent.first, extent.first), last: min(to ?? extent.last, extent.last))
            guard range.first <= range.last else { return [] }
            let grouped = Dictionary(grouping: timed) { SeriesKey(source: $0.channel.source, signal: $0.channel.signal) }
            return try grouped.keys.sorted().compactMap { key in
                var thinning = TimelineThinning(range: range, maxPoints: maxPoints)
                for (channel, clock) in grouped[key] ?? [] {
                    try ReadingScan(in: database).forEach(of: channel.channel, from: nil, to: nil) { row in
                        thinning.add(TimelinePoint(at: clock.moment(at: row.at), value: row.value, quality: row.quality))
                    }
                }
                guard thinning.count > 0 else { return nil }
                return TimelineSeries(source: key.source, signal: key.signal, points: thinning.points, count: thinning.count)
            }
        }
    }

    /// The first and the last wall time of all channels, so that all series share their slices.
    private static func extent(of channels: [(channel: ChannelRow, clock: ClockAnchors)], in database: Database) throws -> WallRange? {
        var extent: WallRange?
        for (channel, clock) in channels {
            guard let own = try channel.extent(in: database) else { continue }
            // A clock that was set back may have its greatest wall time in the middle; the ends then gather what lies beyond.
            let ends = [clock.moment(at: own.lowerBound).wall, clock.moment(at: own.upperBound).wall]
            let first = min(ends[0], ends[1])
            let last = max(ends[0], ends[1])
            extent = WallRange(first: min(extent?.first ?? first, first), last: max(extent?.last ?? last, last))
        }
        return extent
    }

    private struct SeriesKey: Hashable, Comparable {
        var source: SourceID
        var signal: Signal

        static func < (left: SeriesKey, right: SeriesKey) -> Bool {
            (left.source, left.signal.rawValue) < (right.source, right.signal.rawValue)
        }
    }
}

/// A span of wall time, both ends included.
struct WallRange {
    var first: WallInstant
    var last: WallInstant
}

/// Keeps the smallest and the greatest value of each slice of time, in memory that does not grow with the readings.
struct TimelineThinning {
    private let range: WallRange
    private let maxPoints: Int
    /// All points, until there are more than `maxPoints`.
    private var all: [TimelinePoint] = []
    private var slices: [Slice?]
    private(set) var count = 0

    private struct Slice {
        var smallest: (order: Int, point: TimelinePoint)
        var greatest: (order: Int, point: TimelinePoint)
    }

    init(range: WallRange, maxPoints: Int) {
        self.range = range
        self.maxPoints = max(2, maxPoints)
        slices = Array(repeating: nil, count: max(1, maxPoints / 2))
    }

    /// Takes the next point in the order of arrival; points outside the range are passed over.
    mutating func add(_ point: TimelinePoint) {
        guard point.at.wall >= range.first, point.at.wall <= range.last else { return }
        count += 1
        if count <= maxPoints { all.append(point) }
        let index = slice(of: point.at.wall)
        guard var slice = slices[index] else {
            slices[index] = Slice(smallest: (count, point), greatest: (count, point))
            return
        }
        if point.value < slice.smallest.point.value { slice.smallest = (count, point) }
        if point.value > slice.greatest.point.value { slice.greatest = (count, point) }
        slices[index] = slice
    }

    /// What remains, in the order of arrival.
    var points: [TimelinePoint] {
        guard count > maxPoints else { return all }
        let kept = slices.compactMap { $0 }.flatMap { slice in
            slice.smallest.order == slice.greatest.order ? [slice.smallest] : [slice.smallest, slice.greatest]
        }
        return kept.sorted { $0.order < $1.order }.map(\.point)
    }

    private func slice(of instant: WallInstant) -> Int {
        let span = Double((range.last - range.first).nanoseconds)
        guard span > 0 else { return 0 }
        let share = Double((instant - range.first).nanoseconds) / span
        return min(slices.count - 1, max(0, Int(share * Double(slices.count))))
    }
}
