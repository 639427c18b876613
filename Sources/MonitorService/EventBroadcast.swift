import ControlProtocol
import Dispatch
import Logging
import Locking
import VitalsModel

/// What followers read from: the last entries, the unrecorded announcements, and a wake-up for each follower.
///
/// Nothing is queued for a follower but readings (bounded): each goes through the log at its own pace, from this ring or from the
/// store. So a stopped follower costs no memory and delays nobody.
final class EventBroadcast: Sendable {
    /// One numbered entry, encoded once for all followers.
    struct Line: Sendable {
        var number: Int64
        var room: RoomID?
        var text: String
    }

    /// One announcement without a number; `ordinal` counts them.
    struct UnrecordedLine: Sendable {
        var ordinal: Int
        var room: RoomID?
        var text: String
    }

    /// The most entries and unrecorded announcements that are kept in memory.
    private static let mostLines = 4096
    /// The most readings that wait to be written as JSON; later ones are dropped and counted.
    private static let mostWaitingReadings = 100_000

    let epoch: StoreEpoch
    private let logger: Logger
    private let state: Mutex<State>
    /// Readings become text here and not on a room's queue, where the next alert would wait for it.
    private let readingsQueue = DispatchQueue(label: "announcer.readings")
    private let waitingReadings = Mutex(0)
    private let droppedReadings = Mutex(0)

    private struct State {
        var lines: [Line] = []
        var lastNumber: Int64
        var unrecorded: [UnrecordedLine] = []
        var unrecordedCount = 0
        var subscribers: [Int: Subscription] = [:]
        var nextSubscriber = 0
        var isFinished = false
        var storeIsLate = false
        var wantsReadings = 0
    }

    init(epoch: StoreEpoch, lastNumber: Int64, logger: Logger) {
        self.epoch = epoch
        self.logger = logger
        state = Mutex(State(lastNumber: lastNumber))
    }

    var lastNumber: Int64 { state.withLock { $0.lastNumber } }
    var followerCount: Int { state.withLock { $0.subscribers.count } }
    var unrecordedCount: Int { state.withLock { $0.unrecordedCount } }
    var isFinished: Bool { state.withLock { $0.isFinished } }
    var storeIsLate: Bool {
        get { state.withLock { $0.storeIsLate } }
        set { state.withLock { $0.storeIsLate = newValue } }
    }

    /// Announces committed entries; they come in the order of their numbers.
    func publish(_ entries: [Entry]) {
        let lines = entries.compactMap { entry in
            entry.number.flatMap { number in text(entry).map { Line(number: number, room: entry.draft.room, text: $0) } }
        }
        let subscribers = state.withLock { state in
            // An entry that was sent twice by its writer keeps its number and is not told twice.
            for line in lines where line.number > state.lastNumber {
                state.lines.append(line)
                state.lastNumber = line.number
            }
            if state.lines.count > Self.mostLines * 2 { state.lines.removeFirst(state.lines.count - Self.mostLines) }
            return Array(state.subscribers.values)
        }
        for subscriber in subscribers { subscriber.wake() }
    }

    /// Announces entries that the store has not taken in time.
    func publishUnrecorded(_ entries: [Entry]) {
        let texts = entries.compactMap { entry in text(entry).map { (entry.draft.room, $0) } }
        let subscribers = state.withLock { state in
            for (room, text) in texts {
                state.unrecordedCount += 1
                state.unrecorded.append(UnrecordedLine(ordinal: state.unrecordedCount, room: room, text: text))
            }
            if state.unrecorded.count > Self.mostLines { state.unrecorded.removeFirst(state.unrecorded.count - Self.mostLines) }
            return Array(state.subscribers.values)
        }
        for subscriber in subscribers { subscriber.wake() }
    }

    /// Shows readings to the followers that asked for them; returns at once.
    func publish(_ readings: [Reading], of room: RoomID) {
        guard state.withLock({ $0.wantsReadings > 0 }) else { return }
        let isAccepted = waitingReadings.withLock { waiting in
            guard waiting + readings.count <= Self.mostWaitingReadings else { return false }
            waiting += readings.count
            return true
        }
        guard isAccepted else { return droppedReadings.withLock { $0 += readings.count } }
        readingsQueue.async { self.show(readings, of: room) }
    }

