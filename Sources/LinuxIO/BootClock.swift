import Glibc
import VitalsModel

/// The clocks of this machine. It is the only place where the project asks for the time.
public enum BootClock {
    /// The present moment on both clocks, read back to back (some tens of nanoseconds apart).
    ///
    /// `CLOCK_BOOTTIME` and `CLOCK_REALTIME` exist on every kernel since 2.6.39, so that reading them cannot fail.
    public static func now() -> Moment {
        Moment(boot: BootInstant(nanoseconds: read(CLOCK_BOOTTIME)), wall: WallInstant(nanoseconds: read(CLOCK_REALTIME)))
    }

    /// The kernel's random name of this run of the machine; boot instants of different runs cannot be compared.
    /// - Throws: `SystemError` where `/proc` is not mounted.
    public static func bootIdentifier() throws(SystemError) -> String {
        let bytes = try readWholeFile("/proc/sys/kernel/random/boot_id")
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
