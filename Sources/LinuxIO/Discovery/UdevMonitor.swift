import CLinux
import CUdev
import Dispatch
import Glibc
import Locking

/// What udev says of the serial ports as they come and go.
public enum SerialPortChange: Sendable, Hashable {
    /// A port is there, with its links and permissions set.
    case added(SerialPortDescription)
    /// Something about a port is different: its links or permissions.
    case changed(SerialPortDescription)
    /// A port has gone. What is known of it is what udev knew before.
    case removed(SerialPortDescription)
    /// More happened than the kernel could hand over: look at all ports again.
    case missed
}

/// Follows hotplug of serial ports through libudev, on a thread of its own.
///
/// The thread waits in poll(2) and makes and keeps every libudev object, which may not be shared between threads. It listens to
/// udev's own events and not the kernel's: those come before links and permissions are set.
public final class UdevMonitor: Sendable {
    private static let operation = "follow the serial ports"

    private let wakeDescriptor: Int32
    private let finished = DispatchGroup()
    private let isStopped = Mutex(false)

    /// Whether systemd-udevd runs on this machine. In a container without it no change is ever told.
    public static var isServed: Bool { access("/run/udev/control", F_OK) == 0 }

    /// Starts to follow. What happens after this returned is told.
    ///
    /// - Parameter changed: called on the monitor's thread; it must be quick, and may not call `stop`.
    /// - Throws: `SystemError` where the process has no more descriptors or threads, or may not use netlink sockets.
    public init(changed: @escaping @Sendable (SerialPortChange) -> Void) throws(SystemError) {
        let wake = clinux_open_event_counter()
        guard wake >= 0 else { throw Self.failure(errno, remedy: "raise the limit of open files (LimitNOFILE, ulimit -n)") }
        wakeDescriptor = wake
        let outcome = Mutex<SystemError?>(nil)
        let begun = DispatchSemaphore(value: 0)
        let finished = finished
        finished.enter()
        let thread = PollThread("udev-monitor") {
            // Ends after the loop has given everything back.
            defer { finished.leave() }
            do throws(SystemError) {
                let connection = try UdevConnection()
                begun.signal()
                connection.follow(until: wake, changed)
            } catch {
                outcome.withLock { $0 = error }
                begun.signal()
            }
        }
        let code = thread.start()
        guard code == 0 else {
            finished.leave()
            throw Self.failure(code, remedy: "raise the limit of threads (TasksMax, ulimit -u)")
        }
        begun.wait()
        if let failure = outcome.withLock({ $0 }) { throw failure }
    }

    deinit {
        stop()
        _ = close(wakeDescriptor)
    }

    /// Ends the thread. No change is told after this returns; a second call does nothing.
    public func stop() {
        let isFirst = isStopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        guard isFirst else { return }
        var one: UInt64 = 1
        // The counter cannot be full: this is the only write.
        _ = uninterrupted { write(wakeDescriptor, &one, MemoryLayout.size(ofValue: one)) }
        finished.wait()
    }

    fileprivate static func failure(_ code: Int32, remedy: String) -> SystemError {
        SystemError(operation, code: code, remedy: remedy)
    }
}

/// The libudev objects of one monitor. They stay on the thread that made them.
private final class UdevConnection {
    /// Room for the burst of events when a hub with many adapters is plugged in; a large number is no cost where it is not used.
    private static let bufferBytes: Int32 = 1 << 20

    private let udev: OpaquePointer
    private let monitor: OpaquePointer

    init() throws(SystemError) {
        guard let udev = udev_new() else { throw Self.failure(ENOMEM) }
        guard let monitor = udev_monitor_new_from_netlink(udev, "udev") else {
            let code = errno
            udev_unref(udev)
            throw Self.failure(code)
        }
        (self.udev, self.monitor) = (udev, monitor)
        // Needs a privilege beyond the limit of net.core.rmem_max; the default does for all but the largest hubs.
        _ = udev_monitor_set_receive_buffer_size(monitor, Self.bufferBytes)
        let filtered = udev_monitor_filter_add_match_subsystem_devtype(monitor, "tty", nil)
        if filtered < 0 { throw Self.failure(-filtered) }
        let enabled = udev_monitor_enable_receiving(monitor)
        if enabled < 0 { throw Self.failure(-enabled) }
    }

    deinit {
        udev_monitor_unref(monitor)
        udev_unref(udev)
    }

    /// Tells every change until `wake` becomes readable.
    func follow(until wake: Int32, _ changed: (SerialPortChange) -> Void) {
        let events = Int16(POLLIN)
        var descriptors = [
            pollfd(fd: wake, events: events, revents: 0), pollfd(fd: udev_monitor_get_fd(monitor), events: events, revents: 0),
        ]
        while true {
            let ready = poll(&descriptors, 2, -1)
            // Another failure than an interruption would come again at once; without changes the daemon looks by itself.
            if ready < 0, errno != EINTR { return }
            guard ready > 0 else { continue }
            if descriptors[0].revents != 0 { return }
            receiveAll(changed)
            // A socket that is broken for good would never let poll(2) wait.
            if Int32(descriptors[1].revents) & (POLLHUP | POLLNVAL) != 0 { return }
        }
    }

    private func receiveAll(_ changed: (SerialPortChange) -> Void) {
        while true {
            errno = 0
            guard let device = udev_monitor_receive_device(monitor) else {
                if errno == ENOBUFS { changed(.missed) } else { return }
                continue
            }
            defer { udev_device_unref(device) }
            if let change = change(device) { changed(change) }
        }
    }

    private func change(_ device: OpaquePointer) -> SerialPortChange? {
        guard let action = udev_device_get_action(device) else { return nil }
        switch String(cString: action) {
        case "add": return UdevSerialPorts.describe(device).map { .added($0) }
        case "change": return UdevSerialPorts.describe(device).map { .changed($0) }
        case "remove": return UdevSerialPorts.describe(gone: device).map { .removed($0) }
        default: return nil
        }
    }

    private static func failure(_ code: Int32) -> SystemError {
        UdevMonitor.failure(code, remedy: "allow netlink sockets (RestrictAddressFamilies=AF_NETLINK AF_UNIX, no PrivateNetwork=)")
    }
}
