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

/// A date and time of the monitor (UTC here), in whole seconds.
struct MonitorCalendar: Sendable, Hashable {
    let year: Int
    let month: Int
    let day: Int
    let hour: Int
    let minute: Int
    let second: Int

    /// Splits an instant; the date by counting days from 0000-03-01, so that the leap day ends a year.
    init(_ instant: WallInstant) {
        let seconds = instant.nanoseconds / 1_000_000_000
        let days = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
        let inDay = Int(seconds - days * 86_400)
        (hour, minute, second) = (inDay / 3600, inDay / 60 % 60, inDay % 60)
        let shifted = Int(days) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Attribute 0990.
    var attribute: [UInt8] {
        IntelliVueMonitorMessages.absoluteTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    }

    /// As a decoder gives it.
    var deviceTime: DeviceTime? { DeviceTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second) }
}
