import VitalsModel

/// The median of the last values of one source's stream: one stray value among good ones reaches no rule (alarms.md section 6, "Filter
/// before limits"). What is stored and shown is the raw value; the filtered one can be computed again at any time.
struct MedianFilter: Sendable, Hashable {
    /// How many values, an odd number.
    let width: Int
    private var values: [Double] = []
    private var last: BootInstant?

    init(width: Int) { self.width = width }

    /// The median with the new value in it. After a pause of `longestPause` the old values do not count any more.
    mutating func take(_ value: Double, at now: BootInstant, longestPause: Duration) -> Double {
        if let last, now - last > longestPause { values.removeAll(keepingCapacity: true) }
        last = now
        values.append(value)
        if values.count > width { values.removeFirst() }
        // While it fills, the newest odd number of values: a median of two would be a value that nobody measured.
        let count = values.count % 2 == 1 ? values.count : values.count - 1
        let newest = values.suffix(count)
        if count == 3 { return Self.median(newest[newest.startIndex], newest[newest.startIndex + 1], newest[newest.startIndex + 2]) }
        return newest.sorted()[count / 2]
    }

    private static func median(_ one: Double, _ two: Double, _ three: Double) -> Double {
        max(min(one, two), min(max(one, two), three))
    }
}

/// The filters of all streams, one for each source and signal.
struct StreamFilters: Sendable {
    private let widths: [Int]
    private var filters: [[(source: SourceID, filter: MedianFilter)]]

    init(_ widths: [Signal: Int]) {
        self.widths = Signal.allCases.map { $0.cadence == .streaming ? widths[$0] ?? 1 : 1 }
        filters = Signal.allCases.map { _ in [] }
    }

    /// The value that the rules see.
    mutating func filtered(_ value: Double, of reading: Reading, at now: BootInstant, longestPause: Duration) -> Double {
        let place = reading.signal.ordinal
        guard widths[place] > 1 else { return value }
        let index = filters[place].firstIndex { $0.source == reading.source } ?? filters[place].count
        if index == filters[place].count { filters[place].append((reading.source, MedianFilter(width: widths[place]))) }
        return filters[place][index].filter.take(value, at: now, longestPause: longestPause)
    }
}
