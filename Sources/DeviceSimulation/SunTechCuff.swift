import DeviceProtocols
import VitalsModel

/// A SunTech cuff module (family `suntech`): answers questions, says the end of a measurement by itself, and holds its last result.
///
/// It cannot be stopped from outside. With a leak its result has an error and still carries the pressures of the measurement before.
/// Its program stands for whatever else starts it, as a monitor that it is built into.
public struct SunTechCuff: SimulatedDevice {
    /// As `vigil-sim suntech` makes it.
    public static let simulator = DeviceSimulator(family: "suntech", abstract: "A cuff module: SunTech Advantage.") { terms in
        SunTechCuff(patient: terms.patient, start: terms.start, wall: terms.wall, cuff: terms.cuff, name: terms.name)
    }

    /// An error number for a leak; the maker's list is not known.
    static let leakError: UInt8 = 3

    private let patient: SimulatedPatient
    private let start: BootInstant
    private let name: String
    private var cuff: MonitorCuff
    private var received: [UInt8] = []
    /// What the result holds; nil after power-up.
    private var held: (result: MonitorCuff.Result, heartRate: Double)?
    private var error: UInt8 = 0
    /// A result that was not yet sent.
    private var isUnsent = false

    /// Whether it does not act on a start, for tests.
    public var isIgnoringStarts = false
    /// Whether it says nothing, for tests.
    public var isMute = false
    /// Whether it forgets to say the end, for tests.
    public var isEndUnsaid = false
    /// How often a start was acted on.
    public private(set) var startsObeyed = 0
    /// How often a start came while the cuff ran already: a host must not do that.
    public private(set) var startsWhileRunning = 0
    /// What the result said, as a host should take it.
    public private(set) var sent = SentValues()

    /// Creates a module that was switched on before `start`, the session's clock 0.
    public init(
        patient: SimulatedPatient, start: BootInstant, wall: WallInstant, cuff: CuffProgram = .manual, name: String = "cuff"
    ) {
        self.patient = patient
        self.start = start
        self.name = name
        self.cuff = MonitorCuff(program: cuff, patient: patient, clock: MonitorClock(start: start, wall: wall))
    }

    /// Whether the cuff is inflated.
    public var isMeasuring: Bool { cuff.isMeasuring }

    /// When the cuff begins or ends by itself.
    public var nextDeadline: BootInstant? { cuff.nextDeadline }

    /// Answers the host.
    public mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> [[UInt8]] {
        var frames = advance(to: now)
        for byte in bytes { frames += take(byte, at: now) }
        return isMute ? [] : frames
    }

    /// Runs the cuff up to `now`.
    public mutating func advance(to now: BootInstant) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        while let due = nextDeadline, due <= now {
            let (wasMeasuring, count) = (cuff.isMeasuring, cuff.count)
            cuff.advance(to: due)
            guard wasMeasuring, !cuff.isMeasuring || cuff.count > count else { continue }
            finish(hasResult: cuff.count > count, at: due)
            if !isEndUnsaid { frames.append(SunTechCuff.frame([UInt8(ascii: "K")])) }
        }
        return isMute ? [] : frames
    }

    /// The power fails for a moment: the cuff empties and the result is gone.
    public mutating func restart(at now: BootInstant) {
        cuff.abort(at: now)
        (held, isUnsent, error) = (nil, false, 0)
        received = []
    }

    private mutating func finish(hasResult: Bool, at now: BootInstant) {
        error = cuff.failure == .leak ? SunTechCuff.leakError : 0
        guard hasResult, let result = cuff.last else { return }
        held = (result, patient.state(at: now - start).heartRate.rounded())
        isUnsent = true
    }

    // MARK: The host

    /// Commands have no length: each ends where the sum is 0, and none is longer than five bytes here.
    private mutating func take(_ byte: UInt8, at now: BootInstant) -> [[UInt8]] {
        if received.isEmpty, byte != 0x3A { return [] }
        received.append(byte)
        let command = received
        guard command.count >= 3, command.reduce(0, &+) == 0 else {
            if command.count > 5 { received = [] }
            return []
        }
        received = []
        switch Array(command[1..<(command.count - 1)]) {
        case [0x20]: begin(at: now)
        case [0x79, 0x05, 0x00]: return [SunTechCuff.frame(SunTechCuff.low(cuff.pressure(at: now)))]
        case [0x79, 0x03, 0x00]: return [result(at: now)]
        default: break
        }
        return []
    }

    private mutating func begin(at now: BootInstant) {
        if cuff.isMeasuring { startsWhileRunning += 1 }
        guard !isIgnoringStarts, !cuff.isMeasuring else { return }
        startsObeyed += 1
        cuff.press(at: now)
        cuff.advance(to: now)
    }

    private mutating func result(at now: BootInstant) -> [UInt8] {
        let isShown = !patient.script.isResendingCuff(at: now - start, device: name)
        let shown = isShown ? held?.result : nil
        let (systolic, diastolic, mean) = (shown?.systolic ?? 0, shown?.diastolic ?? 0, shown?.mean ?? 0)
        if shown != nil, isUnsent, error == 0, !isMute {
            isUnsent = false
            sent.sayMeasured([.nibpSystolic: systolic, .nibpDiastolic: diastolic, .nibpMean: mean])
        }
        let beats: UInt8 = shown == nil ? 0 : 28
        let rate = UInt8(min(255, max(0, shown == nil ? 0 : held?.heartRate ?? 0)))
        let head = SunTechCuff.low(systolic) + SunTechCuff.low(diastolic) + [beats, 0x01]
        return SunTechCuff.frame(head + [0, 0, 0, 0, 0, 0, 0x31, 0x07, rate, 0] + SunTechCuff.low(mean) + [error, 0, 0])
    }

    private static func frame(_ data: [UInt8]) -> [UInt8] {
        let head = [0x3E, UInt8(data.count + 3)] + data
        return head + [0 &- head.reduce(0, &+)]
    }

    /// Two bytes, the low one first.
    private static func low(_ number: Double) -> [UInt8] {
        let bits = UInt16(min(65_535, max(0, number)))
        return [UInt8(bits & 0xFF), UInt8(bits >> 8)]
    }
}
