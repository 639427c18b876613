import Dispatch
import SessionStore
import Locking

/// Runs database reads off the cooperative threads, since they may wait for the disk. A few queues in turn, so that a flood
/// of requests makes no flood of threads.
final class StoreReads: Sendable {
    private let store: SessionStore
    private let queues = (0..<3).map { DispatchQueue(label: "store.read.\($0)") }
    private let turn = Mutex(0)

    init(_ store: SessionStore) { self.store = store }

    /// Runs `body` on a reader's thread.
    func run<Answer: Sendable>(_ body: @escaping @Sendable (SessionStore) throws -> Answer) async throws -> Answer {
        let queue = turn.withLock { turn in
            turn = (turn + 1) % queues.count
            return queues[turn]
        }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body(self.store) }) }
        }
    }
}
