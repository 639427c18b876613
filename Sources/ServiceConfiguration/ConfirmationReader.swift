import AlertEngine
import VitalsModel

/// Reads what turns breaches into an alert: a stream is confirmed by time, a cuff by further measurements (alarms.md 2b).
struct ConfirmationReader {
    /// How many samples a delay needs at least where the rule does not say: the first and one that confirms it, so that a
    /// single sample before a gap never alerts by itself.
    static let standardSamples = 2

    var map: MapReader
    var kind: RuleKind
    var signals: [Signal]

    private static let streamKeys = ["for", "samples", "clear_for"]
    private static let cuffKeys = ["readings", "within", "clear_readings"]

    /// The confirmation, or nil with its faults reported.
    func read() -> Confirmation? {
        if kind.watching == .quality || kind.raisesAtOnce { return readEnd() }
        guard kind.watching == .values else {
            let foreign = (Self.streamKeys + Self.cuffKeys).filter { !kind.ownKeys.contains($0) }
            refuse(foreign, "a rule of kind \(kind.word) is confirmed by time itself")
            return Confirmation(offDelay: .zero)
        }
        switch signals.first?.cadence {
        case .streaming: return readStream()
        case .intermittent: return readCuff()
        case nil:
            // The signal was wrong; which keys belong here is not known.
            for key in Self.streamKeys + Self.cuffKeys { _ = map.field(key) }
            return nil
        }
    }

    private func readStream() -> Confirmation? {
        refuse(Self.cuffKeys, "\(name) is a stream; it is confirmed by \"for\", not by counting readings")
        guard let onDelay = readOnDelay() else { return nil }
        let samples = map.field("samples")?.integer(in: 1...10_000) ?? (onDelay == .zero ? 1 : Self.standardSamples)
        let offDelay = map.field("clear_for")?.duration(in: .zero ... .seconds(600)) ?? Confirmation().offDelay
        return Confirmation(onDelay: onDelay, minimumSamples: samples, offDelay: offDelay)
    }

    private func readOnDelay() -> Duration? {
        if let standard = kind.standardOnDelay, map.field("for") == nil { return standard }
        return map.required("for", "how long the value must be beyond the limit, as in 30 s")?.duration(in: .zero...kind.longestOnDelay)
    }

    /// For a kind that alerts as soon as it is true: only the end is confirmed.
    private func readEnd() -> Confirmation? {
        let reason = "a rule of kind \(kind.word) alerts as soon as it is true"
        refuse(["for", "samples"], reason)
        // What such a kind counts itself it has asked for by now.
        if kind.watching == .quality { refuse(["readings", "within"], reason) }
        switch signals.first?.cadence {
        case .streaming:
            refuse(["clear_readings"], "\(name) is a stream; its end is confirmed by \"clear_for\"")
            return Confirmation(offDelay: map.field("clear_for")?.duration(in: .zero ... .seconds(600)) ?? Confirmation().offDelay)
        case .intermittent:
            refuse(["clear_for"], "\(name) comes as single cuff measurements; its end is confirmed by \"clear_readings\"")
            return Confirmation(clearReadings: map.field("clear_readings")?.integer(in: 1...10) ?? 1)
        case nil:
            for key in ["clear_for", "clear_readings"] { _ = map.field(key) }
            return nil
        }
    }

    private func readCuff() -> Confirmation? {
        refuse(Self.streamKeys, "\(name) comes as single cuff measurements; it is confirmed by \"readings\", not by time")
        let readingsField = map.field("readings")
        let readings = readingsField?.integer(in: 1...10)
        let clear = map.field("clear_readings")?.integer(in: 1...10) ?? 1
        if readingsField != nil, readings == nil {
            // Whether a window belongs to it is not known.
            _ = map.field("within")
            return nil
        }
        guard let readings, readings > 1 else {
            refuse(["within"], "one reading is enough for this rule, so no window is needed; give readings: 2 or remove it")
            return Confirmation(clearReadings: clear)
        }
        let window = map.required("within", "the time in which \(readings) readings must breach, as in 6 min")?
            .duration(in: .seconds(60)...(.seconds(4 * 3600)))
        guard let window else { return nil }
        return Confirmation(readings: readings, window: window, clearReadings: clear)
    }

    private var name: String { signals.first?.rawValue ?? "the signal" }

    private func refuse(_ keys: [String], _ reason: String) {
        for key in keys { map.refuse(key, because: reason) }
    }
}
