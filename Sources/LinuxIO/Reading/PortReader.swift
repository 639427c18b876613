import Dispatch
import Glibc
import VitalsModel

/// Reads all serial ports on one poll(2) thread and hands whole bursts on.
///
/// Not by Dispatch read sources: they go deaf, or crash, when a terminal hangs up. The thread does not wake unless there is
/// something to do. The callbacks run on it, so they must be quick: they post to a queue and return. They may call any
/// method of the reader; they must not wait for a thread that is inside `remove` or `stop`.
public final class PortReader: Sendable {
    /// What a receiver of bytes answers.
    public enum Flow: Sendable, Hashable {
        /// Go on.
        case more
        /// Leave this port alone until `resume`: its bytes stay in the kernel, and its loss is seen only then.
        case pause
    }

    /// Takes the bytes of one burst, at most 64 KiB, with the moment at which the last of them was read.
    public typealias Deliver = @Sendable (_ bytes: [UInt8], _ received: Moment) -> Flow
    /// Learns that a port is lost.
    public typealias Lost = @Sendable (_ reason: PortLoss) -> Void

    private let inbox: PollInbox
    private let finished = DispatchGroup()

    /// Starts the thread.
    /// - Parameter coalesce: after a burst, the least time until ports are looked at again, rounded up to whole
    ///   milliseconds; it trades latency for processor time. Zero reads each byte as it comes.
    /// - Throws: `SystemError`, where the process has no more descriptors or threads.
    public init(coalesce: Duration = .zero) throws(SystemError) {
        inbox = try PollInbox()
        let (inbox, finished) = (inbox, finished)
        finished.enter()
        let body = PollThread("port-reader") {
            do {
                var loop = PollLoop(inbox: inbox, coalesce: coalesce)
                loop.run()
            }
            // After the loop has let go of all ports, so that who waits in `stop` finds nothing held.
            finished.leave()
        }
        let code = body.start()
        guard code != 0 else { return }
        finished.leave()
        throw SystemError("start the thread that reads ports", code: code, remedy: "raise the limit of threads (TasksMax, ulimit -u)")
    }

    deinit { stop() }

    /// Reads the port from now on. A port belongs to one reader at a time.
    ///
    /// When the port is lost, what is left of its bytes is delivered, the port is closed and taken out, and `lost` is called
    /// once. After `stop` nothing is read, and `lost(.readerStopped)` is called at once, on the caller's thread.
    @discardableResult
    public func add(_ port: SerialPort, deliver: @escaping Deliver, lost: @escaping Lost) -> PortToken {
        let (registration, isStopped) = inbox.register(port, deliver: deliver, lost: lost)
        if isStopped {
            lost(.readerStopped)
        } else {
            let token = registration.token
            port.afterClosing { [weak inbox] in inbox?.post(.portWasClosed(token)) }
        }
        return registration.token
    }

    /// Goes on with a port whose receiver answered `pause`; without effect on others.
    public func resume(_ token: PortToken) { inbox.post(.resume(token)) }

    /// Stops reading a port and leaves it open. No callback of it starts after this returns: a running one is waited for,
    /// except when called from a callback. A second call, or one for a lost port, does nothing.
    public func remove(_ token: PortToken) {
        guard let registration = inbox.unregister(token) else { return }
        registration.port.forgetAfterClosing()
        registration.silence(waitingForCallback: !inbox.isOnPollThread)
    }

    /// Ends the thread and leaves all ports open. No callback starts after this returns: a running one is waited for, except
    /// when called from a callback. A second call does nothing.
    public func stop() {
        inbox.stop()
        if !inbox.isOnPollThread { finished.wait() }
    }
}

/// Names one port at its reader.
public struct PortToken: Sendable, Hashable {
    let number: UInt64
}
