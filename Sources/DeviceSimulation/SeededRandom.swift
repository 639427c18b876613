import VitalsModel

/// A small random generator (SplitMix64): the same seed gives the same numbers on every machine.
struct SeededRandom: RandomNumberGenerator, Sendable, Hashable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return SeededRandom.mixed(state)
    }

    /// Spreads the bits of `value` so that neighbours have nothing in common.
    static func mixed(_ value: UInt64) -> UInt64 {
        var bits = value
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}

/// Smooth noise as a pure function of time, so that two devices on one patient see the same, however often they look.
struct SmoothNoise: Sendable, Hashable {
    /// Chooses the curve.
    var seed: UInt64
    /// The time between two independent values.
    var interval: Duration

    /// The noise at a time, within -1 and 1.
    func value(at time: Duration) -> Double {
        let position = time.nanoseconds
        let length = max(1, interval.nanoseconds)
        let index = position >= 0 ? position / length : (position - length + 1) / length
        let fraction = Double(position - index * length) / Double(length)
        let from = knot(index)
        return from + (knot(index + 1) - from) * fraction.smoothStep
    }

    private func knot(_ index: Int64) -> Double {
        let bits = SeededRandom.mixed(seed &+ UInt64(bitPattern: index) &* 0x9E37_79B9_7F4A_7C15)
        return Double(bits >> 11) / Double(UInt64(1) << 52) - 1
    }
}

extension Double {
    /// 0 below 0, 1 above 1, and a smooth rise between.
    var smoothStep: Double {
        let part = min(1, max(0, self))
        return part * part * (3 - 2 * part)
    }

    /// A wave of period 1 close to a sine, within -1 and 1; pure targets have no mathematics library.
    var wave: Double {
        let part = self - rounded(.down)
        return part < 0.5 ? 16 * part * (0.5 - part) : -16 * (part - 0.5) * (1 - part)
    }
}
