/// How far a value may be trusted.
public enum ReadingQuality: String, Sendable, Hashable, Codable, CaseIterable {
    /// The device vouches for it and it is plausible.
    case valid
    /// The device doubts it, or it is improbable: kept and shown, may delay an alert, never cancels one.
    case suspect
    /// The device says that it has no value. `value` is nil.
    case invalid
    /// The device is in demonstration or test mode: kept and marked, never raises an alert.
    case demo
}

/// One value of one signal from one source at one time.
public struct Reading: Sendable, Hashable, Codable {
    /// The device that sent it.
    public var source: SourceID
    /// What was measured.
    public var signal: Signal
    /// In the signal's unit; nil exactly when the quality is `invalid`.
    public var value: Double?
    /// How far it may be trusted.
    public var quality: ReadingQuality
    /// When the last byte of its frame was read from the port.
    public var received: Moment
    /// The device's own time of the measurement; devices give it for cuff values.
    public var deviceTime: DeviceTime?
    /// The source's own count, rising by one with each thing that the source reports, so that a burst loses none.
    public var sequence: UInt64

    /// Creates a reading.
    public init(
        source: SourceID, signal: Signal, value: Double?, quality: ReadingQuality, received: Moment,
        deviceTime: DeviceTime? = nil, sequence: UInt64
    ) {
        self.source = source
        self.signal = signal
        self.value = value
        self.quality = quality
        self.received = received
        self.deviceTime = deviceTime
        self.sequence = sequence
    }
}

/// What a device says of one signal, apart from its numbers.
public enum SignalCondition: String, Sendable, Hashable, Codable {
    /// Values come.
    case measuring
    /// The sensor is not on the patient, or unplugged from the monitor.
    case sensorOff = "sensor_off"
    /// The sensor is on, but the device cannot measure.
    case poorSignal = "poor_signal"
    /// The device does not measure this signal.
    case unavailable
    /// The device sends demonstration or test values.
    case demo

    /// As a person reads it.
    public var words: String {
        switch self {
        case .measuring: "measuring"
        case .sensorOff: "sensor off"
        case .poorSignal: "poor signal"
        case .unavailable: "not measured"
        case .demo: "demonstration values"
        }
    }
}

/// Where a source stands, in the same words on every screen.
public enum SourceState: String, Sendable, Hashable, Codable {
    /// The port does not exist.
    case absent
    /// The port exists and is being opened.
    case opening
    /// The port is open; the device has not yet agreed to send.
    case negotiating
    /// Readings come.
    case streaming
    /// The port is open, but the device has fallen silent.
    case stale
    /// The port was open and is gone.
    case lost
}

/// Whether a cuff is inflated; while it is, an oximeter on the same arm has no pulse.
public enum CuffState: String, Sendable, Hashable, Codable {
    /// Not measuring.
    case idle
    /// Inflated or inflating.
    case measuring
}
