import VitalsModel

/// Values that come and cannot be trusted: too many doubtful ones, a sensor that is off, or too little blood under it. What does not
/// come at all is the business of `MissingRule`: silence neither raises nor ends this alert.
public struct QualityRule: RuleCondition, Hashable {
    /// The word in a plan.
    public static let kind = "quality"
    /// How many doubtful values make an alert at least (clinical.md section 5).
    public static let fewestDoubtful = 3

    /// Blood flow under the sensor that is too low for a true saturation.
    public struct LowPerfusion: Sendable, Hashable {
        /// The perfusion index that is just enough, in percent.
        public var limit: Double
        /// How long it must be lower.
        public var lasting: Duration

        /// Creates a limit.
        public init(limit: Double, lasting: Duration) {
            self.limit = limit
            self.lasting = lasting
        }
    }

    /// The signal.
    public var signal: Signal
    /// Streaming: the share of doubtful values, 0 to 1, from which on it alerts.
    public var suspectShare: Double
    /// Streaming: the window of that share.
    public var window: Duration
    /// How long the device may say that the sensor is off or the signal poor; nil: as long as it likes.
    public var sensorOffFor: Duration?
    /// Too little blood flow; nil: not watched.
    public var perfusion: LowPerfusion?
    /// How urgent.
    public var priority: AlertPriority

    /// Creates a condition.
    public init(
        signal: Signal, suspectShare: Double, window: Duration, sensorOffFor: Duration?, perfusion: LowPerfusion?, priority: AlertPriority
    ) {
        self.signal = signal
        self.suspectShare = suspectShare
        self.window = window
        self.sensorOffFor = sensorOffFor
        self.perfusion = perfusion
        self.priority = priority
    }

    /// The signal that it is about.
    public var signals: [Signal] { [signal] }
    /// The side that is bad; nil for a rule that is asked by time.
    public var side: LimitSide? { nil }
    /// A share and a perfusion index are in percent; a doubtful cuff reading is a pressure.
    public var unit: String { isCuff ? signal.unit.rawValue : "%" }
    /// It asks again at every reading, doubtful ones too.
    public var observed: Set<Signal> { perfusion == nil ? [signal] : [signal, .perfusionIndex] }
    /// How far back it looks.
    public var lookback: RuleLookback? {
        isCuff
            ? RuleLookback([signal], samples: 1)
            : RuleLookback(observed, over: max(window, perfusion?.lasting ?? .zero))
    }

    private var isCuff: Bool { signal.cadence == .intermittent }

    /// The condition in words.
    public var statement: String {
        guard !isCuff else { return "a doubtful reading" }
        let parts = [
            "\((suspectShare * 100).shortText) % of the values in \(SpanText.words(window)) doubtful",
            sensorOffFor.map { "sensor off or signal poor for \(SpanText.words($0))" },
            perfusion.map { "perfusion index below \($0.limit.shortText) for \(SpanText.words($0.lasting))" },
        ]
        return parts.compactMap { $0 }.joined(separator: ", or ")
    }

    /// What the readings so far and the device's word mean.
    public func findingAtTime(in context: RuleContext) -> TimedFinding {
        let judgements = isCuff ? [judgeCuff(context)] : [judgeSensor(context), judgeShare(context), judgePerfusion(context)]
        let until = judgements.compactMap(\.until).filter { $0 > context.now }.min()
        for case .bad(var breach) in judgements.map(\.verdict) {
            breach.until = until
            return .breach(breach)
        }
        let verdicts = judgements.map(\.verdict)
        if verdicts.contains(.silent), !verdicts.contains(.unsure) { return .unknown }
        return verdicts.allSatisfy { $0 == .good } ? .fine(until: until) : .waiting(until: until)
    }

    // MARK: The reasons

    private enum Verdict: Equatable {
        case good
        case bad(TimedBreach)
        /// Neither: too little is known to raise or to end anything.
        case unsure
        /// It knew once, and nothing has come since.
        case silent
    }

    private struct Judgement {
        var verdict: Verdict
        /// When time alone may change it.
        var until: BootInstant?
    }

    /// One doubtful cuff reading, until a good one comes.
    private func judgeCuff(_ context: RuleContext) -> Judgement {
        guard let last = context.history[signal]?.samples.last else { return Judgement(verdict: .unsure) }
        guard !last.isValid else { return Judgement(verdict: .good) }
        return Judgement(
            verdict: .bad(
                TimedBreach(
                    since: last.at, value: last.value, valueAt: last.at, priority: priority,
                    words: "doubtful reading \(last.value.shortText), repeat the measurement")))
    }

    /// The device says that the sensor is off, or that it cannot measure.
    private func judgeSensor(_ context: RuleContext) -> Judgement {
        guard let sensorOffFor, let track = context.signals[signal], track.condition == .sensorOff || track.condition == .poorSignal,
            let since = track.notMeasuringSince
        else { return Judgement(verdict: .good) }
        // While it is off nothing is well, even if it is not off for long.
        guard context.now >= since + sensorOffFor else { return Judgement(verdict: .unsure, until: since + sensorOffFor) }
        return Judgement(
            verdict: .bad(
                TimedBreach(
                    since: since, priority: priority,
                    words: "\(track.condition.words) for \(SpanText.words(context.now - since))")))
    }

    /// Too many doubtful values in the window.
    private func judgeShare(_ context: RuleContext) -> Judgement {
        guard let history = context.history[signal], let last = history.samples.last else { return Judgement(verdict: .unsure) }
        let silentAt = last.at + window
        guard context.now < silentAt else { return Judgement(verdict: .silent) }
        let samples = history.samples(within: window, of: context.now)
        let doubtful = samples.filter { !$0.isValid }
        let share = Double(doubtful.count) / Double(max(samples.count, 1))
        guard let first = doubtful.first, share >= suspectShare else { return Judgement(verdict: .good, until: silentAt) }
        guard doubtful.count >= Self.fewestDoubtful else { return Judgement(verdict: .unsure, until: silentAt) }
        let percent = (share * 100).rounded(.down)
        return Judgement(
            verdict: .bad(
                TimedBreach(
                    since: first.at, value: percent, limit: suspectShare * 100, priority: priority,
                    words: "\(percent.shortText) % of the values in \(SpanText.words(window)) are doubtful")), until: silentAt)
    }

    /// Too little blood flow for long enough. A device that never gave a perfusion index is no reason.
    private func judgePerfusion(_ context: RuleContext) -> Judgement {
        guard let perfusion, let newest = context.history[.perfusionIndex]?.samples.last else { return Judgement(verdict: .good) }
        let silentAt = newest.at + perfusion.lasting
        guard context.now < silentAt else { return Judgement(verdict: .silent) }
        let found = SampleWindow(of: .perfusionIndex, over: perfusion.lasting, in: context)
        guard let first = found.samples.first, let last = found.samples.last else {
            return Judgement(verdict: .unsure, until: silentAt)
        }
        guard found.samples.allSatisfy({ $0.value < perfusion.limit }) else { return Judgement(verdict: .good, until: silentAt) }
        guard found.isCovered else { return Judgement(verdict: .unsure, until: silentAt) }
        return Judgement(
            verdict: .bad(
                TimedBreach(
                    since: first.at, value: last.value, valueAt: last.at, limit: perfusion.limit, priority: priority,
                    words: "perfusion index \(last.value.shortText), below \(perfusion.limit.shortText) for "
                        + SpanText.words(perfusion.lasting))), until: silentAt)
    }
}
