import Dispatch
import Locking
import VitalsModel

/// Watches each commit from another queue, so that one that hangs is noticed while it hangs.
final class StoreHealth: Sendable {
    private struct State {
        /// Counts commits, so that a timer knows whether its commit still runs.
        var commit: UInt64 = 0
        var runningSince: DispatchTime?
        var lateSince: DispatchTime?
    }

    /// Where observers are called.
    let queue = DispatchQueue(label: "vigil.store.watch")
    private let state = Mutex(State())
    private let limit: Duration
    private let observer: StoreWriterObserver

    init(limit: Duration, observer: StoreWriterObserver) {
        self.limit = limit
        self.observer = observer
    }

    var isLate: Bool { state.withLock { $0.lateSince != nil } }

    /// A commit starts.
    func commitStarts() {
        let commit = state.withLock { state in
            state.commit += 1
            state.runningSince = .now()
            return state.commit
        }
        queue.asyncAfter(deadline: .now() + limit.dispatchInterval) { @Sendable [self] in
            state.withLock { state in
                if state.commit == commit, state.runningSince != nil { becomeLate(&state, error: nil) }
            }
        }
    }

    /// The commit ended; `error` is what it threw.
    func commitEnds(error: StoreError?) {
        state.withLock { state in
            let now = DispatchTime.now()
            let took = now.uptimeNanoseconds - (state.runningSince ?? now).uptimeNanoseconds
            let isSlow = took > UInt64(max(0, limit.nanoseconds))
            state.runningSince = nil
            if let error {
                if error.isTemporary { becomeLate(&state, error: error) }
            } else if isSlow {
                becomeLate(&state, error: nil)
            } else {
                recover(&state, now: now)
            }
        }
    }

    /// The observers' queue is serial and filled under the lock, so that they hear of changes in their order.
    private func becomeLate(_ state: inout State, error: StoreError?) {
        guard state.lateSince == nil else { return }
        state.lateSince = .now()
        queue.async { @Sendable [observer, limit] in observer.onLate(StoreTrouble(error: error, limit: limit)) }
    }

    private func recover(_ state: inout State, now: DispatchTime) {
        guard let since = state.lateSince else { return }
        state.lateSince = nil
        let lateFor = Duration.nanoseconds(Int64(now.uptimeNanoseconds - since.uptimeNanoseconds))
        queue.async { @Sendable [observer] in observer.onRecovered(lateFor) }
    }
}

extension Duration {
    /// The duration for Dispatch's timers.
    var dispatchInterval: DispatchTimeInterval { .nanoseconds(Int(nanoseconds)) }
}
