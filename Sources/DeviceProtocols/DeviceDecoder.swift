import VitalsModel

/// The client's side of one device protocol as a state machine without I/O: bytes and time in; readings, bytes to send,
/// notes and the next deadline out.
///
/// Contract for a decoder:
/// - Any bytes in any chunks are accepted; the readings do not depend on how the bytes were cut.
/// - It never traps, never grows without bound (its buffer holds at most one frame) and never waits.
/// - A reading is given only from a frame whose every check passed; a refused frame is counted by its kind.
/// - It resynchronises by itself after garbage, truncation and flipped bits.
/// - It decides nothing clinical: quality is the device's own word, limits are not its business.
public protocol DeviceDecoder: Sendable {
    /// Takes bytes that arrived at `now`.
    mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> DeviceOutput

    /// Tells that the port was opened, or that time has come to `nextDeadline`; the answer may hold bytes to send.
    mutating func advance(to now: BootInstant) -> DeviceOutput

    /// Asks the device to start or abort a cuff measurement. Families whose `cuffControl` is `none` do nothing.
    ///
    /// - Returns: what is to be sent now; a device that is busy or silent is asked again by `advance`, and what came of it is
    ///   told by `DeviceEvent.cuff`.
    mutating func command(_ command: CuffCommand, at now: BootInstant) -> DeviceOutput

    /// When `advance` wants to be called, or nil when only bytes matter.
    var nextDeadline: BootInstant? { get }

    /// What was seen so far.
    var statistics: DecoderStatistics { get }
}

extension DeviceDecoder {
    /// Nothing: most families only listen.
    public mutating func command(_ command: CuffCommand, at now: BootInstant) -> DeviceOutput { DeviceOutput() }
}

/// What one step of a decoder gives.
public struct DeviceOutput: Sendable, Hashable {
    /// Readings and notes in the order in which the device gave them.
    public var events: [DeviceEvent]
    /// Bytes to write to the device, whole frames, in order.
    public var bytesToSend: [[UInt8]]

    /// Creates an output.
    public init(events: [DeviceEvent] = [], bytesToSend: [[UInt8]] = []) {
        self.events = events
        self.bytesToSend = bytesToSend
    }

    /// Appends the later output of the same decoder.
    public mutating func append(_ later: DeviceOutput) {
        events += later.events
        bytesToSend += later.bytesToSend
    }
}

/// One thing that a device said.
public enum DeviceEvent: Sendable, Hashable {
    /// A value, or the word that there is none (quality `invalid`).
    case reading(DecodedReading)
    /// The state of a signal changed. Given only on change, before the first reading that it belongs to.
    case signalCondition(Signal, SignalCondition)
    /// The dialogue with the device moved. Given only on change, with the reason in words.
    case link(LinkState, reason: String)
    /// A cuff began or ended a measurement; `failure` in words when it gave no values.
    case cuff(CuffState, failure: String?)
}

/// Where the dialogue with a device stands.
public enum LinkState: String, Sendable, Hashable {
    /// The device has not yet agreed to send, or has taken it back.
    case negotiating
    /// The device sends.
    case streaming
    /// The device has fallen silent for longer than its protocol allows.
    case stale
}

/// One value as a decoder gives it: the daemon adds the source, the clocks and the sequence.
public struct DecodedReading: Sendable, Hashable {
    /// Offset of the first byte of the frame since the decoder was made.
    public var offset: Int
    /// What was measured.
    public var signal: Signal
    /// In the signal's unit; nil exactly when the quality is `invalid`.
    public var value: Double?
    /// The device's own word.
    public var quality: ReadingQuality
    /// The device's time of the measurement, where it gives one.
    public var deviceTime: DeviceTime?

    /// Creates a reading.
    public init(offset: Int, signal: Signal, value: Double?, quality: ReadingQuality, deviceTime: DeviceTime? = nil) {
        self.offset = offset
        self.signal = signal
        self.value = value
        self.quality = quality
        self.deviceTime = deviceTime
    }
}

/// Why bytes were refused. Not mine, damaged and nonsense are told apart.
public enum FrameRejection: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Bytes outside any frame.
    case garbage
    /// A frame that does not begin as the protocol says.
    case badHeader = "bad_header"
    /// A frame whose length contradicts its bytes, or a longer one than the protocol has.
    case badLength = "bad_length"
    /// A checksum that does not fit.
    case badChecksum = "bad_checksum"
    /// A frame that was broken off.
    case truncated
    /// A frame whose checks passed and whose content contradicts itself.
    case malformed
    /// A value that the protocol cannot mean.
    case implausible

    /// Orders from the lesser to the greater.
    public static func < (left: FrameRejection, right: FrameRejection) -> Bool { left.rawValue < right.rawValue }
}

/// Counts since a decoder was made.
public struct DecoderStatistics: Sendable, Hashable {
    /// Frames whose every check passed.
    public var frames = 0
    /// Readings given, invalid ones included.
    public var readings = 0
    /// Refusals by kind: frames, and for `garbage` bytes.
    public var rejected: [FrameRejection: Int] = [:]

    /// Creates counts of zero.
    public init() {}

    /// Counts one refusal.
    public mutating func reject(_ kind: FrameRejection, count: Int = 1) { rejected[kind, default: 0] += count }

    /// Adds the counts of another decoder.
    public mutating func add(_ other: DecoderStatistics) {
        frames += other.frames
        readings += other.readings
        rejected.merge(other.rejected, uniquingKeysWith: +)
    }
}
