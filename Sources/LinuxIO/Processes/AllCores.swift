import Dispatch
import Glibc
import Locking

/// The same work on many things, on all cores at once, with the outcomes in the order of the things.
///
/// At most two things a core are under way, or done and not yet taken, so that memory does not grow with their number.
public enum AllCores {
    /// How many cores this machine has.
    public static var count: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// Works on all items and hands over each outcome, in order, on the thread that calls.
    ///
    /// - Parameters:
    ///   - items: what is worked on.
    ///   - work: runs on several threads at once.
    ///   - take: gets the place of an item and its outcome.
    /// - Throws: what `work` threw for the first item that failed, or what `take` throws; what was not begun then is not done, and
    ///   nothing runs on when this returns.
    public static func inOrder<Item: Sendable, Outcome: Sendable>(
        _ items: [Item], work: @escaping @Sendable (Item) throws -> Outcome, take: (Int, Outcome) throws -> Void
    ) throws {
        let queue = DispatchQueue(label: "all-cores", attributes: .concurrent)
        let stop = Stop()
        var underWay: [Slot<Outcome>] = []
        var begun = 0
        defer {
            stop.isWanted.withLock { $0 = true }
            for slot in underWay { slot.wait() }
        }
        for index in items.indices {
            while begun < min(items.count, index + 2 * count) {
                underWay.append(Slot(items[begun], on: queue, until: stop, work))
                begun += 1
            }
            try take(index, underWay.removeFirst().outcome())
        }
    }
}

/// Whether nobody wants any more outcomes.
private final class Stop: Sendable {
    let isWanted = Mutex(false)
}

/// The place of one outcome.
private final class Slot<Outcome: Sendable>: Sendable {
    private let result = Mutex<Result<Outcome, any Error>?>(nil)
    private let isDone = DispatchSemaphore(value: 0)

    init<Item: Sendable>(_ item: Item, on queue: DispatchQueue, until stop: Stop, _ work: @escaping @Sendable (Item) throws -> Outcome) {
        queue.async {
            if !stop.isWanted.withLock({ $0 }) {
                let outcome = Result { try work(item) }
                self.result.withLock { $0 = outcome }
            }
            self.isDone.signal()
        }
    }

    func wait() { isDone.wait() }

    /// The outcome, once it is there.
    func outcome() throws -> Outcome {
        wait()
        guard let result = result.withLock({ $0 }) else { throw CancellationError() }
        return try result.get()
    }
}
