import DeviceProtocols
import VitalsModel

/// Writes what `vigil device decode` prints: one JSON object a line for each reading of a recording, then one with the counts.
///
///     {"offset":217,"signal":"heart_rate","value":60,"unit":"/min","quality":"valid"}
///     {"summary":{"frames":1444,"readings":720,"rejected":{}}}
///
/// An invalid reading has `"value":null`; `device_time` stands only where the device gave one.
public struct DecodeLines: Sendable {
    private var decoding: OfflineDecoding

    /// How the bytes of a recording are written down.
    public enum Input: String, CaseIterable, Sendable {
        /// As they came.
        case raw
        /// As hexadecimal text, see `HexText`.
        case hex
    }

    /// Creates the writer of one recording.
    ///
    /// - Throws: `DeviceOptionError` for an option that the family does not have or a value that it does not take.
    public init(family: DeviceFamily, options: [String: String] = [:]) throws(DeviceOptionError) {
        decoding = try OfflineDecoding(family, options: options)
    }

    /// The lines of the readings that the next bytes complete, each ended by a line feed; empty when there are none.
    public mutating func lines(from bytes: [UInt8]) -> String {
        decoding.readings(from: bytes).reduce(into: "") { text, reading in text += Self.line(reading) }
    }

    /// The last line: the counts of everything up to now.
    public var summary: String {
        let counts = decoding.statistics
        let rejected = counts.rejected.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { "\"\($0.key.rawValue)\":\($0.value)" }
        let kinds = rejected.joined(separator: ",")
        return "{\"summary\":{\"frames\":\(counts.frames),\"readings\":\(counts.readings),\"rejected\":{\(kinds)}}}\n"
    }

    /// All lines of a recording, the summary included.
    ///
    /// - Throws: `DeviceOptionError`, or `HexTextError` with line and column for hexadecimal text that cannot be read.
    public static func text(
        of recording: [UInt8], input: Input, family: DeviceFamily, options: [String: String] = [:]
    ) throws -> String {
        var writer = try DecodeLines(family: family, options: options)
        let bytes = input == .hex ? try HexText.bytes(of: recording) : recording
        return writer.lines(from: bytes) + writer.summary
    }

    /// The line of one reading. Nothing in it needs escaping: names come from our own tables, a device time is digits and marks.
    public static func line(_ reading: DecodedReading) -> String {
        let time = reading.deviceTime.map { ",\"device_time\":\"\($0)\"" } ?? ""
        let value = reading.value.map(number) ?? "null"
        let names = "\"unit\":\"\(reading.signal.unit.rawValue)\",\"quality\":\"\(reading.quality.rawValue)\""
        return "{\"offset\":\(reading.offset),\"signal\":\"\(reading.signal.rawValue)\",\"value\":\(value),\(names)\(time)}\n"
    }

    /// A number without a needless `.0`; JSON has no word for what is not finite.
    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return "null" }
        if let whole = Int(exactly: value) { return String(whole) }
        return value.description
    }
}
