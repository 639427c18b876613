import Dispatch
import Locking

/// Gathers what callbacks say and waits for it with a deadline.
final class Recorder<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    private let arrived = DispatchSemaphore(value: 0)

    var all: [Value] { values.withLock { $0 } }

    func add(_ value: Value) {
        values.withLock { $0.append(value) }
        arrived.signal()
    }

    /// The values once there are `count`, or those there are when the time is over.
    func wait(for count: Int, seconds: Double = 20) -> [Value] {
        let deadline = DispatchTime.now() + seconds
        while all.count < count, arrived.wait(timeout: deadline) == .success {}
        return all
    }
}
