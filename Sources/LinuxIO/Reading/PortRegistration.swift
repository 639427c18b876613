import Locking
import Synchronization
import VitalsModel

/// One port at its reader, with the promise that it falls silent when told so.
final class PortRegistration: Sendable {
    let token: PortToken
    let port: SerialPort
    private let deliverBytes: PortReader.Deliver
    private let reportLoss: PortReader.Lost
    private let silenced = Atomic(false)
    /// Held by the poll thread during a callback, so that others can wait for its end.
    private let callback = Locking.Mutex(())

    init(token: PortToken, port: SerialPort, deliver: @escaping PortReader.Deliver, lost: @escaping PortReader.Lost) {
        self.token = token
        self.port = port
        deliverBytes = deliver
        reportLoss = lost
    }

    /// Whether the port was removed: no callback may start any more.
    var isSilent: Bool { silenced.load(ordering: .acquiring) }

    /// Hands bytes on, unless silenced. On the poll thread only.
    func deliver(_ bytes: [UInt8], at received: Moment) -> PortReader.Flow {
        callback.withLock { _ in isSilent ? .pause : deliverBytes(bytes, received) }
    }

    /// Tells of the loss, unless silenced. On the poll thread only.
    func lose(_ reason: PortLoss) {
        callback.withLock { _ in if !isSilent { reportLoss(reason) } }
    }

    /// Lets no further callback start; with `waitingForCallback`, which the poll thread must not ask for, also waits for the
    /// end of one that runs.
    func silence(waitingForCallback: Bool) {
        silenced.store(true, ordering: .releasing)
        if waitingForCallback { callback.withLock { _ in } }
    }
}
