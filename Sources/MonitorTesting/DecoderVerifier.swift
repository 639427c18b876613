import DeviceProtocols
import VitalsModel

/// Tries a decoder with a clean stream, cut in every way and damaged in every way, and lists what is wrong. Empty is good.
public struct DecoderVerifier: Sendable {
    /// What was decoded, without offsets: damage may move bytes.
    public struct Content: Hashable, Sendable {
        /// The signal.
        public var signal: Signal
        /// The value.
        public var value: Double?
        /// The quality.
        public var quality: ReadingQuality

        /// The content of a reading.
        public init(_ reading: DecodedReading) {
            signal = reading.signal
            value = reading.value
            quality = reading.quality
        }

        /// Whether a person can have it, or there is none: the ranges are those of bodies, wider than any device's display.
        public var isPlausible: Bool {
            guard let value else { return quality == .invalid }
            return quality != .invalid && signal.possibleValues.contains(value)
        }

        var words: String { "\(signal.rawValue) \(value.map(String.init(describing:)) ?? "none") \(quality.rawValue)" }
    }

    private let family: DeviceFamily
    private let options: [String: String]
    private let clean: [UInt8]

    /// Creates a verifier for one clean stream.
    public init(_ family: DeviceFamily, options: [String: String] = [:], clean: [UInt8]) {
        self.family = family
        self.options = options
        self.clean = clean
    }

    /// Readings of some bytes given in chunks of `size`.
    public func readings(_ bytes: [UInt8], chunk size: Int) throws -> [DecodedReading] {
        let chunks = stride(from: 0, to: bytes.count, by: max(1, size)).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
        return try family.decodeOffline(chunks, options: options).readings
    }

    /// The readings must not depend on how the bytes are cut.
    public func faultsOfCutting(using random: inout SeededRandom) throws -> [String] {
        let whole = try readings(clean, chunk: clean.count)
        var faults: [String] = []
        for size in [1, 7, 4096] where try readings(clean, chunk: size) != whole { faults.append("chunks of \(size) read differently") }
        var chunks: [[UInt8]] = []
        var start = 0
        while start < clean.count {
            let end = min(clean.count, start + Int.random(in: 0...300, using: &random))
            chunks.append(Array(clean[start..<end]))
            start = end
        }
        if try family.decodeOffline(chunks, options: options).readings != whole { faults.append("random chunks read differently") }
        return faults
    }

    /// Garbage before the stream must not add a reading, and must lose at most `lost` at its beginning. A family without a check
    /// may take the garbage for readings, but only for plausible ones, and for no more than `lost`.
    public func faultsOfGarbage(
        _ count: Int, losing lost: Int, check: FrameCheck = .checked, using random: inout SeededRandom
    ) throws -> [String] {
        let whole = try readings(clean, chunk: clean.count).map(Content.init)
        let seen = try readings(random.bytes(count) + clean, chunk: 64).map(Content.init)
        let common = zip(whole.reversed(), seen.reversed()).prefix { $0 == $1 }.count
        let added = seen.dropLast(common)
        let isHarmless = check.isChecked ? added.isEmpty : added.allSatisfy(\.isPlausible)
        if common < whole.count - lost || !isHarmless {
            return ["after \(count) bytes of garbage: \(common) readings of \(whole.count), and others: \(added.map(\.words))"]
        }
        return []
    }

    /// A stream that is broken off must give a beginning of the readings.
    public func faultsOfTruncation(step: Int) throws -> [String] {
        let whole = try readings(clean, chunk: clean.count)
        return try stride(from: 0, through: clean.count, by: step).compactMap { length in
            let seen = try readings(Array(clean[..<length]), chunk: 64)
            return whole.starts(with: seen) ? nil : "cut after \(length) bytes: a reading that the whole stream has not"
        }
    }

    /// Every single flipped bit must give no reading that `isAllowed` refuses; allowed is normally what the clean stream has.
    ///
    /// The time grows with the square of the stream's length. With `bitsPerByte` below 8 only so many bits of each byte are
    /// flipped, others from byte to byte.
    public func faultsOfFlippedBits(bitsPerByte: Int = 8, isAllowed: (Content) -> Bool) throws -> [String] {
        var faults: [String] = []
        for index in clean.indices {
            for bit in (0..<bitsPerByte).map({ ($0 + index) % 8 }) {
                var damaged = clean
                damaged[index] ^= 1 << UInt8(bit)
                for reading in try readings(damaged, chunk: clean.count) where !isAllowed(Content(reading)) {
                    faults.append("bit \(bit) of byte \(index) flipped: \(reading)")
                }
            }
        }
        return faults
    }

    /// The same, judged by the family's check: with one nothing but what the clean stream has, without one what is plausible.
    ///
    /// A damaged frame is a lost one, and what it said of later frames is lost with it (an error that makes a cuff's last values old
    /// ones): so what the stream gives to somebody who joins later is allowed too.
    public func faultsOfFlippedBits(_ check: FrameCheck) throws -> [String] {
        let allowed = try clean.indices.reduce(into: Set<Content>()) { contents, start in
            contents.formUnion(try readings(Array(clean[start...]), chunk: clean.count).map(Content.init))
        }
        return try faultsOfFlippedBits { allowed.contains($0) || !check.isChecked && $0.isPlausible }
    }

    /// What the clean stream has.
    public func cleanContents() throws -> Set<Content> { Set(try readings(clean, chunk: clean.count).map(Content.init)) }
}

extension Signal {
    /// What a body can have; the bounds of a dying patient count as possible.
    fileprivate var possibleValues: ClosedRange<Double> {
        switch self {
        case .heartRate, .pulseRate: 18...350
        case .spo2: 0...100
        case .nibpSystolic, .nibpDiastolic, .nibpMean: 10...300
        case .respRate: 0...150
        case .perfusionIndex: 0...25
        }
    }
}
