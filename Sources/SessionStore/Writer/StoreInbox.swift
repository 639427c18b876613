import VitalsModel

/// One call of a sender, or the readings of several.
struct Submission: Sendable {
    var batch: StoreBatch
    var completion: (@Sendable (Result<[Entry], StoreError>) -> Void)?

    var rows: Int { batch.readings.count + batch.entries.count }
}

/// The bounded queue before the store: submissions in their order, and the group that is being committed.
struct StoreInbox: Sendable {
    private let limits: StoreWriterLimits
    private var waiting: [Submission] = []
    /// What is being committed, kept until it is durable.
    private(set) var group: [Submission] = []
    /// How many of the next groups hold one submission only: one of them was refused in company.
    private var singles = 0

    private(set) var entryCount = 0
    private(set) var readingCount = 0
    private(set) var droppedEntries = 0
    private(set) var droppedReadings = 0
    private var toldDroppedEntries = 0
    private var toldDroppedReadings = 0

    init(limits: StoreWriterLimits) { self.limits = limits }

    /// Readings that are not being committed yet.
    var waitingReadings: Int { readingCount - group.reduce(0) { $0 + $1.batch.readings.count } }

    /// Takes a submission, or refuses and counts it when the reserve is full.
    mutating func offer(_ submission: Submission) -> Bool {
        let entries = submission.batch.entries.count
        guard entryCount + entries <= limits.maximumEntries else {
            droppedEntries += entries
            droppedReadings += submission.batch.readings.count
            return false
        }
        entryCount += entries
        readingCount += submission.batch.readings.count
        waiting.append(submission)
        return true
    }

    /// Takes as many readings as there is room for and counts the rest as dropped.
    mutating func offer(_ readings: [StoredReading]) {
        let room = max(0, limits.maximumReadings - readingCount)
        let taken = readings.prefix(room)
        droppedReadings += readings.count - taken.count
        readingCount += taken.count
        guard !taken.isEmpty else { return }
        if let last = waiting.last, last.completion == nil, last.batch.holdsOnlyReadings, last.rows < limits.groupRows {
            waiting[waiting.count - 1].batch.readings.append(contentsOf: taken)
        } else {
            waiting.append(Submission(batch: StoreBatch(readings: Array(taken)), completion: nil))
        }
    }

    /// The group to commit now: the one that failed before, or the next submissions up to the limit; empty when nothing waits.
    mutating func nextGroup() -> [Submission] {
        guard group.isEmpty else { return group }
        var rows = 0
        let count = waiting.firstIndex { submission in
            defer { rows += submission.rows }
            return rows >= limits.groupRows
        }
        var size = count ?? waiting.count
        if singles > 0, size > 0 {
            size = 1
            singles -= 1
        }
        group = Array(waiting.prefix(size))
        waiting.removeFirst(size)
        return group
    }

    /// Puts a submission of the writer's own at the end of the group, outside the reserve.
    mutating func join(_ submission: Submission) {
        group.append(submission)
        entryCount += submission.batch.entries.count
    }

    /// The group is durable.
    mutating func finishGroup() {
        for submission in group { release(submission) }
        group = []
    }

    /// The group's content was refused: takes it apart, or, where it cannot be divided, drops, counts and returns it.
    mutating func divideGroup() -> Submission? {
        let parts = group.count > 1 ? group : Self.bySession(group)
        if parts.count > 1 {
            waiting.insert(contentsOf: parts, at: 0)
            singles = max(0, singles) + parts.count
            group = []
            return nil
        }
        let refused = group.first
        if let refused {
            droppedEntries += refused.batch.entries.count
            droppedReadings += refused.batch.readings.count
        }
        finishGroup()
        return refused
    }

    /// What was dropped since this was asked last.
    mutating func untoldDrops() -> [DroppedCount] {
        let counts = [
            DroppedCount(queue: "store.readings", count: droppedReadings - toldDroppedReadings),
            DroppedCount(queue: "store.entries", count: droppedEntries - toldDroppedEntries),
        ]
        toldDroppedReadings = droppedReadings
        toldDroppedEntries = droppedEntries
        return counts.filter { $0.count > 0 }
    }

    private mutating func release(_ submission: Submission) {
        entryCount -= submission.batch.entries.count
        readingCount -= submission.batch.readings.count
    }

    /// Gathered readings by session, so that one bad session costs the others nothing.
    private static func bySession(_ group: [Submission]) -> [Submission] {
        guard let only = group.first, only.completion == nil, only.batch.holdsOnlyReadings else { return group }
        let sessions = Dictionary(grouping: only.batch.readings, by: \.session)
        return sessions.values.map { Submission(batch: StoreBatch(readings: $0), completion: nil) }
    }
}
