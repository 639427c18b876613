import Locking
import VitalsModel

/// Whom to tell when something goes wrong with Vigil itself: the rooms, so that the rules of their sessions can call people.
final class FaultListeners: Sendable {
    typealias Listener = @Sendable (SystemFaultChange) -> Void

    private let state = Mutex((listeners: [Listener](), standing: [SystemFault: SystemFaultChange]()))

    /// Adds a listener; it must return at once.
    func add(_ listener: @escaping Listener) { state.withLock { $0.listeners.append(listener) } }

    /// Tells every room.
    func tell(_ change: SystemFaultChange) {
        let listeners = state.withLock { state in
            if !change.fault.isMoment { state.standing[change.fault] = change.isOn ? change : nil }
            return state.listeners
        }
        for listener in listeners { listener(change) }
    }

    /// What is wrong now, for a session that begins.
    var standing: [SystemFaultChange] {
        state.withLock { state in SystemFault.allCases.compactMap { state.standing[$0] } }
    }
}
