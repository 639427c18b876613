import VitalsModel

/// How often the cuff is to measure in each phase, and when a measurement is overdue (clinical.md, section 5).
public struct CuffSchedule: Sendable, Hashable {
    /// One step of one phase.
    public struct Step: Sendable, Hashable {
        /// The phase.
        public var phase: SessionPhase
        /// The interval while this step holds.
        public var every: Duration
        /// How long after the phase began this step holds; nil to its end.
        public var lasting: Duration?

        /// Creates a step.
        public init(phase: SessionPhase, every: Duration, lasting: Duration?) {
            self.phase = phase
            self.every = every
            self.lasting = lasting
        }
    }

    /// The steps; the first of a phase that still holds rules.
    public var steps: [Step]
    /// The least grace.
    public var graceMinimum: Duration
    /// The grace as a share of the interval, 0 to 1.
    public var graceShare: Double
    /// How soon a cuff that can be started measures again after a value beyond a limit (clinical.md, section 5).
    public var repeatAfter: Duration

    /// Creates a schedule.
    public init(steps: [Step], graceMinimum: Duration, graceShare: Double, repeatAfter: Duration = .seconds(180)) {
        self.steps = steps
        self.graceMinimum = graceMinimum
        self.graceShare = graceShare
        self.repeatAfter = repeatAfter
    }

    /// A schedule without measurements.
    public static let none = CuffSchedule(steps: [], graceMinimum: .seconds(60), graceShare: 0.2)

    /// The interval at a time of a phase, or nil when none is due.
    public func interval(in phase: SessionPhase, elapsed: Duration) -> Duration? {
        steps.first { $0.phase == phase && ($0.lasting.map { elapsed < $0 } ?? true) }?.every
    }

    /// How long after the phase began the interval that holds at `elapsed` gives way to the next; nil when it does not.
    public func intervalEnd(in phase: SessionPhase, elapsed: Duration) -> Duration? {
        steps.first { $0.phase == phase && ($0.lasting.map { elapsed < $0 } ?? true) }?.lasting
    }

    /// The grace that belongs to an interval: the larger of the least grace and the share.
    public func grace(for interval: Duration) -> Duration {
        max(graceMinimum, .nanoseconds(Int64(Double(interval.nanoseconds) * graceShare)))
    }
}
