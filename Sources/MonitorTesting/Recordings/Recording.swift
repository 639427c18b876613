import DeviceProtocols

/// One file of `captures`: the family that speaks in it, how it is read, and what it must give. `RecordingTable` lists them all.
public struct Recording: Sendable {
    /// How the bytes stand in the file.
    public enum Form: Sendable, Hashable {
        /// The bytes of a line themselves, as `vigil device decode` reads them.
        case raw
        /// Hexadecimal text, as `vigil device decode --input hex` reads it.
        case hexadecimal
        /// A dialogue, a log, lines with meanings: read by the tests only.
        case annotated
    }

    /// The file below `captures`: `nonin/pufferfish_df2_vector.hex`.
    public var file: String
    /// The family.
    public var family: DeviceFamily
    /// The variant.
    public var options: [String: String]
    /// How the bytes stand in the file.
    public var form: Form
    /// What is wrong with what the file gives; empty is good.
    public var faults: @Sendable (Recording, TestData) throws -> [String]

    /// Creates a row of the table.
    public init(
        _ file: String, _ family: DeviceFamily, options: [String: String] = [:], form: Form,
        faults: @escaping @Sendable (Recording, TestData) throws -> [String]
    ) {
        self.file = file
        self.family = family
        self.options = options
        self.form = form
        self.faults = faults
    }

    /// The path below the folder of test data.
    public var path: String { "captures/\(file)" }

    /// The whole file through the offline decoder, which is what `vigil device decode` runs.
    public func decoded(_ data: TestData) throws -> (readings: [DecodedReading], statistics: DecoderStatistics) {
        let bytes = form == .raw ? try data.bytes(path) : try HexText.bytes(of: data.bytes(path))
        return try family.decodeOffline([bytes], options: options)
    }
}
