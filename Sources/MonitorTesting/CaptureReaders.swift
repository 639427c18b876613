import DeviceProtocols
import Foundation

/// One line of a recorded dialogue: `frame time_us direction payload_hex`.
public struct HexLogLine: Sendable, Hashable {
    /// The frame's number in the recording.
    public var frame: Int
    /// Whether the monitor sent it to the client.
    public var isFromMonitor: Bool
    /// The payload, without any serial framing.
    public var payload: [UInt8]
}

/// One value that a recording is known to hold, from its `expected.csv`.
public struct ExpectedNumeric: Sendable, Hashable {
    /// The frame: its number in a dialogue, its index from 0 in a raw recording.
    public var frame: Int
    /// The physiological identifier.
    public var physio: UInt16
    /// The measurement state.
    public var state: UInt16
    /// The value as written, nil for `NaN`.
    public var value: Double?
    /// The time stamp of the value in hexadecimal, empty when there is none.
    public var stamp: String
}

extension TestData {
    /// The lines of a dialogue. Announcements to everybody (`M>*`) are neither from the monitor to the client nor the reverse and
    /// are left out.
    public func hexLog(_ name: String) throws -> [HexLogLine] {
        try lines(name).filter { !$0.hasPrefix("#") }.compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count == 4, let frame = Int(fields[0]) else { throw TestDataError("\(name): cannot read the line \(line)") }
            guard fields[2] != "M>*" else { return nil }
            return HexLogLine(frame: frame, isFromMonitor: fields[2] == "M>C", payload: try HexText.bytes(of: fields[3].utf8))
        }
    }

    /// What the monitor sent in an IntelliVue dialogue, put into serial frames; with the number of each by the offset of its frame.
    public func intelliVueStream(_ name: String) throws -> (bytes: [UInt8], frames: [Int: Int]) {
        var bytes: [UInt8] = []
        var frames: [Int: Int] = [:]
        for line in try hexLog(name) where line.isFromMonitor {
            frames[bytes.count] = line.frame
            bytes += IntelliVueFrame.encode(line.payload)
        }
        return (bytes, frames)
    }

    /// The bytes of a file of hexadecimal text.
    public func hex(_ name: String) throws -> [UInt8] { try HexText.bytes(of: bytes(name)) }

    /// The values of an `expected.csv` of the IntelliVue recordings.
    public func expectedNumerics(_ name: String) throws -> [ExpectedNumeric] {
        try lines(name).dropFirst().map { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count == 10, let frame = Int(fields[0]), let physio = UInt16(fields[4], radix: 16),
                let state = UInt16(fields[6], radix: 16)
            else { throw TestDataError("\(name): cannot read the line \(line)") }
            let value = fields[8] == "NaN" ? nil : Double(fields[8])
            return ExpectedNumeric(frame: frame, physio: physio, state: state, value: value, stamp: String(fields[9]))
        }
    }
}
