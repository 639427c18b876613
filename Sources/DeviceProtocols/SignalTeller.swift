import VitalsModel

/// What a device says of one signal in one frame or packet.
public enum SignalWord: Sendable, Hashable {
    /// A value in the signal's unit with the device's own quality.
    case value(Double, ReadingQuality)
    /// The device says that it has none.
    case missing
    /// A value that the protocol or the body cannot mean: counted, never given.
    case implausible
}

/// Turns what a device repeats many times a second into readings and conditions of one signal.
///
/// A recording gives each frame's value, or only changes where the family says so. A live device gives a value when it changes
/// and once a second, since a steady value that is not repeated would look like one that is stale. The second is counted in frames,
/// so that the readings do not depend on how the bytes were cut. A line that loses frames would stretch it without bound: there a
/// value is also given when 2 s have passed since the last one, by the instants at which the bytes arrived.
public struct SignalTeller: Sendable {
    /// Which values become readings.
    public enum Pace: Sendable, Hashable {
        /// Each one.
        case each
        /// Changes only.
        case changes
        /// Changes, and each time that so many frames, or 2 s, have passed since the last reading.
        case changesAndEvery(Int)
    }

    /// The condition that was told last; nil before the first word.
    public private(set) var condition: SignalCondition?
    private let signal: Signal
    private let pace: Pace
    private var given: SignalWord?
    private var sinceGiven = 0
    private var givenAt: BootInstant?

    /// A third of the time in which a value counts as stale.
    private static let longestPause = Duration.seconds(2)

    /// Creates a teller that has said nothing.
    public init(_ signal: Signal, pace: Pace) {
        self.signal = signal
        self.pace = pace
    }

    /// Makes the next word a reading, as after a silence.
    public mutating func forget() { given = nil }

    /// Takes one frame's word.
    ///
    /// - Parameters:
    ///   - word: what the frame says.
    ///   - offset: the frame's first byte.
    ///   - condition: what the frame's flags say of the sensor; a missing value with a sensor in place becomes `poorSignal`.
    ///   - deviceTime: the device's time of the value, where it has one.
    ///   - now: when the frame arrived; nil where the pace asks for no time.
    public mutating func tell(
        _ word: SignalWord, offset: Int, condition told: SignalCondition = .measuring, deviceTime: DeviceTime? = nil,
        at now: BootInstant? = nil, _ events: inout [DeviceEvent], _ statistics: inout DecoderStatistics
    ) {
        sinceGiven += 1
        guard word != .implausible else { return statistics.reject(.implausible) }
        let condition = word == .missing && told == .measuring ? .poorSignal : told
        if condition != self.condition {
            self.condition = condition
            events.append(.signalCondition(signal, condition))
        }
        guard word != given || isDue(at: now) else { return }
        given = word
        sinceGiven = 0
        givenAt = now
        statistics.readings += 1
        events.append(.reading(reading(word, offset, deviceTime)))
    }

    private func isDue(at now: BootInstant?) -> Bool {
        switch pace {
        case .each: return true
        case .changes: return false
        case .changesAndEvery(let count):
            guard sinceGiven < count, let now, let givenAt else { return sinceGiven >= count }
            return now - givenAt >= Self.longestPause
        }
    }

    private func reading(_ word: SignalWord, _ offset: Int, _ time: DeviceTime?) -> DecodedReading {
        guard case .value(let number, let quality) = word, quality != .invalid else {
            return DecodedReading(offset: offset, signal: signal, value: nil, quality: .invalid, deviceTime: time)
        }
        return DecodedReading(offset: offset, signal: signal, value: number, quality: quality, deviceTime: time)
    }
}
