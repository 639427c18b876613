import VitalsModel

/// The good samples of the last stretch of time, for rules that look back. Doubtful ones neither count for a rule nor against it.
struct SampleWindow {
    /// How long the window is.
    let length: Duration
    /// The good samples in it, oldest first.
    private(set) var samples: [SampleHistory.Sample]

    init(of signal: Signal, over length: Duration, in context: RuleContext) {
        self.length = length
        samples = context.history[signal]?.samples(within: length, of: context.now).filter(\.isValid) ?? []
    }

    /// The same with the samples of one source alone: two devices seldom tell quite the same, and changing from one to the other is no
    /// change of the patient.
    var ofLastSource: SampleWindow {
        var own = self
        let source = samples.last?.source
        own.samples.removeAll { $0.source != source }
        return own
    }

    /// From the first good sample to the last.
    var span: Duration {
        guard let first = samples.first, let last = samples.last else { return .zero }
        return last.at - first.at
    }

    /// Whether the good samples span 80 % of the window: with less, a few of them would speak for a time that nobody saw.
    var isCovered: Bool { span * 5 >= length * 4 }
}

extension RuleContext {
    /// The signal that `value` is of: the one that was received last, as only that one decides (`heart_rate`, else `pulse_rate`).
    func deciding(_ signals: [Signal], for value: Double) -> Signal? {
        let known = signals.filter { self.signals[$0]?.received != nil }
        let newest = known.compactMap { self.signals[$0]?.received }.max()
        let last = known.filter { self.signals[$0]?.received == newest }
        return last.first { self.signals[$0]?.value == value } ?? known.first { self.signals[$0]?.value == value } ?? last.first
    }
}
