import VitalsModel

/// How well bytes fit a family, by what its decoder made of them.
public struct FamilyEvidence: Sendable, Hashable {
    /// The family's id.
    public var family: String
    /// The options of the decoder; empty for the defaults.
    public var options: [String: String]
    /// Bytes that were heard.
    public var bytes = 0
    /// Frames whose every check passed.
    public var frames = 0
    /// Readings given, invalid ones included.
    public var readings = 0
    /// Bytes outside any frame.
    public var garbage = 0
    /// Frames that were refused.
    public var refused = 0
    /// The last reading of each signal, in the order of `Signal.allCases`.
    public var lastReadings: [DecodedReading] = []

    /// Evidence of nothing.
    public init(family: String, options: [String: String] = [:]) {
        self.family = family
        self.options = options
    }

    /// Frames that chance does not make: fewer may be found in any bytes by a short checksum.
    public static let fewestFrames = 3

    /// Whether a person may rely on it: several whole frames, which are most of what was heard. The beginning may be cut off.
    public var isConvincing: Bool { frames >= Self.fewestFrames && garbage * 2 <= bytes && refused <= frames }

    /// The share of the bytes that made sense, in tenths: finer differences are those of the cut at the beginning.
    private var explainedTenths: Int { bytes == 0 ? 0 : (bytes - min(bytes, garbage)) * 10 / bytes }

    /// Whether this is the better explanation: more of the bytes, fewer refusals, more readings, more frames, defaults.
    public func isBetter(than other: FamilyEvidence) -> Bool {
        let own = [explainedTenths, -refused, readings, frames, -options.count]
        let its = [other.explainedTenths, -other.refused, other.readings, other.frames, -other.options.count]
        if own != its { return its.lexicographicallyPrecedes(own) }
        return family < other.family
    }

    /// Takes the counts of a decoder.
    public mutating func note(_ statistics: DecoderStatistics) {
        frames = statistics.frames
        readings = statistics.readings
        garbage = statistics.rejected[.garbage, default: 0]
        refused = statistics.rejected.reduce(0) { $0 + ($1.key == .garbage ? 0 : $1.value) }
    }

    /// Takes what a decoder gave.
    public mutating func note(_ events: [DeviceEvent]) {
        for case .reading(let reading) in events {
            lastReadings.removeAll { $0.signal == reading.signal }
            lastReadings.append(reading)
        }
        let order = Signal.allCases
        lastReadings.sort { (order.firstIndex(of: $0.signal) ?? 0) < (order.firstIndex(of: $1.signal) ?? 0) }
    }
}

/// One variant of a family that listens to a line and counts what it understands.
public struct FamilyListener: Sendable {
    /// What was understood so far.
    public private(set) var evidence: FamilyEvidence
    private var decoding: OfflineDecoding

    /// Creates a listener.
    ///
    /// - Throws: `DeviceOptionError` for options that the family does not take.
    public init(_ family: DeviceFamily, options: [String: String] = [:]) throws(DeviceOptionError) {
        evidence = FamilyEvidence(family: family.id, options: options)
        decoding = try OfflineDecoding(family, options: options)
    }

    /// Takes the next bytes.
    public mutating func receive(_ bytes: [UInt8]) {
        evidence.bytes += bytes.count
        evidence.note(decoding.events(from: bytes))
        evidence.note(decoding.statistics)
    }

    /// Listeners for the defaults of a family, and for every other value of each of its options.
    public static func variants(of family: DeviceFamily) -> [FamilyListener] {
        let single = family.options.flatMap { option in option.values.dropFirst().map { [option.key: $0] } }
        // The options come from the family itself, so that none is refused.
        return ([[:]] + single).compactMap { try? FamilyListener(family, options: $0) }
    }

    /// Which families whole frames are found of in a piece of a line, the best first, each with its best variant.
    public static func families(in bytes: [UInt8], among families: [DeviceFamily] = DeviceCatalog.families) -> [FamilyEvidence] {
        var heard: [FamilyEvidence] = []
        for family in families {
            for var listener in variants(of: family) {
                listener.receive(bytes)
                heard.append(listener.evidence)
            }
        }
        return convincing(heard)
    }

    /// The convincing ones, the best first, each family once.
    public static func convincing(_ evidence: [FamilyEvidence]) -> [FamilyEvidence] {
        var seen: Set<String> = []
        return evidence.filter(\.isConvincing).sorted { $0.isBetter(than: $1) }.filter { seen.insert($0.family).inserted }
    }
}
