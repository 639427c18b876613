import VitalsModel

/// One value of a recording.
public struct RecordedValue: Sendable, Hashable {
    /// Seconds from the beginning of the recording.
    public var time: Double
    /// What was measured.
    public var signal: Signal
    /// In the signal's unit.
    public var value: Double

    /// Creates a value.
    public init(time: Double, signal: Signal, value: Double) {
        self.time = time
        self.signal = signal
        self.value = value
    }
}

/// Why a recording cannot be used: the line, counted from 1, and what is wrong with it.
public struct ReadingSeriesFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line, counted from 1.
    public var line: Int
    /// What is wrong, and what was expected.
    public var message: String

    /// Creates a fault.
    public init(line: Int, message: String) {
        self.line = line
        self.message = message
    }

    /// Line and message.
    public var description: String { "line \(line): \(message)" }
}

/// A recording read line by line: a header `time_s,signal,value`, then one value a line, sorted by time.
///
/// Blank lines and CR LF are let pass; anything else that is not a value is a fault, because a limit tested on half a
/// recording tells nothing.
public struct ReadingSeries: Sendable {
    /// The first line of every recording.
    public static let header = "time_s,signal,value"

    /// The values so far, by time.
    public private(set) var values: [RecordedValue] = []
    private var lines = 0
    private var hasHeader = false
    private static let headerBytes = Array(header.utf8)
    private static let names: [(bytes: [UInt8], signal: Signal)] = Signal.allCases.map { (Array($0.rawValue.utf8), $0) }

    /// Creates a recording without lines.
    public init() {}

    /// Reads a whole file.
    public init(bytes: [UInt8]) throws(ReadingSeriesFault) {
        values.reserveCapacity(bytes.count / 16)
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            // A typed throw does not pass through withUnsafeBufferPointer; the outcome does.
            let fault = bytes.withUnsafeBufferPointer { buffer -> ReadingSeriesFault? in
                take(line: UnsafeBufferPointer(rebasing: buffer[start..<end]))
            }
            if let fault { throw fault }
            start = end + 1
        }
        try finish()
    }

    /// Takes the next line without its line feed.
    public mutating func receive(line: UnsafeBufferPointer<UInt8>) throws(ReadingSeriesFault) {
        if let fault = take(line: line) { throw fault }
    }

    /// Tells that the file is at its end.
    ///
    /// - Throws: `ReadingSeriesFault` when there was not even a header.
    public func finish() throws(ReadingSeriesFault) {
        if !hasHeader { throw ReadingSeriesFault(line: 1, message: "the file is empty; its first line must be \"\(Self.header)\"") }
    }

    /// Seconds from the first to the last value.
    public var length: Double { (values.last?.time ?? 0) - (values.first?.time ?? 0) }

    /// The signals that the recording has.
    public var signals: Set<Signal> { Set(values.lazy.map(\.signal)) }

    private mutating func take(line whole: UnsafeBufferPointer<UInt8>) -> ReadingSeriesFault? {
        lines += 1
        let line = whole.last == UInt8(ascii: "\r") ? UnsafeBufferPointer(rebasing: whole.dropLast()) : whole
        if !hasHeader {
            guard line.elementsEqual(Self.headerBytes) else {
                return fault("the header is \"\(Self.shown(line))\"; expected \"\(Self.header)\"")
            }
            hasHeader = true
            return nil
        }
        if line.isEmpty { return nil }
        let comma = UInt8(ascii: ",")
        guard let first = line.firstIndex(of: comma), let second = line[(first + 1)...].firstIndex(of: comma),
            line[(second + 1)...].firstIndex(of: comma) == nil
        else { return fault("\"\(Self.shown(line))\" has not three columns; expected \(Self.header)") }
        return take(
            time: UnsafeBufferPointer(rebasing: line[..<first]), name: UnsafeBufferPointer(rebasing: line[(first + 1)..<second]),
            value: UnsafeBufferPointer(rebasing: line[(second + 1)...]))
    }

    private mutating func take(
        time timeText: UnsafeBufferPointer<UInt8>, name: UnsafeBufferPointer<UInt8>, value valueText: UnsafeBufferPointer<UInt8>
    ) -> ReadingSeriesFault? {
        guard let time = DecimalNumber.parse(timeText) else {
            return fault("time_s is \"\(Self.shown(timeText))\"; expected a number of seconds")
        }
        guard let signal = Self.names.first(where: { name.elementsEqual($0.bytes) })?.signal else {
            let known = Signal.allCases.map(\.rawValue).joined(separator: ", ")
            return fault("there is no signal \"\(Self.shown(name))\"; expected one of \(known)")
        }
        guard let value = DecimalNumber.parse(valueText) else { return fault("value is \"\(Self.shown(valueText))\"; expected a number") }
        if let last = values.last, time < last.time {
            return fault("time_s goes back from \(OrderedJSON.number(last.time)) to \(OrderedJSON.number(time)); sort the file by time")
        }
        values.append(RecordedValue(time: time, signal: signal, value: value))
        return nil
    }

    private func fault(_ message: String) -> ReadingSeriesFault { ReadingSeriesFault(line: lines, message: message) }

    /// At most 60 characters of a line, for a message.
    private static func shown(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        ScreenText.plain(String(decoding: bytes.prefix(60), as: UTF8.self)) + (bytes.count > 60 ? "..." : "")
    }
}