    private func show(_ readings: [Reading], of room: RoomID) {
        dispatchPrecondition(condition: .onQueue(readingsQueue))
        waitingReadings.withLock { $0 -= readings.count }
        let subscribers = state.withLock { $0.subscribers.values.filter(\.wantsReadings) }
        guard !subscribers.isEmpty else { return }
        let texts = readings.compactMap { reading in encoded { try ControlJSON.text(ReadingLine(room: room, reading: reading)) } }
        for subscriber in subscribers {
            let dropped = subscriber.add(texts, room: room)
            if dropped > 0 { droppedReadings.withLock { $0 += dropped } }
        }
    }

    /// How many readings some follower did not get since this was last asked; the store has them all.
    func takeDroppedReadings() -> Int {
        droppedReadings.withLock { count in
            defer { count = 0 }
            return count
        }
    }

    /// Once a second, so that each follower shows a sign of life.
    func tick() {
        for subscriber in state.withLock({ Array($0.subscribers.values) }) { subscriber.tick() }
    }

    /// Ends all followers after what they have still to send.
    func finish() {
        let subscribers = state.withLock { state in
            state.isFinished = true
            return Array(state.subscribers.values)
        }
        for subscriber in subscribers { subscriber.wake() }
    }

    // MARK: Followers

    func subscribe(readings: Bool) -> Subscription {
        state.withLock { state in
            state.nextSubscriber += 1
            let subscription = Subscription(id: state.nextSubscriber, wantsReadings: readings)
            state.subscribers[subscription.id] = subscription
            if readings { state.wantsReadings += 1 }
            return subscription
        }
    }

    func unsubscribe(_ subscription: Subscription) {
        state.withLock { state in
            guard state.subscribers.removeValue(forKey: subscription.id) != nil else { return }
            if subscription.wantsReadings { state.wantsReadings -= 1 }
        }
    }

    /// Entries after `number` from memory; nil when they begin before what memory holds.
    func lines(after number: Int64, limit: Int) -> [Line]? {
        state.withLock { state in
            guard number < state.lastNumber else { return [] }
            guard let first = state.lines.first, first.number <= number + 1 else { return nil }
            let start = Int(number + 1 - first.number)
            return Array(state.lines[start..<min(state.lines.count, start + limit)])
        }
    }

    /// Unrecorded announcements after the `ordinal`-th.
    func unrecorded(after ordinal: Int) -> [UnrecordedLine] {
        state.withLock { state in
            ordinal == state.unrecordedCount ? [] : state.unrecorded.filter { $0.ordinal > ordinal }
        }
    }

    private func text(_ entry: Entry) -> String? { encoded { try ControlJSON.text(EventLine(entry)) } }

    private func encoded(_ body: () throws -> String) -> String? {
        do {
            return try body()
        } catch {
            logger.critical("an event cannot be written as JSON, followers do not see it: \(error)")
            return nil
        }
    }
}

/// One follower's wake-up and its readings.
final class Subscription: Sendable {
    /// The most readings that wait for a slow follower; older ones go first.
    private static let mostReadings = 4096

    let id: Int
    let wantsReadings: Bool
    let wakes: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let readings = Mutex<[(room: RoomID, text: String)]>([])
    private let isTickDue = Mutex(false)

    init(id: Int, wantsReadings: Bool) {
        self.id = id
        self.wantsReadings = wantsReadings
        (wakes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    func wake() { continuation.yield() }

    /// A second has passed.
    func tick() {
        isTickDue.withLock { $0 = true }
        wake()
    }

    /// Whether a second has passed since this was last asked.
    func takeTick() -> Bool {
        isTickDue.withLock { isDue in
            defer { isDue = false }
            return isDue
        }
    }

    /// Answers how many readings had to go.
    func add(_ texts: [String], room: RoomID) -> Int {
        let dropped = readings.withLock { readings in
            readings += texts.map { (room, $0) }
            let tooMany = max(0, readings.count - Self.mostReadings)
            readings.removeFirst(tooMany)
            return tooMany
        }
        wake()
        return dropped
    }

    func takeReadings() -> [(room: RoomID, text: String)] {
        readings.withLock { readings in
            defer { readings.removeAll(keepingCapacity: true) }
            return readings
        }
    }
}
