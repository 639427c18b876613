import VitalsModel

/// When a monitor inflates its cuff by itself, as a nurse sets the interval on it; times are on the session's simulated clock.
public struct CuffProgram: Sendable, Hashable {
    /// One setting of the interval.
    public struct Step: Sendable, Hashable {
        /// When the setting is made; the cuff starts at once.
        public var start: Duration
        /// The interval from then on.
        public var every: Duration

        /// Creates a setting.
        public init(start: Duration, every: Duration) {
            self.start = start
            self.every = every
        }
    }

    /// The settings in order of time; each ends the one before it.
    public var steps: [Step]
    /// How long a measurement takes.
    public var measurementTime: Duration

    /// Creates a program.
    public init(steps: [Step], measurementTime: Duration = .seconds(30)) {
        self.steps = steps
        self.measurementTime = measurementTime
    }

    /// The first automatic start after `clock`, or nil when there is none.
    public func nextStart(after clock: Duration) -> Duration? {
        for (index, step) in steps.enumerated() {
            let candidate = step.firstStart(after: clock)
            let limit = index + 1 < steps.count ? steps[index + 1].start : nil
            if let limit, candidate >= limit { continue }
            return candidate
        }
        return nil
    }

    /// Baseline every 3 min, from the first dose every 5 min for 20 min, then every 10 (clinical.md, section 5, IV).
    public static func intravenous(firstDose: Duration) -> CuffProgram {
        CuffProgram(steps: [
            Step(start: .seconds(30), every: .seconds(180)),
            Step(start: firstDose + .seconds(30), every: .seconds(300)),
            Step(start: firstDose + .seconds(30 + 20 * 60), every: .seconds(600)),
        ])
    }

    /// A cuff that is started by hand only.
    public static let manual = CuffProgram(steps: [])
}

extension CuffProgram.Step {
    func firstStart(after clock: Duration) -> Duration {
        guard clock >= start else { return start }
        let interval = max(1_000_000_000, every.nanoseconds)
        return start + .nanoseconds(((clock - start).nanoseconds / interval + 1) * interval)
    }
}
