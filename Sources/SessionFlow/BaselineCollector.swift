import VitalsModel

/// The readings before the first dose, kept only as long as a baseline can be taken from them.
struct BaselineCollector: Sendable, Hashable, Codable {
    private struct Sample: Sendable, Hashable, Codable {
        var at: BootInstant
        var value: Double
    }

    private var samples: [Signal: [Sample]] = [:]
    /// The most samples of one signal that are kept: 120 s at 4 Hz.
    private static let most = 480

    /// Keeps a valid reading.
    mutating func keep(_ reading: Reading, method: BaselineMethod) {
        guard reading.quality == .valid, let value = reading.value else { return }
        let now = reading.received.boot
        let horizon = reading.signal.cadence == .streaming ? method.streamWindow : method.cuffWithin
        var kept = samples[reading.signal] ?? []
        kept.append(Sample(at: now, value: value))
        kept.removeAll { now - $0.at > horizon }
        if kept.count > Self.most { kept.removeFirst(kept.count - Self.most) }
        samples[reading.signal] = kept
    }

    /// The baseline of the expected signals at `now`; what is missing is said in words.
    func baseline(of signals: [Signal], method: BaselineMethod, at now: BootInstant) -> Baseline {
        var values: [BaselineValue] = []
        var missing: [String] = []
        for signal in signals {
            switch signal.cadence == .streaming ? stream(signal, method, now) : cuff(signal, method, now) {
            case .success(let value): values.append(value)
            case .failure(let why): missing.append("\(signal.rawValue): \(why.words)")
            }
        }
        return Baseline(values: values, missing: missing)
    }

    /// Moves the samples to another boot clock.
    mutating func shift(by offset: Duration) {
        samples = samples.mapValues { $0.map { Sample(at: $0.at + offset, value: $0.value) } }
    }

    private struct Missing: Error { var words: String }

    private func stream(_ signal: Signal, _ method: BaselineMethod, _ now: BootInstant) -> Result<BaselineValue, Missing> {
        let recent = (samples[signal] ?? []).filter { now - $0.at <= method.streamWindow }
        guard let first = recent.first, let last = recent.last, last.at - first.at >= method.streamMinimum - .seconds(2) else {
            return .failure(Missing(words: "less than \(Int(method.streamMinimum.inSeconds)) s of valid values"))
        }
        return .success(BaselineValue(signal: signal, value: median(recent), count: recent.count))
    }

    private func cuff(_ signal: Signal, _ method: BaselineMethod, _ now: BootInstant) -> Result<BaselineValue, Missing> {
        let recent = (samples[signal] ?? []).filter { now - $0.at <= method.cuffWithin }
        guard recent.count >= method.cuffReadings else {
            return .failure(Missing(words: "\(recent.count) of \(method.cuffReadings) cuff readings"))
        }
        let values = recent.map(\.value)
        if recent.count == method.cuffReadings, let low = values.min(), let high = values.max(), high - low > method.cuffSpread {
            return .failure(Missing(words: "the cuff readings lie \((high - low).shortText) mmHg apart, take a further one"))
        }
        return .success(BaselineValue(signal: signal, value: median(recent), count: recent.count))
    }

    private func median(_ samples: [Sample]) -> Double {
        let sorted = samples.map(\.value).sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
