import VitalsModel

/// The decoding of a recording: the decoder that a live source uses, without time and without answers.
///
/// The bytes may come in any chunks; the readings do not depend on the cuts. A frame that is not whole at the end of the
/// recording gives nothing and is not counted: a recording may stop anywhere.
public struct OfflineDecoding: Sendable {
    private var decoder: any DeviceDecoder
    /// Time stands still: a recording without times has no silence.
    private let instant = BootInstant(nanoseconds: 0)

    /// Creates a decoding.
    ///
    /// - Throws: `DeviceOptionError` for an option that the family does not have or a value that it does not take.
    public init(_ family: DeviceFamily, options: [String: String] = [:]) throws(DeviceOptionError) {
        decoder = try family.decoder(.offline, options: options)
    }

    /// Takes the next bytes and gives the readings that they complete, in order.
    public mutating func readings(from bytes: [UInt8]) -> [DecodedReading] {
        events(from: bytes).compactMap { event in
            if case .reading(let reading) = event { reading } else { nil }
        }
    }

    /// Takes the next bytes and gives everything that they complete: readings, conditions, cuff changes.
    public mutating func events(from bytes: [UInt8]) -> [DeviceEvent] { decoder.receive(bytes, at: instant).events }

    /// What was seen so far.
    public var statistics: DecoderStatistics { decoder.statistics }
}

extension DeviceFamily {
    /// Decodes a whole recording given in chunks.
    ///
    /// - Throws: `DeviceOptionError` for an option that the family does not have or a value that it does not take.
    public func decodeOffline(
        _ chunks: some Sequence<[UInt8]>, options: [String: String] = [:]
    ) throws(DeviceOptionError) -> (readings: [DecodedReading], statistics: DecoderStatistics) {
        var decoding = try OfflineDecoding(self, options: options)
        var readings: [DecodedReading] = []
        for chunk in chunks { readings += decoding.readings(from: chunk) }
        return (readings, decoding.statistics)
    }
}
