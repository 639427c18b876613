import Glibc
import TimelineReports
import VitalsModel

extension LocalClock {
    /// The zone that the machine is set to, or that the environment's TZ names.
    static let machine: LocalClock = {
        tzset()
        return LocalClock { instant in
            var seconds = time_t(instant.nanoseconds / 1_000_000_000)
            var parts = tm()
            // A year that does not fit is the only error; such a moment is shown in UTC.
            return localtime_r(&seconds, &parts) == nil ? 0 : Int(parts.tm_gmtoff)
        }
    }()
}
