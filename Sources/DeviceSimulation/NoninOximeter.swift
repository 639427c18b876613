import DeviceProtocols
import VitalsModel

/// A Nonin OEM III or Xpod oximeter: a stream of 75 frames of 5 bytes each second, formats 2 and 7 (protocols page).
public struct NoninOximeter: SimulatedDevice {
    /// The layout of a frame.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// Constant 01, status, pleth of 8 bits.
        case two = "2"
        /// Status, pleth of 16 bits.
        case seven = "7"
    }

    /// Frames in a second.
    static let framesPerSecond: Int64 = 75
    /// Frames in a packet.
    static let framesPerPacket: Int64 = 25
    /// How long the display values stay after the finger is gone.
    static let displayLingers: Duration = .seconds(10)
    /// How long the oximeter searches for a pulse after the finger came back.
    static let searchTime: Duration = .seconds(4)
    /// How often the display values are taken anew: 1.5 s.
    static let displayPeriod: Int64 = 1_500_000_000

    /// As `vigil-sim nonin` makes it.
    public static let simulator = DeviceSimulator(
        family: "nonin", abstract: "A pulse oximeter: OEM III, Xpod.",
        options: [DeviceOption(key: "format", values: ["2", "7"], summary: "The layout of a frame.")]
    ) { terms in
        NoninOximeter(
            patient: terms.patient, start: terms.start, format: terms.options["format"].flatMap(Format.init) ?? .two, name: terms.name)
    }

    private let patient: SimulatedPatient
    private let start: BootInstant
    private let format: Format
    private let name: String
    private var frame: Int64 = 0
    private var packet = NoninPacket.empty
    private var display = NoninDisplay(pulseRate: nil, spo2: nil)
    private var displaySlot: Int64 = -1
    private var fingerGone: Duration?
    private var fingerBack: Duration = .zero
    private var pulsePhase = 0.0

    /// The display values of the last packet that was sent whole.
    public private(set) var lastSent: NoninDisplay?
    /// What the display values were, as a host should take them.
    public private(set) var sent = SentValues()
    /// Packets that were sent whole.
    public private(set) var sentPackets = 0

    /// Creates an oximeter that is switched on at `start`, the session's clock 0.
    public init(patient: SimulatedPatient, start: BootInstant, format: Format = .two, name: String = "oximeter") {
        self.patient = patient
        self.start = start
        self.format = format
        self.name = name
    }

    /// When the next frame is due: each 1/75 s.
    public var nextDeadline: BootInstant? { start + NoninOximeter.time(ofFrame: frame) }

    /// An oximeter of this kind listens to nothing.
    public mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> [[UInt8]] { advance(to: now) }

    /// Sends all frames that are due, as one burst.
    public mutating func advance(to now: BootInstant) -> [[UInt8]] {
        var burst: [UInt8] = []
        while start + NoninOximeter.time(ofFrame: frame) <= now { burst += nextFrame() }
        return burst.isEmpty ? [] : [burst]
    }

    private static func time(ofFrame frame: Int64) -> Duration { .nanoseconds(frame * 1_000_000_000 / framesPerSecond) }

    private mutating func nextFrame() -> [UInt8] {
        let clock = NoninOximeter.time(ofFrame: frame)
        let place = Int(frame % NoninOximeter.framesPerPacket)
        if place == 0 { beginPacket(at: clock) }
        frame += 1
        pulsePhase += packet.trueRate / 60 / Double(NoninOximeter.framesPerSecond)
        if pulsePhase >= 1 { pulsePhase -= 1 }
        if place == 24 {
            sentPackets += 1
            lastSent = display
            // The sensor alarm counts more than the values, which stay for a while.
            sent.say(.spo2, packet.isSensorOff ? nil : display.spo2.map(Double.init))
            sent.say(.pulseRate, packet.isSensorOff ? nil : display.pulseRate.map(Double.init))
        }
        let isUsable = packet.beat.pulseRate != nil
        // Good perfusion is shown for about 160 ms of each pulse.
        let isBeat = isUsable && pulsePhase < 0.16 * packet.trueRate / 60
        var status: UInt8 = 0x80
        if fingerGone != nil { status |= 0x08 }
        if !isUsable { status |= 0x10 }
        if isBeat { status |= 0x02 }
        if place == 0 { status |= 0x01 }
        let pleth = isUsable ? UInt16(32_768 + 24_000 * pulsePhase.wave) : 32_768
        let float = packet.floats(display: display)[place]
        let head: [UInt8] =
            format == .two ? [0x01, status, UInt8(pleth >> 8), float] : [status, UInt8(pleth >> 8), UInt8(pleth & 0xFF), float]
        return head + [head.reduce(0, &+)]
    }

    private mutating func beginPacket(at clock: Duration) {
        let isOff = patient.script.isSensorOff(.spo2, at: clock, device: name)
        if isOff, fingerGone == nil { fingerGone = clock }
        if !isOff, fingerGone != nil {
            fingerGone = nil
            fingerBack = clock + NoninOximeter.searchTime
        }
        let state = patient.state(at: clock)
        let isTracking = fingerGone == nil && clock >= fingerBack
        packet = NoninPacket(
            beat: isTracking
                ? NoninDisplay(pulseRate: Int(state.heartRate.rounded()), spo2: Int(state.spo2.rounded()))
                : NoninDisplay(pulseRate: nil, spo2: nil),
            trueRate: state.heartRate, isSensorOff: fingerGone != nil)
        let slot = clock.nanoseconds / NoninOximeter.displayPeriod
        if slot != displaySlot, isTracking {
            display = packet.beat
            displaySlot = slot
        }
        if let gone = fingerGone, clock - gone >= NoninOximeter.displayLingers { display = NoninDisplay(pulseRate: nil, spo2: nil) }
    }
}

/// A pair of values as the oximeter gives them; nil is "missing".
public struct NoninDisplay: Sendable, Hashable {
    /// Pulse rate per minute.
    public var pulseRate: Int?
    /// Saturation, percent.
    public var spo2: Int?
}

/// The slow values of one packet of 25 frames.
struct NoninPacket: Sendable, Hashable {
    static let empty = NoninPacket(beat: NoninDisplay(pulseRate: nil, spo2: nil), trueRate: 60)

    /// The averages over beats, which go missing at once.
    var beat: NoninDisplay
    /// The patient's pulse, which moves the pleth wave.
    var trueRate: Double
    /// Whether the status bits say that the sensor is off.
    var isSensorOff = false

    /// The fourth byte of each of the 25 frames; reserved ones are 0.
    func floats(display: NoninDisplay) -> [UInt8] {
        let rate = NoninPacket.rate(beat.pulseRate)
        let shown = NoninPacket.rate(display.pulseRate)
        let spo2 = UInt8(beat.spo2 ?? 127)
        let shownSpo2 = UInt8(display.spo2 ?? 127)
        // Firmware revision in frame 4; timer and STAT2 (frames 6 to 8) are reserved on these models.
        return [
            rate.high, rate.low, spo2, 20, 0, 0, 0, 0, shownSpo2, spo2, spo2, 0, 0, rate.high, rate.low, spo2, shownSpo2, 0, 0,
            shown.high, shown.low, shown.high, shown.low, 0, 0,
        ]
    }

    /// The nine bits of a rate, two high and seven low; 511 is "missing".
    private static func rate(_ value: Int?) -> (high: UInt8, low: UInt8) {
        let bits = min(max(value ?? 511, 0), 511)
        return (UInt8(bits >> 7), UInt8(bits & 0x7F))
    }
}
