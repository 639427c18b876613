import DeviceProtocols
import VitalsModel

/// What a probe found at a port, as `vigil device probe` prints it.
public struct ProbeReport: Sendable, Hashable, Encodable {
    /// One family that understands what the port says.
    public struct Candidate: Sendable, Hashable, Encodable {
        /// The family.
        public var family: String
        /// The options that fit best; left out are defaults.
        public var options: [String: String]
        /// Bytes heard.
        public var bytes: Int
        /// Whole frames among them.
        public var frames: Int
        /// Readings in the frames.
        public var readings: Int
        /// The last value of each signal; an invalid one is left out.
        public var values: [Signal: Double]

        init(_ evidence: FamilyEvidence) {
            (family, options) = (evidence.family, evidence.options)
            (bytes, frames, readings) = (evidence.bytes, evidence.frames, evidence.readings)
            let valued = evidence.lastReadings.compactMap { reading in reading.value.map { (reading.signal, $0) } }
            values = Dictionary(valued, uniquingKeysWith: { $1 })
        }

        enum CodingKeys: CodingKey { case family, options, bytes, frames, readings, values }

        /// Signals by their names.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(family, forKey: .family)
            try container.encode(options, forKey: .options)
            try container.encode(bytes, forKey: .bytes)
            try container.encode(frames, forKey: .frames)
            try container.encode(readings, forKey: .readings)
            let named = Dictionary(values.map { ($0.key.rawValue, $0.value) }, uniquingKeysWith: { first, _ in first })
            try container.encode(named, forKey: .values)
        }

        fileprivate var sentence: String {
            let variant =
                options.isEmpty ? "" : " (\(options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")))"
            let shown = Signal.allCases.compactMap { signal in values[signal].map { "\(signal.label) \(ScreenText.number($0))" } }
            let end = shown.isEmpty ? "no values yet" : shown.joined(separator: ", ")
            return "\(family)\(variant): \(frames) whole frames and \(readings) readings in \(bytes) bytes; \(end)"
        }
    }

    /// The port as it was named.
    public var port: String
    /// The line at which it was understood; nil when it was not.
    public var line: String?
    /// Whether it spoke by itself, or was asked; nil when it was not understood.
    public var wasAsked: Bool?
    /// The families that fit, the best first.
    public var candidates: [Candidate]
    /// The source to put into vigil.yaml; nil when nothing fits.
    public var yaml: String?

    enum CodingKeys: String, CodingKey {
        case port, line
        case wasAsked = "was_asked"
        case candidates, yaml
    }

    /// A report of nothing.
    public init(nothingAt port: String) {
        self.port = port
        candidates = []
    }

    /// A report of what was found.
    public init(port: String, line: LineSettings, wasAsked: Bool, evidence: [FamilyEvidence], yaml: String) {
        self.port = port
        self.line = line.description
        self.wasAsked = wasAsked
        candidates = evidence.map(Candidate.init)
        self.yaml = yaml
    }

    /// For people.
    public var lines: [String] {
        guard let first = candidates.first, let line, let yaml else {
            return [
                "\(port): no family was understood.",
                "Check that the device is on and its output switched on (vigil device families), the cable, and that no other program reads it.",
            ]
        }
        var lines = ["\(port): \(wasAsked == true ? "answers as" : "speaks") \(first.sentence), at \(line)"]
        if candidates.count > 1 {
            lines.append("The bytes also fit, less well; the name on the device decides:")
            lines += candidates.dropFirst().map { "  \($0.sentence)" }
        }
        return (lines + ["Put this under the `sources` of its room in vigil.yaml:"]).map(ScreenText.plain) + ["  \(yaml)"]
    }
}
