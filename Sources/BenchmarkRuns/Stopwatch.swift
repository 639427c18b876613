import Glibc

/// The clock of the measurements: CLOCK_MONOTONIC in nanoseconds, about 30 ns a reading.
enum Stopwatch {
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Seconds that `body` takes.
    static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = now
        try body()
        return Double(now - start) / 1e9
    }

    /// Lets time pass between two measurements: part of the measured load, not of a wait for something.
    static func pause(milliseconds: Int32) { poll(nil, 0, milliseconds) }
}
