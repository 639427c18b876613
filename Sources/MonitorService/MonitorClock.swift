import Dispatch
import LinuxIO
import Locking
import VitalsModel

/// The time of patients and devices: the boot clock in a clinic, a clock that a conductor moves in a demonstration or a test.
///
/// Machine timers (commit wait, heartbeat, durability) do not use it: they never scale.
public protocol MonitorClock: Sendable {
    /// The present moment.
    func now() -> Moment
    /// The name of the boot whose clock this is; instants of two boots are never compared.
    var bootID: String { get }
    /// How fast it runs; 1 but in a demonstration.
    var speed: Double { get }
    /// Makes an alarm that calls `ring` on `queue`.
    func makeAlarm(on queue: DispatchQueue, ring: @escaping @Sendable () -> Void) -> any MonitorAlarm
}

/// One alarm, armed for one instant at a time.
public protocol MonitorAlarm: Sendable {
    /// Arms it for `instant`, or disarms it; the last call holds. To be called on the alarm's queue.
    func set(_ instant: BootInstant?)
    /// Ends it; it rings no more.
    func cancel()
}

/// The clock of a clinic: CLOCK_BOOTTIME, and Dispatch timers.
public final class BootMonitorClock: MonitorClock {
    /// The name of the boot whose clock this is.
    public let bootID: String
    /// How fast it runs.
    public let speed = 1.0

    /// Creates the clock of this boot.
    ///
    /// - Throws: `SystemError` when the kernel does not tell the boot's name.
    public init() throws { bootID = try BootClock.bootIdentifier() }

    /// The present moment.
    public func now() -> Moment { BootClock.now() }

    /// Makes an alarm that calls `ring` on `queue`.
    public func makeAlarm(on queue: DispatchQueue, ring: @escaping @Sendable () -> Void) -> any MonitorAlarm {
        BootAlarm(queue: queue, ring: ring)
    }
}

/// One Dispatch timer source that is set again and again. `timer` belongs to `queue`.
private final class BootAlarm: MonitorAlarm, @unchecked Sendable {
    /// The longest sleep. Dispatch counts time without suspend; after one, an alarm is late by no more than this.
    private static let longest: Duration = .seconds(5)

    private let queue: DispatchQueue
    private let timer: any DispatchSourceTimer

    init(queue: DispatchQueue, ring: @escaping @Sendable () -> Void) {
        self.queue = queue
        timer = DispatchSource.makeTimerSource(queue: queue)
        timer.setEventHandler(handler: ring)
        timer.schedule(deadline: .distantFuture)
        timer.activate()
    }

    deinit { timer.cancel() }

    func set(_ instant: BootInstant?) {
        dispatchPrecondition(condition: .onQueue(queue))
        guard let instant else { return timer.schedule(deadline: .distantFuture) }
        let wait = min(max(.zero, instant - BootClock.now().boot), Self.longest)
        timer.schedule(deadline: .now() + .nanoseconds(Int(wait.nanoseconds)), leeway: .milliseconds(1))
    }

    func cancel() { timer.cancel() }
}

/// A clock that stands until a conductor moves it: demonstrations and tests.
public final class LockstepClock: MonitorClock {
    /// The name of the boot whose clock this is.
    public let bootID: String
    /// How fast it runs.
    public let speed: Double
    private let state: Mutex<(now: Moment, alarms: [LockstepAlarm])>

    /// Creates a clock that stands at `start`.
    public init(bootID: String, speed: Double, start: Moment) {
        self.bootID = bootID
        self.speed = speed
        state = Mutex((start, []))
    }

    /// The present moment.
    public func now() -> Moment { state.withLock { $0.now } }

    /// Makes an alarm that calls `ring` on `queue`.
    public func makeAlarm(on queue: DispatchQueue, ring: @escaping @Sendable () -> Void) -> any MonitorAlarm {
        let alarm = LockstepAlarm(queue: queue, ring: ring)
        state.withLock { $0.alarms.append(alarm) }
        return alarm
    }

    /// Moves the clock and rings what is due. The rings run on their queues; wait for the pipeline to drain before the next move.
    public func advance(to instant: BootInstant) {
        let due = state.withLock { state in
            state.now = state.now.moved(to: max(state.now.boot, instant))
            state.alarms.removeAll { $0.isCancelled }
            return state.alarms.filter { $0.isDue(at: state.now.boot) }
        }
        for alarm in due { alarm.ring() }
    }
}

/// An alarm of the clock that is moved by hand.
private final class LockstepAlarm: MonitorAlarm {
    private enum Setting { case off, at(BootInstant), cancelled }
    private let queue: DispatchQueue
    private let handler: @Sendable () -> Void
    private let setting = Mutex(Setting.off)

    init(queue: DispatchQueue, ring: @escaping @Sendable () -> Void) {
        self.queue = queue
        handler = ring
    }

    var isCancelled: Bool {
        setting.withLock { if case .cancelled = $0 { true } else { false } }
    }

    func isDue(at now: BootInstant) -> Bool {
        setting.withLock { if case .at(let instant) = $0 { instant <= now } else { false } }
    }

    func set(_ instant: BootInstant?) {
        setting.withLock { setting in
            if case .cancelled = setting { return }
            setting = instant.map { .at($0) } ?? .off
        }
    }

    func cancel() { setting.withLock { $0 = .cancelled } }

    func ring() { queue.async(execute: handler) }
}
