import DeviceProtocols
import VitalsModel

/// A Nonin OEM III or Xpod oximeter: a stream of 75 frames of 5 bytes each second, formats 2 and 7.
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
    static let framesPerPacket = 25
    /// How long the display values stay after the finger is gone.
    static let displayLingers: Duration = .seconds(10)
    /// How long the oximeter searches for a pulse after the finger came back.
    static let searchTime: Duration = .seconds(4)
    /// How often the display values are taken anew: 1.5 s.
    static let displayPeriod: Int64 = 1_500_000_000

    /// As `vigil-sim nonin` makes it.
    public static let simulator = DeviceSimulator(
        family: "nonin", abstract: "A pulse oximeter: OEM III, Xpod, 9560, 8600.",
        options: [
            DeviceOption(
                key: "format", values: ["2", "7", "8", "13", "text"],
                summary: "What it sends: 75 frames a second (2, 7), a packet a second (8), spot checks (13), lines (text).")
        ]
    ) { terms in
        if let format = terms.options["format"].flatMap(NoninDisplayOximeter.Format.init) {
            return NoninDisplayOximeter(
                patient: terms.patient, start: terms.start, wall: terms.wall, format: format, name: terms.name)
        }
        return NoninOximeter(
            patient: terms.patient, start: terms.start, format: terms.options["format"].flatMap(Format.init) ?? .two, name: terms.name)
    }

    private let patient: SimulatedPatient
    private let format: Format
    private let name: String
    private var pace: PacketPace
    /// The place of the next frame in its packet.
    private var place = 0
    private var packet = NoninPacket.empty
    private var display = NoninDisplay(pulseRate: nil, spo2: nil)
    private var displaySlot: Int64 = -1
    private var finger = FingerClip(searchTime: NoninOximeter.searchTime, numbersLinger: NoninOximeter.displayLingers)
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
        self.format = format
        self.name = name
        pace = PacketPace(packetsPerSecond: Self.framesPerSecond, start: start)
    }

    /// When the next frame is due: each 1/75 s.
    public var nextDeadline: BootInstant? { pace.due }

    /// An oximeter of this kind listens to nothing.
    public mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> [[UInt8]] { advance(to: now) }

    /// Sends all frames that are due, as one burst.
    public mutating func advance(to now: BootInstant) -> [[UInt8]] {
        var burst: [UInt8] = []
        while pace.due <= now { burst += nextFrame() }
        return burst.isEmpty ? [] : [burst]
    }

    private mutating func nextFrame() -> [UInt8] {
        let clock = pace.next()
        if place == 0 { beginPacket(at: clock) }
        defer { place = (place + 1) % NoninOximeter.framesPerPacket }
        pulsePhase += packet.trueRate / 60 / Double(NoninOximeter.framesPerSecond)
        if pulsePhase >= 1 { pulsePhase -= 1 }
        if place == NoninOximeter.framesPerPacket - 1 {
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
        if packet.isSensorOff { status |= 0x08 }
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
        finger.look(patient.script.isSensorOff(.spo2, at: clock, device: name), at: clock)
        let state = patient.state(at: clock)
        let isTracking = finger.isTracked(at: clock)
        packet = NoninPacket(
            beat: isTracking
                ? NoninDisplay(pulseRate: Int(state.heartRate.rounded()), spo2: Int(state.spo2.rounded()))
                : NoninDisplay(pulseRate: nil, spo2: nil),
            trueRate: state.heartRate, isSensorOff: finger.gone != nil)
        let slot = clock.nanoseconds / NoninOximeter.displayPeriod
        if slot != displaySlot, isTracking {
            display = packet.beat
            displaySlot = slot
        }
        if finger.gone != nil, !finger.areNumbersLeft(at: clock) { display = NoninDisplay(pulseRate: nil, spo2: nil) }
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

/// A Nonin oximeter that sends its display values only: format 8 and text lines each second, format 13 for each spot check.
public struct NoninDisplayOximeter: SimulatedDevice {
    /// What it sends.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// A packet of 4 bytes a second.
        case eight = "8"
        /// A frame for each spot check; first one from its memory.
        case thirteen = "13"
        /// A line a second with its clock, as the 8600 does.
        case text
    }

    private let patient: SimulatedPatient
    private let start: BootInstant
    private let wall: WallInstant
    private let format: Format
    private let name: String
    private var count: Int64 = 0
    private var finger = FingerClip(searchTime: NoninOximeter.searchTime, numbersLinger: NoninOximeter.displayLingers)
    private var display = NoninDisplay(pulseRate: nil, spo2: nil)

    /// What the display values were, as a host should take them.
    public private(set) var sent = SentValues()

    /// Creates an oximeter that is switched on at `start`, the session's clock 0, when its own clock shows `wall`.
    public init(patient: SimulatedPatient, start: BootInstant, wall: WallInstant, format: Format, name: String = "oximeter") {
        self.patient = patient
        self.start = start
        self.wall = wall
        self.format = format
        self.name = name
    }

    /// When the next packet, line or spot check is due.
    public var nextDeadline: BootInstant? { start + clock(of: count) }

    /// An oximeter of this kind listens to nothing.
    public mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> [[UInt8]] { advance(to: now) }

    /// Sends what is due.
    public mutating func advance(to now: BootInstant) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        while start + clock(of: count) <= now {
            let bytes = next(at: clock(of: count))
            if !bytes.isEmpty { frames.append(bytes) }
            count += 1
        }
        return frames
    }

    /// A spot check takes 20 s.
    private func clock(of count: Int64) -> Duration { .seconds(count * (format == .thirteen ? 20 : 1)) }

    private mutating func next(at clock: Duration) -> [UInt8] {
        finger.look(patient.script.isSensorOff(.spo2, at: clock, device: name), at: clock)
        let state = patient.state(at: clock)
        if finger.isTracked(at: clock) {
            display = NoninDisplay(pulseRate: Int(state.heartRate.rounded()), spo2: Int(state.spo2.rounded()))
        } else if !finger.areNumbersLeft(at: clock) {
            display = NoninDisplay(pulseRate: nil, spo2: nil)
        }
        switch format {
        case .eight: return packet(at: clock)
        case .thirteen: return spotCheck(at: clock)
        case .text: return line(at: clock)
        }
    }

    private mutating func say(isOff: Bool) {
        sent.say(.spo2, isOff ? nil : display.spo2.map(Double.init))
        sent.say(.pulseRate, isOff ? nil : display.pulseRate.map(Double.init))
    }

    private mutating func packet(at clock: Duration) -> [UInt8] {
        let isOff = finger.gone != nil
        say(isOff: isOff)
        let rate = display.pulseRate ?? 511
        let status: UInt8 = finger.isTracked(at: clock) ? 0x80 : 0xA0
        return [status | UInt8(rate >> 7 & 0x03), UInt8(rate & 0x7F), UInt8(display.spo2 ?? 127), isOff ? 0x08 : 0]
    }

    /// What it has from memory when it is switched on is no value of this patient and not noted. Without a finger it says that it could
    /// not measure.
    private mutating func spotCheck(at clock: Duration) -> [UInt8] {
        guard count > 0 else {
            return frame(NoninDisplay(pulseRate: 91, spo2: 93), status: [0x02, 0x10], at: clock - .seconds(3600))
        }
        guard finger.isTracked(at: clock) else {
            say(isOff: true)
            return frame(NoninDisplay(pulseRate: nil, spo2: nil), status: [0x01, 0], at: clock)
        }
        say(isOff: false)
        return frame(display, status: [0x02, 0], at: clock)
    }

    private func frame(_ display: NoninDisplay, status: [UInt8], at clock: Duration) -> [UInt8] {
        let time = calendar(at: clock)
        let stamp = [time.year / 100, time.year % 100, time.month, time.day, time.hour, time.minute, time.second, 0]
        let rate = display.pulseRate ?? 511
        let data =
            stamp.map(PackedDecimal.byte) + status + [UInt8(rate >> 8), UInt8(rate & 0xFF), 0, UInt8(display.spo2 ?? 127)]
        return [0x00, 0x02, 0x00, 0x0D, 0x00, UInt8(data.count)] + data + [data.reduce(0, &+), 0x03]
    }

    /// The line has no flag for the sensor: these monitors show dashes as soon as the finger is out.
    private mutating func line(at clock: Duration) -> [UInt8] {
        if finger.gone != nil { display = NoninDisplay(pulseRate: nil, spo2: nil) }
        say(isOff: false)
        let time = calendar(at: clock)
        let heading = count == 0 ? "MODEL 8600 \(time.month.filled(2))/\(time.day.filled(2))/\(time.year)\r\n" : ""
        let values = [("SPO2", display.spo2), ("HR", display.pulseRate)].map { "\($0)=\($1?.filled(3) ?? "---")" }
        return Array("\(heading)\(time.hourText) \(values.joined(separator: " "))\r\n".utf8)
    }

    private func calendar(at clock: Duration) -> MonitorCalendar {
        patient.script.calendar(of: name, switchedOn: wall, at: clock)
    }
}
