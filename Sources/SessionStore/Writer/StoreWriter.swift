import Dispatch
import Locking
import VitalsModel

/// The store's queue: takes entries and readings from any thread without waiting and commits them in their order.
///
/// - Entries are committed at once, together with everything that waits before them. Readings gather for half a second or a
///   thousand rows.
/// - While the disk is sick (full, failing, read-only, held by another program), the same group is tried again after 100 ms, 200 ms,
///   … 2 s, nothing overtakes it, and what arrives waits in a bounded reserve. What no longer fits is counted and becomes an entry
///   `dropped` with the next commit.
/// - A batch whose content the database refuses is taken out of its group and refused alone.
public final class StoreWriter: Sendable {
    private struct State {
        var inbox: StoreInbox
        var isDrainQueued = false
        var isGathering = false
        var isBackingOff = false
        var retryDelay: Duration
    }

    private let store: SessionStore
    private let limits: StoreWriterLimits
    private let now: @Sendable () -> Moment
    private let observer: StoreWriterObserver
    private let health: StoreHealth
    private let queue = DispatchQueue(label: "vigil.store")
    private let state: Mutex<State>

    /// Creates a writer; one store has one.
    ///
    /// - Parameters:
    ///   - store: The open store.
    ///   - limits: Times and bounds.
    ///   - now: Both clocks, for the entries that the writer itself writes.
    ///   - observer: Who is told when the store is late, recovers or dropped something.
    public init(
        store: SessionStore, limits: StoreWriterLimits = StoreWriterLimits(), now: @escaping @Sendable () -> Moment,
        observer: StoreWriterObserver = StoreWriterObserver()
    ) {
        self.store = store
        self.limits = limits
        self.now = now
        self.observer = observer
        health = StoreHealth(limit: limits.lateAfter, observer: observer)
        state = Mutex(State(inbox: StoreInbox(limits: limits), retryDelay: limits.firstRetry))
    }

    /// What waits, and how the store does.
    public var backlog: StoreBacklog {
        let isLate = health.isLate
        return state.withLock { state in
            StoreBacklog(
                entries: state.inbox.entryCount, readings: state.inbox.readingCount, droppedEntries: state.inbox.droppedEntries,
                droppedReadings: state.inbox.droppedReadings, isLate: isLate)
        }
    }

    /// Commits a batch as soon as the disk allows and returns at once.
    ///
    /// - Parameters:
    ///   - batch: What belongs together.
    ///   - completion: Called once, in the order of submission, on the store's queue, when the batch is durable (however long that
    ///     takes), or with the error when its content was refused. When the reserve is full it is called at once on another queue.
    ///     It should return quickly: the next commit waits for it.
    public func submitEntries(_ batch: StoreBatch, completion: @escaping @Sendable (Result<[Entry], StoreError>) -> Void) {
        let isTaken = state.withLock { $0.inbox.offer(Submission(batch: batch, completion: completion)) }
        if isTaken { return queueDrain() }
        let message = "\(limits.maximumEntries) entries wait already, this one is lost"
        let error = StoreError(code: .reserveFull, path: store.path, message: message)
        health.queue.async { @Sendable in completion(.failure(error)) }
    }

    /// Commits readings within half a second, with whatever else is committed by then, and returns at once.
    public func submitReadings(_ readings: [StoredReading]) {
        let (isFull, startsGathering) = state.withLock { state in
            state.inbox.offer(readings)
            let isFull = state.inbox.waitingReadings >= limits.gatherRows
            let startsGathering = !isFull && !state.isGathering && !readings.isEmpty
            if startsGathering { state.isGathering = true }
            return (isFull, startsGathering)
        }
        if isFull { queueDrain() }
        if startsGathering { gather() }
    }

    /// Calls `completion` on the store's queue once all that was submitted before is durable or refused; for an orderly stop.
    public func flush(completion: @escaping @Sendable () -> Void) {
        submitEntries(StoreBatch()) { _ in completion() }
    }

    private func gather() {
        queue.asyncAfter(deadline: .now() + limits.gatherTime.dispatchInterval) { @Sendable [self] in
            state.withLock { $0.isGathering = false }
            drain()
        }
    }

    private func queueDrain() {
        let isNeeded = state.withLock { state in
            defer { state.isDrainQueued = true }
            return !state.isDrainQueued
        }
        guard isNeeded else { return }
        queue.async { @Sendable [self] in
            state.withLock { $0.isDrainQueued = false }
            drain()
        }
    }

    /// Commits group after group until nothing waits or a commit fails.
    private func drain() {
        dispatchPrecondition(condition: .onQueue(queue))
        while true {
            let group = nextGroup()
            guard !group.isEmpty else { return }
            health.commitStarts()
            do throws(StoreError) {
                let entries = try store.commit(group: group.map(\.batch))
                health.commitEnds(error: nil)
                succeed(group, entries: entries)
            } catch {
                health.commitEnds(error: error)
                if error.isTemporary { return tryAgainLater() }
                refuse(error)
            }
        }
    }

    /// The next group, with the entries that tell of drops; empty while a failed commit waits for its next attempt.
    private func nextGroup() -> [Submission] {
        let moment = now()
        return state.withLock { state in
            guard !state.isBackingOff else { return [] }
            guard state.inbox.group.isEmpty else { return state.inbox.group }
            _ = state.inbox.nextGroup()
            let drops = state.inbox.untoldDrops()
            if !drops.isEmpty { state.inbox.join(tellingOf: drops, at: moment, bootID: store.bootID, to: observer) }
            return state.inbox.group
        }
    }

    private func succeed(_ group: [Submission], entries: [[Entry]]) {
        state.withLock { state in
            state.inbox.finishGroup()
            state.retryDelay = limits.firstRetry
        }
        for (submission, entries) in zip(group, entries) { submission.completion?(.success(entries)) }
    }

    private func refuse(_ error: StoreError) {
        let refused = state.withLock { $0.inbox.divideGroup() }
        refused?.completion?(.failure(error))
    }

    private func tryAgainLater() {
        let delay = state.withLock { state in
            state.isBackingOff = true
            defer { state.retryDelay = min(state.retryDelay * 2, limits.lastRetry) }
            return state.retryDelay
        }
        queue.asyncAfter(deadline: .now() + delay.dispatchInterval) { @Sendable [self] in
            state.withLock { $0.isBackingOff = false }
            drain()
        }
    }
}

extension StoreInbox {
    /// Adds entries that say what was dropped to the group.
    fileprivate mutating func join(tellingOf drops: [DroppedCount], at moment: Moment, bootID: String, to observer: StoreWriterObserver) {
        let drafts = drops.map { drop in
            EntryDraft(
                event: EventID("dropped-\(bootID)-\(moment.boot.nanoseconds)-\(drop.queue)"), session: nil, room: nil, at: moment,
                actor: .engine, content: .dropped(drop))
        }
        join(
            Submission(batch: StoreBatch(entries: drafts)) { result in
                if case .success(let entries) = result { observer.onOwnEntries(entries) }
            })
    }
}
