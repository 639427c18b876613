import DeviceProtocols
import VitalsModel

/// A CASMED 740 monitor: answers commands, and tells the cuff's pressure while a measurement runs that the host has begun.
///
/// While the cuff works, and after a measurement that failed, the cuff's columns hold dashes. Only the answers whose layout is known
/// are given; to every other command it says that it does not know it.
public struct CasmedMonitor: SimulatedDevice {
    /// As `vigil-sim casmed-740` makes it.
    public static let simulator = DeviceSimulator(
        family: "casmed-740", abstract: "A vital-signs monitor CASMED 740: SpO2 and a cuff that obeys the host."
    ) { CasmedMonitor($0) }

    /// Between two lines with the cuff's pressure.
    static let pressureInterval: Duration = .milliseconds(500)

    private let terms: SimulatorTerms
    private var cuff: MonitorCuff
    private var commands = TextLines(longest: 100)
    /// When the next pressure is due; nil while no measurement of the host runs.
    private var nextPressure: BootInstant?
    private var hasAnswered = false
    /// How many answers in a row have shown the last measurement, and whether a host can know that it is new.
    private var timesShown = 0
    private var isNewToHost = false
    /// Measurements that were shown, and the values of the last.
    private var shownCount = 0
    private var shown: [Double]?

    /// What a host should have taken.
    public private(set) var sent = SentValues()

    /// Creates a monitor that is on since long before the session's clock 0.
    public init(_ terms: SimulatorTerms) {
        self.terms = terms
        cuff = MonitorCuff(
            program: terms.cuff, patient: terms.patient, clock: MonitorClock(start: terms.start, wall: terms.wall))
    }

    /// The next pressure or the next step of the cuff.
    public var nextDeadline: BootInstant? { [nextPressure, cuff.nextDeadline].compactMap { $0 }.min() }

    /// Answers each command that is whole.
    public mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> [[UInt8]] {
        var frames = advance(to: now)
        var position = 0
        while let step = commands.step(bytes, from: &position) {
            if case .line(let command, _) = step { frames += answers(to: command, at: now).map { Array("\($0)\r".utf8) } }
        }
        return frames
    }

    /// Lets the cuff work and tells its pressure.
    public mutating func advance(to now: BootInstant) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        while let due = nextDeadline, due <= now {
            cuff.advance(to: due)
            guard let pressure = nextPressure, pressure <= due else { continue }
            nextPressure = cuff.isMeasuring ? pressure + CasmedMonitor.pressureInterval : nil
            if cuff.isMeasuring { frames.append(Array("\(pressureLine(at: pressure))\r".utf8)) }
        }
        return frames
    }

    private mutating func answers(to command: String, at now: BootInstant) -> [String] {
        switch command {
        case "X09": return [numbers(at: now)]
        case "X04": return ["X04740-3MS "]
        case "X05": return ["X0500012345"]
        case "X131":
            cuff.press(at: now)
            cuff.advance(to: now)
            nextPressure = now + CasmedMonitor.pressureInterval
            return [pressureLine(at: now)]
        case "X130":
            cuff.abort(at: now)
            nextPressure = nil
            return [pressureLine(at: now)]
        case "X141", "X140", "X151", "X150": return ["X**"]
        default: return ["X??"]
        }
    }

    private func pressureLine(at now: BootInstant) -> String { "X13" + max(0, Int(cuff.pressure(at: now))).filled(4) }

    private mutating func numbers(at now: BootInstant) -> String {
        let time = now - terms.start
        let script = terms.patient.script
        let isOff = script.isSensorOff(.spo2, at: time, device: terms.name)
        let state = terms.patient.state(at: time)
        let (pulse, spo2) = isOff ? (nil, nil) : (Int(state.heartRate.rounded()), Int(state.spo2.rounded()))
        sent.say(.pulseRate, pulse.map(Double.init))
        sent.say(.spo2, spo2.map(Double.init))
        let isHidden = cuff.isMeasuring || cuff.failure != nil || script.isResendingCuff(at: time, device: terms.name)
        let result = isHidden ? nil : cuff.last
        timesShown = result == nil ? 0 : timesShown + 1
        if let result { note(result) }
        hasAnswered = true
        let fields = [result?.systolic, result?.diastolic, result?.mean].map { $0.map { Int($0) } } + [pulse, spo2]
        return "X09" + fields.map { $0.map { max(0, $0).filled(3) } ?? "---" }.joined() + "368C"
    }

    /// A host tells a measurement by other values: equal ones, shown as soon as the cuff is done, might be the former ones that come
    /// back. Of the first values that it sees it cannot know the age. Without a checksum it believes what two answers say.
    private mutating func note(_ result: MonitorCuff.Result) {
        let values = [result.systolic, result.diastolic, result.mean]
        if shownCount < cuff.count {
            isNewToHost = hasAnswered && values != shown
            (shownCount, shown, timesShown) = (cuff.count, values, 1)
        }
        guard isNewToHost, timesShown == 2 else { return }
        isNewToHost = false
        sent.sayMeasured([.nibpSystolic: values[0], .nibpDiastolic: values[1], .nibpMean: values[2]])
    }
}
