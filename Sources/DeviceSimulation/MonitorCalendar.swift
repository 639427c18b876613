import DeviceProtocols
import VitalsModel

/// A date and time of a device (UTC here), in whole seconds.
struct MonitorCalendar: Sendable, Hashable {
    let year: Int
    let month: Int
    let day: Int
    let hour: Int
    let minute: Int
    let second: Int

    /// Splits an instant.
    init(_ instant: WallInstant) {
        let (date, ofDay) = instant.utcParts
        (year, month, day) = (Int(date.year), Int(date.month), Int(date.day))
        (hour, minute, second) = (Int(ofDay) / 3600, Int(ofDay) / 60 % 60, Int(ofDay) % 60)
    }

    /// Attribute 0990.
    var attribute: [UInt8] {
        IntelliVueMonitorMessages.absoluteTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    }

    /// `hh:mm:ss`.
    var hourText: String { [hour, minute, second].map { $0.filled(2) }.joined(separator: ":") }

    /// As a decoder gives it.
    var deviceTime: DeviceTime? { DeviceTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second) }
}

extension SimulationScript {
    /// What the clock of a device shows that showed `wall` at the session's clock 0, with the changes that the script makes to it.
    func calendar(of device: String, switchedOn wall: WallInstant, at clock: Duration) -> MonitorCalendar {
        MonitorCalendar(wall + clock + clockOffset(at: clock, device: device))
    }
}
