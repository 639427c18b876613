/// How long the writer gathers and how much it holds. The times are the machine's and never scale with a patient clock.
public struct StoreWriterLimits: Sendable, Hashable {
    /// Readings wait at most this long for company; with the commit itself they are durable within a second.
    public var gatherTime: Duration
    /// Readings no longer wait when there are this many.
    public var gatherRows: Int
    /// One transaction takes no more once it has this many rows, so that an entry never waits for a giant.
    public var groupRows: Int
    /// Readings that may wait while the disk is sick; what comes beyond is dropped and counted.
    public var maximumReadings: Int
    /// Entries that may wait while the disk is sick; what comes beyond is refused and counted.
    public var maximumEntries: Int
    /// A commit that takes longer is late.
    public var lateAfter: Duration
    /// The wait after the first failed commit; each further failure doubles it.
    public var firstRetry: Duration
    /// The longest wait between two attempts.
    public var lastRetry: Duration

    /// Creates limits; the defaults are those of the design.
    public init(
        gatherTime: Duration = .milliseconds(500), gatherRows: Int = 1_000, groupRows: Int = 10_000, maximumReadings: Int = 200_000,
        maximumEntries: Int = 100_000, lateAfter: Duration = .milliseconds(250), firstRetry: Duration = .milliseconds(100),
        lastRetry: Duration = .seconds(2)
    ) {
        self.gatherTime = gatherTime
        self.gatherRows = gatherRows
        self.groupRows = groupRows
        self.maximumReadings = maximumReadings
        self.maximumEntries = maximumEntries
        self.lateAfter = lateAfter
        self.firstRetry = firstRetry
        self.lastRetry = lastRetry
    }
}
