import ControlProtocol
import Dispatch
import Logging
import SessionStore
import Locking
import VitalsModel

/// Between the sessions and the store: every entry is committed before it is announced, but for no longer than 250 ms; then
/// it goes out as `unrecorded`, and comes again with its number (DESIGN.md section 3, point 3). All `var`s belong to `queue`.
final class Recorder: @unchecked Sendable {
    /// How long an announcement waits for its commit. A machine timer: it never scales.
    static let longestWait = DispatchTimeInterval.milliseconds(250)

    private let queue = DispatchQueue(label: "announcer")
    private let writer: StoreWriter
    private let trouble = Trouble()
    private let faults: FaultListeners
    private let broadcast: EventBroadcast
    private let clock: any MonitorClock
    private let logger: Logger
    private let timer: any DispatchSourceTimer

    private struct Waiting {
        var entries: [EntryDraft]
        var since: DispatchTime
        var then: (@Sendable (ActionResult) -> Void)?
        var isAnnounced = false
    }
    private var waiting: [Int: Waiting] = [:]
    private var order: [Int] = []
    private var nextTicket = 0
    private var storeEvents = 0
    private(set) var isLate = false

    init(store: SessionStore, broadcast: EventBroadcast, clock: any MonitorClock, faults: FaultListeners, logger: Logger) {
        let (queue, trouble) = (queue, trouble)
        writer = StoreWriter(
            store: store, now: { clock.now() },
            observer: StoreWriterObserver(
                onLate: { late in trouble.words.withLock { $0 = late.description } },
                onOwnEntries: { entries in
                    queue.async { broadcast.publish(entries) }
                    for case .dropped(let dropped) in entries.map(\.draft.content) {
                        faults.tell(SystemFaultChange(fault: .dropped, isOn: true, detail: "\(dropped.count) at \(dropped.queue)"))
                    }
                }))
        self.faults = faults
        self.broadcast = broadcast
        self.clock = clock
        self.logger = logger
        timer = DispatchSource.makeTimerSource(queue: queue)
        timer.setEventHandler { @Sendable [weak self] in self?.announceWhatWaitsTooLong() }
        timer.schedule(deadline: .distantFuture)
        timer.activate()
    }

    deinit { timer.cancel() }

    /// Keeps readings: durable within a second, never announced.
    func keep(_ batch: StoreBatch) {
        // By the same way as entries, so that no older state of a session overtakes a newer one.
        queue.async {
            guard batch.snapshots.isEmpty else { return self.submit(batch, then: nil) }
            self.writer.submitReadings(batch.readings)
        }
    }

    /// Returns when everything is durable, or after `limit` while the disk is sick.
    func flush(within limit: DispatchTimeInterval) async {
        await withCheckedContinuation { continuation in
            let once = Once { continuation.resume() }
            writer.flush { once.run() }
            queue.asyncAfter(deadline: .now() + limit) { once.run() }
        }
    }

    /// Commits entries at once and announces them in the order of the calls. `then` is told when they are durable, or that
    /// the store is late.
    func record(_ batch: StoreBatch, then: (@Sendable (ActionResult) -> Void)? = nil) {
        queue.async { self.submit(batch, then: then) }
    }

    /// Runs `body` when everything recorded before has been announced or declared late.
    func afterQueued(_ body: @escaping @Sendable () -> Void) {
        queue.async {
            guard let last = self.order.last, var waiting = self.waiting[last], !waiting.isAnnounced else { return body() }
            let then = waiting.then
            waiting.then = { result in
                then?(result)
                body()
            }
            self.waiting[last] = waiting
        }
    }

    private func submit(_ batch: StoreBatch, then: (@Sendable (ActionResult) -> Void)?) {
        dispatchPrecondition(condition: .onQueue(queue))
        nextTicket += 1
        let ticket = nextTicket
        waiting[ticket] = Waiting(entries: batch.entries, since: .now(), then: then)
        order.append(ticket)
        armTimer()
        submit(batch, as: ticket)
    }

