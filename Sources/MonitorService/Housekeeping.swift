import Dispatch
import Logging
import SessionStore
import VitalsModel

/// What the daemon does by itself, once a second of machine time: a sign of life to the followers, a look at the clocks, and
/// once an hour the end of what belongs to no session. All `var`s belong to `queue`.
final class Housekeeping: @unchecked Sendable {
    private static let pruneEvery = 3600
    /// A tail that stands still for an hour is worth a line a minute, not one a second.
    private static let dropReportEvery = 60

    private let queue = DispatchQueue(label: "housekeeping")
    private let timer: any DispatchSourceTimer
    private let clock: any MonitorClock
    private let store: SessionStore
    private let recorder: Recorder
    private let broadcast: EventBroadcast
    private let faults: FaultListeners
    private let retention: Duration
    private let logger: Logger
    private var watch: ClockWatch
    private var seconds = 0
    private var nextDropReport = 0

    init(
        clock: any MonitorClock, store: SessionStore, recorder: Recorder, broadcast: EventBroadcast, faults: FaultListeners,
        retention: Duration, logger: Logger
    ) {
        self.clock = clock
        self.store = store
        self.recorder = recorder
        self.broadcast = broadcast
        self.faults = faults
        self.retention = retention
        self.logger = logger
        watch = ClockWatch(start: clock.now())
        timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now() + .seconds(1), repeating: .seconds(1), leeway: .milliseconds(50))
        timer.setEventHandler { @Sendable [weak self] in self?.tick() }
        timer.activate()
    }

    deinit { timer.cancel() }

    func stop() { timer.cancel() }

    private func tick() {
        dispatchPrecondition(condition: .onQueue(queue))
        broadcast.tick()
        let now = clock.now()
        if let step = watch.step(at: now) { record(step, at: now) }
        if seconds % Self.pruneEvery == 0 { prune(at: now) }
        if seconds >= nextDropReport { reportDropped(at: now) }
        seconds += 1
    }

    /// The anchor makes the wall times of later readings right; the entry tells why times jump.
    private func record(_ step: ClockStep, at now: Moment) {
        let seconds = (step.after - step.before).inSeconds.shortText
        logger.warning("the wall clock was set by \(seconds) s")
        do { try store.recordClockAnchor(bootID: clock.bootID, at: now) } catch { logger.error("the clock step is not anchored: \(error)") }
        let event = EventID("clock@\(clock.bootID.prefix(8))-\(now.boot.nanoseconds)")
        let draft = EntryDraft(event: event, session: nil, room: nil, at: now, actor: .engine, content: .clockStep(step))
        recorder.record(StoreBatch(entries: [draft]))
        faults.tell(SystemFaultChange(fault: .clockStep, isOn: true, detail: "by \(seconds) s; times on paper may not fit"))
    }

    /// Readings that a slow follower did not see; what is dropped is never silent (DESIGN.md section 3, point 1).
    private func reportDropped(at now: Moment) {
        let count = broadcast.takeDroppedReadings()
        guard count > 0 else { return }
        nextDropReport = seconds + Self.dropReportEvery
        logger.warning("\(count) readings were not shown to a follower that reads too slowly; the store has them")
        let event = EventID("follower@\(clock.bootID.prefix(8))-\(now.boot.nanoseconds)")
        let content = EntryContent.dropped(DroppedCount(queue: "follower", count: count))
        recorder.record(
            StoreBatch(entries: [EntryDraft(event: event, session: nil, room: nil, at: now, actor: .engine, content: content)]))
    }

    private func prune(at now: Moment) {
        do {
            let count = try store.pruneRoomReadings(before: now.moved(to: now.boot - retention))
            if count > 0 { logger.info("\(count) readings of rooms without a session have passed their time") }
        } catch {
            logger.error("old readings of rooms without a session stay for now: \(error)")
        }
    }
}
