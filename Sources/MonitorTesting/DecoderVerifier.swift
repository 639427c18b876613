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

    /// Garbage before the stream must not add a reading, and must lose at most `lost` at its beginning.
    public func faultsOfGarbage(_ count: Int, losing lost: Int, using random: inout SeededRandom) throws -> [String] {
        let whole = try readings(clean, chunk: clean.count).map(Content.init)
        let seen = try readings(random.bytes(count) + clean, chunk: 64).map(Content.init)
        if seen.count < whole.count - lost || !whole.reversed().starts(with: seen.reversed()) {
            return ["after \(count) bytes of garbage: \(seen.count) readings of \(whole.count), or others"]
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

    /// What the clean stream has.
    public func cleanContents() throws -> Set<Content> { Set(try readings(clean, chunk: clean.count).map(Content.init)) }
}
