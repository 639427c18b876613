import CLinux
import Glibc
import Locking
import Synchronization

/// What other threads ask of the poll thread, with the descriptor that wakes it.
final class PollInbox: Sendable {
    enum Request: Sendable {
        case add(PortRegistration)
        case remove(PortToken)
        case resume(PortToken)
        /// The port was closed outside the poll thread, which may still wait on its descriptor.
        case portWasClosed(PortToken)
    }

    private struct State {
        var requests: [Request] = []
        var registrations: [PortToken: PortRegistration] = [:]
        var lastNumber: UInt64 = 0
        var isStopped = false
    }

    /// An event counter (eventfd) that poll(2) waits on beside the ports.
    let wakeDescriptor: Int32
    private let state = Locking.Mutex(State())
    private let pollThread = Atomic<Int32>(0)

    init() throws(SystemError) {
        wakeDescriptor = clinux_open_event_counter()
        guard wakeDescriptor >= 0 else {
            throw SystemError("make a wake-up descriptor", code: errno, remedy: "raise the limit of open files (LimitNOFILE, ulimit -n)")
        }
    }

    deinit { _ = close(wakeDescriptor) }

    /// Whether the caller runs on the poll thread, which means inside a callback.
    var isOnPollThread: Bool { pollThread.load(ordering: .acquiring) == clinux_thread_id() }

    var isStopped: Bool { state.withLock { $0.isStopped } }

    func register(
        _ port: SerialPort, deliver: @escaping PortReader.Deliver, lost: @escaping PortReader.Lost
    ) -> (PortRegistration, isStopped: Bool) {
        let (registration, isStopped) = state.withLock { state in
            state.lastNumber += 1
            let token = PortToken(number: state.lastNumber)
            let registration = PortRegistration(token: token, port: port, deliver: deliver, lost: lost)
            if !state.isStopped {
                state.registrations[token] = registration
                state.requests.append(.add(registration))
            }
            return (registration, state.isStopped)
        }
        wake()
        return (registration, isStopped)
    }

    /// Takes a port out; nil where it is not there (any more).
    func unregister(_ token: PortToken) -> PortRegistration? {
        let registration = state.withLock { state in
            state.requests.append(.remove(token))
            return state.registrations.removeValue(forKey: token)
        }
        wake()
        return registration
    }

    func post(_ request: Request) {
        state.withLock { $0.requests.append(request) }
        wake()
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        wake()
    }

    // MARK: - For the poll thread

    func claimThread() { pollThread.store(clinux_thread_id(), ordering: .releasing) }

    /// Forgets a port whose loss has been told.
    func forget(_ token: PortToken) { state.withLock { $0.registrations[token] = nil } }

    /// Takes all requests, in order; nil once stopped, when the registrations are let go too.
    func takeRequests() -> [Request]? {
        var unused: UInt64 = 0
        // Nothing to read (EAGAIN) is fine: the thread woke for a port.
        _ = uninterrupted { read(wakeDescriptor, &unused, MemoryLayout.size(ofValue: unused)) }
        return state.withLock { state in
            let requests = state.requests
            state.requests = []
            if !state.isStopped { return requests }
            for registration in state.registrations.values { registration.port.forgetAfterClosing() }
            state.registrations = [:]
            return nil
        }
    }

    private func wake() {
        var one: UInt64 = 1
        // EAGAIN, the only error, means that the counter is full: the thread will wake anyway.
        _ = uninterrupted { write(wakeDescriptor, &one, MemoryLayout.size(ofValue: one)) }
    }
}
