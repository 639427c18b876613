import Glibc
import LinuxIO
import Locking
import VitalsModel

/// Drives simulated ports by the machine's clock: one thread that waits in poll(2) for bytes and for the next deadline.
public final class RealTimeDrive: Sendable {
    /// The longest wait, so that ports which no descriptor speaks for are looked at as well.
    private static let longestWait: Duration = .milliseconds(20)

    private let ports: [SimulatedPort]
    private let failed: @Sendable (SystemError) -> Void
    private let isStopped = Mutex(false)

    /// Creates a drive; nothing moves before `start`.
    ///
    /// - Parameters:
    ///   - ports: the ports; their clocks must have started at `BootClock` instants.
    ///   - failed: told of a line that is gone or a plug that could not be put in again, on the drive's thread; that port rests then.
    public init(ports: [SimulatedPort], failed: @escaping @Sendable (SystemError) -> Void) {
        self.ports = ports
        self.failed = failed
    }

    /// Starts the thread, which holds the drive until `stop`.
    ///
    /// - Throws: `SystemError` where the system has no more threads.
    public func start() throws(SystemError) {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<RealTimeDrive>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            context.release()
            throw SystemError("start the simulation's thread", code: code, remedy: "raise the limit of processes (ulimit -u)")
        }
        pthread_detach(thread)
    }

    /// Ends the thread within 20 ms.
    public func stop() { isStopped.withLock { $0 = true } }

    private func run() {
        var driven = ports
        while !isStopped.withLock({ $0 }) {
            let now = BootClock.now().boot
            driven.removeAll { port in
                do throws(SystemError) {
                    try port.step(to: now)
                    return false
                } catch {
                    failed(error)
                    return true
                }
            }
            wait(for: driven, from: now)
        }
    }

    private func wait(for ports: [SimulatedPort], from now: BootInstant) {
        let deadline = ports.compactMap(\.nextDeadline).min() ?? now + RealTimeDrive.longestWait
        let pause = min(RealTimeDrive.longestWait, max(.zero, deadline - now))
        var descriptors = ports.flatMap(\.pollDescriptors).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        _ = poll(&descriptors, nfds_t(descriptors.count), Int32((pause.nanoseconds + 999_999) / 1_000_000))
    }
}
