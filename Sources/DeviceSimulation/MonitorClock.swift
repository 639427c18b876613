import DeviceProtocols
import VitalsModel

/// The clocks of a simulated monitor: its relative time in ticks of 1/8000 s since it was switched on, and its date and time.
struct MonitorClock: Sendable, Hashable {
    private static let nanosecondsPerTick = 1_000_000_000 / Int64(IntelliVueTicks.perSecond)
    /// How long the monitor has been on when the session's clock starts.
    static let warmUp: Duration = .seconds(600)

    /// The boot instant of the session's clock 0.
    var start: BootInstant
    /// The monitor's wall clock at that instant.
    var wall: WallInstant

    /// The relative time; wraps after about 6.2 days.
    func ticks(at now: BootInstant) -> UInt32 {
        UInt32(truncatingIfNeeded: MonitorClock.ticks(in: now - start + MonitorClock.warmUp))
    }

    /// A duration in ticks.
    static func ticks(in duration: Duration) -> Int64 { duration.nanoseconds / nanosecondsPerTick }

    /// Ticks as a duration.
    static func duration(ticks: UInt32) -> Duration { .nanoseconds(Int64(ticks) * nanosecondsPerTick) }

    /// The date and time, in whole seconds.
    func calendar(at now: BootInstant) -> MonitorCalendar { MonitorCalendar(wall + (now - start)) }
}
