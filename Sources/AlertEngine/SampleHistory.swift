import VitalsModel

/// How far back a rule looks.
public struct RuleLookback: Sendable, Hashable {
    /// The signals.
    public var signals: Set<Signal>
    /// How much time; nil where samples are counted.
    public var duration: Duration?
    /// How many of the newest samples, where no time is given; never more than `SampleHistory.most`.
    public var count: Int

    /// Creates a look back over a time.
    public init(_ signals: Set<Signal>, over duration: Duration) {
        self.signals = signals
        self.duration = duration
        count = 0
    }

    /// Creates a look back over the last samples.
    public init(_ signals: Set<Signal>, samples count: Int) {
        self.signals = signals
        duration = nil
        self.count = min(count, SampleHistory.most)
    }
}

/// The last samples of one signal, oldest first. Not kept over a restart: what was in between is unknown, so a window begins anew.
public struct SampleHistory: Sendable, Hashable {
    /// One sample.
    public struct Sample: Sendable, Hashable {
        /// When it was received.
        public var at: BootInstant
        /// In the signal's unit, as the rules see it (filtered).
        public var value: Double
        /// False for a doubtful one.
        public var isValid: Bool
        /// Who gave it.
        public var source: SourceID
    }

    /// The most samples that are kept of one signal: 5 minutes at 4 a second.
    public static let most = 1200

    /// The samples.
    public private(set) var samples: [Sample] = []

    /// Creates an empty history.
    public init() {}

    /// The samples of the last `duration` before `now`.
    public func samples(within duration: Duration, of now: BootInstant) -> ArraySlice<Sample> {
        let oldest = now - duration
        guard let first = samples.firstIndex(where: { $0.at >= oldest }) else { return [] }
        return samples[first...]
    }

    /// Adds one, and now and then drops what no rule looks back on: dropping from the front moves all of them.
    mutating func append(_ value: Double, of source: SourceID, isValid: Bool, at now: BootInstant, reach: Reach) {
        samples.append(Sample(at: now, value: value, isValid: isValid, source: source))
        guard samples.count % 32 == 0 else { return }
        let oldest = now - reach.duration
        let aged = samples.firstIndex { $0.at >= oldest } ?? samples.count
        samples.removeFirst(max(min(aged, samples.count - reach.count), samples.count - Self.most, 0))
    }

    /// How much of one signal is kept: what any rule looks back on.
    struct Reach: Sendable, Hashable {
        var duration: Duration = .zero
        var count = 0

        mutating func cover(_ lookback: RuleLookback) {
            if let duration = lookback.duration { self.duration = max(self.duration, duration) } else { count = max(count, lookback.count) }
        }
    }
}
