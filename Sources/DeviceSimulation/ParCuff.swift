import DeviceProtocols
import VitalsModel

/// A PAR cuff module (family `par-nibp`): silent until it is asked or its cuff runs; holds its last result for whoever asks.
///
/// With a leak it ends in an error whose status still carries the pressures of the measurement before, as real modules do. Its program
/// stands for the cycles that a module can be set to.
public struct ParCuff: SimulatedDevice {
    /// As `vigil-sim par-nibp` makes it.
    public static let simulator = DeviceSimulator(family: "par-nibp", abstract: "A cuff module: PAR NIBP2010, Sinnor N6.") { terms in
        ParCuff(patient: terms.patient, start: terms.start, wall: terms.wall, cuff: terms.cuff, name: terms.name)
    }

    /// How often the pressure is sent while the cuff runs.
    static let pressurePeriod = Duration.milliseconds(250)
    /// From power-up until it takes orders.
    static let selfTestTime = Duration.seconds(3)

    private let patient: SimulatedPatient
    private let start: BootInstant
    private let name: String
    private var cuff: MonitorCuff
    private var nextPressure: BootInstant?
    private var isReady: BootInstant
    private var received: [UInt8] = []
    private var isNeonatal: Bool
    /// What the status holds; nil after power-up.
    private var held: (result: MonitorCuff.Result, pulseRate: Double)?
    private var message = 0
    /// A result that was not yet sent.
    private var isUnsent = false

    /// Whether it does not act on a start, for tests.
    public var isIgnoringStarts = false
    /// Whether it says nothing, for tests.
    public var isMute = false
    /// How often a start was acted on.
    public private(set) var startsObeyed = 0
    /// How often a start came while the cuff ran already: a host must not do that.
    public private(set) var startsWhileRunning = 0
    /// What the status said, as a host should take it.
    public private(set) var sent = SentValues()

    /// Creates a module that was switched on some time before `start`, the session's clock 0.
    public init(
        patient: SimulatedPatient, start: BootInstant, wall: WallInstant, cuff: CuffProgram = .manual, name: String = "cuff",
        isNeonatal: Bool = false
    ) {
        self.patient = patient
        self.start = start
        self.name = name
        self.isNeonatal = isNeonatal
        self.cuff = MonitorCuff(program: cuff, patient: patient, clock: MonitorClock(start: start, wall: wall))
        isReady = start
    }

    /// Whether the cuff is inflated.
    public var isMeasuring: Bool { cuff.isMeasuring }

    /// When the cuff or the next pressure is due.
    public var nextDeadline: BootInstant? { [cuff.nextDeadline, nextPressure].compactMap { $0 }.min() }

    /// Obeys the codes of the host.
    public mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> [[UInt8]] {
        var frames = advance(to: now)
        for byte in bytes { frames += take(byte, at: now) }
        return isMute ? [] : frames
    }

    /// Runs the cuff: pressures, and the end of a measurement.
    public mutating func advance(to now: BootInstant) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        while let due = nextDeadline, due <= now {
            frames += runCuff(to: due)
            if let pressure = nextPressure, pressure <= due {
                frames.append(self.pressure(at: due))
                nextPressure = pressure + ParCuff.pressurePeriod
            }
        }
        return isMute ? [] : frames
    }

    /// The power fails for a moment: the cuff empties, the result is gone, version text comes and then the self test's status.
    public mutating func restart(at now: BootInstant) -> [[UInt8]] {
        cuff.abort(at: now)
        nextPressure = nil
        (held, isUnsent, message) = (nil, false, 0)
        isReady = now + ParCuff.selfTestTime
        return [ParCuff.frame("SW 2.14 PAR NIBP"), status(at: now)]
    }

    // MARK: The cuff

    private mutating func runCuff(to now: BootInstant) -> [[UInt8]] {
        let (wasMeasuring, count) = (cuff.isMeasuring, cuff.count)
        cuff.advance(to: now)
        var frames: [[UInt8]] = []
        if wasMeasuring, !cuff.isMeasuring || cuff.count > count { frames.append(finish(hasResult: cuff.count > count, at: now)) }
        if cuff.isMeasuring, nextPressure == nil {
            nextPressure = now
            message = 0
        }
        return frames
    }

    private mutating func finish(hasResult: Bool, at now: BootInstant) -> [UInt8] {
        nextPressure = nil
        if hasResult, let result = cuff.last {
            held = (result, patient.state(at: now - start).heartRate.rounded())
            isUnsent = true
        }
        message = cuff.failure == .leak ? 7 : 0
        return ParCuff.frame("999")
    }

    // MARK: The host

    private mutating func take(_ byte: UInt8, at now: BootInstant) -> [[UInt8]] {
        if byte == 0x02 { received = [] }
        if byte == UInt8(ascii: "X"), received.isEmpty { return abort(at: now) }
        received.append(byte)
        if received.count > 8 { received = [] }
        guard received.count == 8 else { return [] }
        defer { received = [] }
        guard received[0] == 0x02, received[7] == 0x03 else { return [] }
        let text = Array(received[1..<5])
        guard Array(received[5..<7]) == ParCuff.sum(text), text.suffix(2) == [0x3B, 0x3B] else { return [] }
        return obey(String(decoding: text.prefix(2), as: UTF8.self), at: now)
    }

    private mutating func obey(_ code: String, at now: BootInstant) -> [[UInt8]] {
        switch code {
        case "01": return begin(at: now)
        case "18": return [status(at: now)]
        case "24": isNeonatal = false
        case "25": isNeonatal = true
        default: break
        }
        return []
    }

    private mutating func begin(at now: BootInstant) -> [[UInt8]] {
        if cuff.isMeasuring { startsWhileRunning += 1 }
        guard !isIgnoringStarts, now >= isReady, !cuff.isMeasuring else { return [] }
        startsObeyed += 1
        cuff.press(at: now)
        return advance(to: now)
    }

    private mutating func abort(at now: BootInstant) -> [[UInt8]] {
        guard cuff.isMeasuring else { return [] }
        cuff.abort(at: now)
        return [finish(hasResult: false, at: now)]
    }

    // MARK: Messages

    private func pressure(at now: BootInstant) -> [UInt8] {
        ParCuff.frame("\(Int(cuff.pressure(at: now)).filled(3))C0S3")
    }

    private mutating func status(at now: BootInstant) -> [UInt8] {
        let state = cuff.isMeasuring ? 3 : now < isReady ? 0 : message == 0 ? 1 : 2
        let isShown = !patient.script.isResendingCuff(at: now - start, device: name)
        var pressures = "---------"
        var rate = "---"
        if isShown, let held {
            let result = held.result
            pressures = [result.systolic, result.diastolic, result.mean].map { Int($0).filled(3) }.joined()
            rate = Int(held.pulseRate).filled(3)
            if isUnsent, state == 1, !isMute {
                isUnsent = false
                sent.sayMeasured(result)
            }
        }
        let text =
            "S\(state);A\(isNeonatal ? 1 : 0);C00;M\(message.filled(2));P\(pressures);R\(rate);T    ;;"
        return ParCuff.frame(text + String(decoding: ParCuff.sum(Array(text.utf8)), as: UTF8.self))
    }

    private static func frame(_ text: String) -> [UInt8] { [0x02] + Array(text.utf8) + [0x03, 0x0D] }

    private static func sum(_ text: [UInt8]) -> [UInt8] {
        Array(text.reduce(0 as UInt8, &+).hexadecimal(2).utf8)
    }
}