    private func submit(_ batch: StoreBatch, as ticket: Int) {
        // The recorder outlives what it has submitted: a completion that nobody hears would lose an announcement.
        writer.submitEntries(batch) { result in
            self.queue.async { self.settle(ticket, result) }
        }
    }

    private func settle(_ ticket: Int, _ result: Result<[Entry], StoreError>) {
        dispatchPrecondition(condition: .onQueue(queue))
        guard let settled = waiting.removeValue(forKey: ticket) else { return }
        order.removeAll { $0 == ticket }
        armTimer()
        switch result {
        case .success(let entries):
            broadcast.publish(entries)
            settled.then?(ActionResult(recorded: true, entries: entries.map { EventLine($0) }))
        case .failure(let error):
            // The writer gives up only on what will never fit: the alert is told all the same.
            logger.critical("entries were refused by the store: \(error)")
            if !settled.isAnnounced { announceUnrecorded(settled) }
        }
        if isLate, order.isEmpty { recover() }
    }

    private func armTimer() {
        let oldest = order.lazy.compactMap { self.waiting[$0] }.first { !$0.isAnnounced }
        timer.schedule(deadline: oldest.map { $0.since + Self.longestWait } ?? .distantFuture, leeway: .milliseconds(1))
    }

    private func announceWhatWaitsTooLong() {
        dispatchPrecondition(condition: .onQueue(queue))
        let now = DispatchTime.now()
        for ticket in order {
            guard let late = waiting[ticket], !late.isAnnounced else { continue }
            guard late.since + Self.longestWait <= now else { break }
            if !isLate { declareLate() }
            waiting[ticket]?.isAnnounced = true
            waiting[ticket]?.then = nil
            announceUnrecorded(late)
        }
        armTimer()
    }

    private func announceUnrecorded(_ late: Waiting) {
        let lines = late.entries.map { Entry(number: nil, epoch: broadcast.epoch, draft: $0) }
        broadcast.publishUnrecorded(lines)
        late.then?(ActionResult(recorded: false, entries: lines.map { EventLine($0) }))
    }

    // MARK: The store's own alert

    private func declareLate() {
        isLate = true
        let why = trouble.words.withLock { $0 }
        logger.critical("the store is late: \(why)")
        tell(StoreChange(state: .late, priority: .high, detail: why), unrecorded: true)
    }

    private func recover() {
        isLate = false
        logger.notice("the store has caught up")
        tell(StoreChange(state: .recovered, priority: .low, detail: "everything that waited is stored"), unrecorded: false)
    }

    private func tell(_ change: StoreChange, unrecorded: Bool) {
        storeEvents += 1
        let now = clock.now()
        let event = EventID("store@\(clock.bootID.prefix(8))-\(now.boot.nanoseconds)-\(storeEvents)")
        let draft = EntryDraft(event: event, session: nil, room: nil, at: now, actor: .engine, content: .store(change))
        if unrecorded { broadcast.publishUnrecorded([Entry(number: nil, epoch: broadcast.epoch, draft: draft)]) }
        nextTicket += 1
        let ticket = nextTicket
        waiting[ticket] = Waiting(entries: [draft], since: .now(), then: nil, isAnnounced: unrecorded)
        order.append(ticket)
        submit(StoreBatch(entries: [draft]), as: ticket)
        broadcast.storeIsLate = isLate
        faults.tell(SystemFaultChange(fault: .storeLate, isOn: isLate, detail: change.detail))
    }
}

/// The store's last words on why it is late.
private final class Trouble: Sendable {
    let words = Mutex("a commit takes longer than 250 ms")
}

/// Runs its body at the first call only.
private final class Once: Sendable {
    private let body: Mutex<(@Sendable () -> Void)?>

    init(_ body: @escaping @Sendable () -> Void) { self.body = Mutex(body) }

    func run() {
        let body = body.withLock { body in
            defer { body = nil }
            return body
        }
        body?()
    }
}
