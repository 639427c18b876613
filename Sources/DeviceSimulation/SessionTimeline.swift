import VitalsModel

/// When each phase of a simulated session begins, on the session's simulated clock.
public struct SessionTimeline: Sendable, Hashable {
    /// The begin of one phase.
    public struct Step: Sendable, Hashable {
        /// The phase.
        public var phase: SessionPhase
        /// When it begins.
        public var start: Duration

        /// Creates a step.
        public init(phase: SessionPhase, start: Duration) {
            self.phase = phase
            self.start = start
        }
    }

    /// The phases in order of time.
    public var steps: [Step]
    /// When the session is closed.
    public var end: Duration

    /// Creates a timeline.
    public init(steps: [Step], end: Duration) {
        self.steps = steps
        self.end = end
    }

    /// When a phase begins, or nil when the session has none.
    public func start(of phase: SessionPhase) -> Duration? { steps.first { $0.phase == phase }?.start }

    /// The demonstration: clock 0 = devices on, an infusion of 40 min from minute 8 on, two hours in all.
    public static let demonstration = SessionTimeline(
        steps: [
            Step(phase: .baseline, start: .zero),
            Step(phase: .dosing, start: .seconds(8 * 60)),
            Step(phase: .acute, start: .seconds(48 * 60)),
            Step(phase: .recovery, start: .seconds(75 * 60)),
            Step(phase: .discharge, start: .seconds(110 * 60)),
        ],
        end: .seconds(120 * 60))
}
