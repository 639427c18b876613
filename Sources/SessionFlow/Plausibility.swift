import AlertEngine
import VitalsModel

/// What a body can have (clinical.md, section 5, "Plausibility"). A value that is impossible or improbable is kept and shown as
/// `suspect`: it delays what valid values have begun, never cancels it, and never decides.
///
/// A jump is doubted once. When the next value lies at the new level it confirms the doubted one, which then counts from its own time:
/// what is true is not a moment later for it, and a single stray value never counts.
struct Plausibility: Sendable, Hashable, Codable {
    /// A source's last value with its time, to tell a jump.
    private struct Last: Sendable, Hashable, Codable {
        var source: SourceID
        var value: Double
        var at: BootInstant
        /// Where the values stood before they jumped; nil while none is doubted.
        var level: Double?
    }

    /// The last values of each signal, by its place, one a source: asked for every reading, and a room has few sources.
    private var last: [[Last]] = Signal.allCases.map { _ in [] }

    /// Creates a check that has seen nothing.
    init() {}

    /// The values that can be, in the signal's unit; nil where nothing is known.
    static func range(of signal: Signal) -> ClosedRange<Double>? {
        switch signal {
        case .heartRate, .pulseRate: 20...300
        // Below 50 an oximeter is only suspected of saying so.
        case .spo2: 50...100
        case .nibpSystolic: 40...280
        case .nibpDiastolic: 20...220
        case .nibpMean: 25...250
        case .respRate: 3...80
        case .perfusionIndex: nil
        }
    }

    /// The reading with the quality that its value deserves, never a better one than the device gave; and what it says of a jump.
    mutating func judged(_ reading: Reading) -> (reading: Reading, doubt: ReadingDoubt) {
        // A value that the device doubts is judged like one that it vouches for, so that a stored reading, which does not tell whose
        // doubt it was, is judged again as it was.
        // (One without a value is not stored, and so must leave no trace.)
        guard let value = reading.value, value.isFinite else { return (reading, .none) }
        guard reading.quality == .valid || reading.quality == .suspect else {
            forget(reading)
            return (reading, .none)
        }
        // Zero beats at the electrodes, which a device vouches for, is asystole: no value is more in need of an alert.
        if reading.signal == .heartRate, value == 0 {
            forget(reading)
            return (reading, .none)
        }
        var judged = reading
        guard Self.range(of: reading.signal)?.contains(value) ?? true else {
            forget(reading)
            judged.quality = .suspect
            return (judged, .none)
        }
        let doubt = doubt(value, of: reading)
        if doubt == .jump { judged.quality = .suspect }
        return (judged, doubt)
    }

    /// After what says nothing of the level there is none to jump from.
    private mutating func forget(_ reading: Reading) {
        last[reading.signal.ordinal].removeAll { $0.source == reading.source }
    }

    /// Whether the value lies further from the one before than a body changes in that time, or bears out one that did; remembers it.
    private mutating func doubt(_ value: Double, of reading: Reading) -> ReadingDoubt {
        guard let step = Self.largestStep(of: reading.signal) else { return .none }
        let place = reading.signal.ordinal
        let now = Last(source: reading.source, value: value, at: reading.received.boot, level: nil)
        guard let index = last[place].firstIndex(where: { $0.source == reading.source }) else {
            last[place].append(now)
            return .none
        }
        let before = last[place][index]
        last[place][index] = now
        // A doubted value is no level to jump from: what goes back to where the values stood is no jump.
        let level = before.level ?? before.value
        let isFar = step.onlyFalls ? level - value > step.size : abs(value - level) > step.size
        guard isFar else { return .none }
        if before.level != nil, Self.bearsOut(value, before.value, level, step: step.size) { return .confirmsJump }
        guard reading.received.boot - before.at <= step.within else { return .none }
        last[place][index].level = level
        return .jump
    }

    /// Whether a value lies near the doubted one before it, or further on its side.
    private static func bearsOut(_ value: Double, _ doubted: Double, _ level: Double, step: Double) -> Bool {
        abs(value - doubted) <= step || ((value > level) == (doubted > level) && abs(value - level) >= abs(doubted - level))
    }

    /// The largest believable step: 30 a minute in 2 s, 4 % saturation in 1 s, 50 mmHg in 5 min.
    private static func largestStep(of signal: Signal) -> (size: Double, within: Duration, onlyFalls: Bool)? {
        switch signal {
        case .heartRate, .pulseRate: (30, .seconds(2), false)
        // Values come about once a second; a sensor that is put on may rise at once.
        case .spo2: (4, .milliseconds(1100), true)
        case .nibpSystolic, .nibpDiastolic, .nibpMean: (50, .seconds(300), false)
        case .respRate, .perfusionIndex: nil
        }
    }

    /// Moves to another boot clock.
    mutating func shift(by offset: Duration) {
        for place in last.indices {
            for index in last[place].indices { last[place][index].at = last[place][index].at + offset }
        }
    }
}
