import VitalsModel

/// Time that counts only while good data come: a suspect sample pauses it, a restart keeps what had run.
struct Stopwatch: Sendable, Hashable, Codable {
    private var credit: Duration = .zero
    private var runningSince: BootInstant?

    /// A watch that runs from `now`.
    init(startedAt now: BootInstant) { runningSince = now }

    /// Goes on counting; nothing if it runs.
    mutating func resume(at now: BootInstant) {
        if runningSince == nil { runningSince = now }
    }

    /// Stops counting; nothing if it stands.
    mutating func pause(at now: BootInstant) {
        guard let since = runningSince else { return }
        // A saved state may carry an earlier time than the last sample: then nothing has run, rather than less than nothing.
        credit += max(.zero, now - since)
        runningSince = nil
    }

    /// What has run.
    func elapsed(at now: BootInstant) -> Duration { credit + (runningSince.map { now - $0 } ?? .zero) }

    /// When `duration` will have run, or nil while it stands.
    ///
    /// Rounded up to the next nanosecond: rounded down, the deadline would come before the time has run, for ever again.
    func deadline(for duration: Duration) -> BootInstant? {
        guard let runningSince else { return nil }
        let remaining = max(.zero, duration - credit)
        let whole = Duration.nanoseconds(remaining.nanoseconds)
        return runningSince + (whole < remaining ? whole + .nanoseconds(1) : whole)
    }

    /// Moves to another boot clock.
    mutating func shift(by offset: Duration) { runningSince = runningSince.map { $0 + offset } }
}
