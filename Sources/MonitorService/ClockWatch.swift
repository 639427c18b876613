import VitalsModel

/// Notices that the wall clock was set: both clocks move together, so their distance tells.
struct ClockWatch: Sendable {
    /// Smaller differences are the slewing of a time service and the time between reading the two clocks.
    private static let smallest: Duration = .seconds(1)

    private var last: Moment

    init(start: Moment) { last = start }

    /// The step between the last look and `now`, if there was one.
    mutating func step(at now: Moment) -> ClockStep? {
        let expected = last.moved(to: now.boot).wall
        last = now
        let difference = now.wall - expected
        guard abs(difference.nanoseconds) >= Self.smallest.nanoseconds else { return nil }
        return ClockStep(before: expected, after: now.wall)
    }
}
