import VitalsModel

/// One value as a simulated device said it, after its own rounding.
public struct SentValue: Sendable, Hashable {
    /// What was measured.
    public var signal: Signal
    /// In the signal's unit, as the wire carries it; nil when the device said that it has none.
    public var value: Double?
    /// The device's time of the value, where the wire carries one.
    public var deviceTime: DeviceTime?

    /// Creates a value.
    public init(_ signal: Signal, _ value: Double?, deviceTime: DeviceTime? = nil) {
        self.signal = signal
        self.value = value
        self.deviceTime = deviceTime
    }
}

/// What a simulated device has said: a value of a stream each time that it differs from the one before it of its signal, a cuff value
/// once for each measurement. Tests hold what was decoded and stored against it.
public struct SentValues: Sendable, Hashable {
    /// The most that is kept, so that a device may run for weeks; older ones go first.
    public static let mostKept = 20_000

    /// In the order of sending.
    public private(set) var values: [SentValue] = []
    private var last: [Signal: SentValue] = [:]

    /// Nothing said.
    public init() {}

    /// Notes that a frame said this of a streaming signal; nothing happens when it only says again what it said last.
    public mutating func say(_ signal: Signal, _ value: Double?) {
        let word = SentValue(signal, value)
        guard last[signal] != word else { return }
        last[signal] = word
        keep(word)
    }

    /// Notes one finished cuff measurement, each value of it; to be called once, also if the device sends it again.
    public mutating func sayMeasured(_ values: [Signal: Double], deviceTime: DeviceTime? = nil) {
        for signal in Signal.allCases {
            if let value = values[signal] { keep(SentValue(signal, value, deviceTime: deviceTime)) }
        }
    }

    /// The values of one signal, in order.
    public func values(of signal: Signal) -> [Double?] { values.filter { $0.signal == signal }.map(\.value) }

    private mutating func keep(_ word: SentValue) {
        values.append(word)
        if values.count > 2 * Self.mostKept { values.removeFirst(values.count - Self.mostKept) }
    }
}
