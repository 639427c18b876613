import VitalsModel

/// The cuff of a simulated device: starts by its program, by the script, by the button and by command; measures for half a minute.
struct MonitorCuff: Sendable, Hashable {
    /// One result.
    struct Result: Sendable, Hashable {
        var systolic: Double
        var diastolic: Double
        var mean: Double
        var finished: BootInstant
        var calendar: MonitorCalendar
    }

    /// How the last measurement ended without values.
    enum Failure: Sendable, Hashable {
        /// Somebody ended it.
        case aborted
        /// The cuff lost air.
        case leak
    }

    private let program: CuffProgram
    private let patient: SimulatedPatient
    private let clock: MonitorClock
    private var nextAutomatic: Duration?
    private var button: [Duration] = []
    private var finishing: Duration?
    /// The last result, or nil before the first.
    private(set) var last: Result?

    init(program: CuffProgram, patient: SimulatedPatient, clock: MonitorClock) {
        self.program = program
        self.patient = patient
        self.clock = clock
        nextAutomatic = MonitorCuff.automaticStart(after: .nanoseconds(-1), program: program, patient: patient)
    }

    /// How the last measurement failed; nil after one that gave values, and while one runs.
    private(set) var failure: Failure?
    /// Measurements that gave values since the device was switched on.
    private(set) var count = 0

    /// Whether the cuff is inflated.
    var isMeasuring: Bool { finishing != nil }

    /// When something happens next.
    var nextDeadline: BootInstant? { [finishing, nextAutomatic, button.min()].compactMap { $0 }.min().map { clock.start + $0 } }

    /// The nurse presses the button; while the cuff runs this does nothing.
    mutating func press(at now: BootInstant) { button.append(max(.zero, now - clock.start)) }

    /// Somebody ends the measurement; nothing happens while none runs.
    mutating func abort(at now: BootInstant) {
        advance(to: now)
        guard finishing != nil else { return }
        finishing = nil
        failure = .aborted
    }

    /// The pressure in the cuff in mmHg, as a device shows it while it measures: a quick rise, then a fall; 0 while it rests.
    func pressure(at now: BootInstant) -> Double {
        guard let finishing else { return 0 }
        let total = program.measurementTime.inSeconds
        let passed = total - (finishing - (now - clock.start)).inSeconds
        return passed < total / 5 ? 180 * passed / (total / 5) : max(0, 180 - 150 * (passed - total / 5) / (total * 4 / 5))
    }

    /// Does what is due at `now`.
    mutating func advance(to now: BootInstant) {
        let time = now - clock.start
        if let end = finishing, end <= time { finish(at: end) }
        let isPressed = button.contains { $0 <= time }
        button.removeAll { $0 <= time }
        var isDue = false
        if let automatic = nextAutomatic, automatic <= time {
            isDue = true
            nextAutomatic = MonitorCuff.automaticStart(after: automatic, program: program, patient: patient)
        }
        if (isPressed || isDue) && finishing == nil {
            finishing = time + program.measurementTime
            failure = nil
        }
    }

    private mutating func finish(at end: Duration) {
        finishing = nil
        guard !patient.script.isCuffLeaking(at: end) else {
            failure = .leak
            return
        }
        count += 1
        let state = patient.state(at: end)
        let systolic = state.systolic.rounded()
        let diastolic = state.diastolic.rounded()
        let finished = clock.start + end
        last = Result(
            systolic: systolic, diastolic: diastolic, mean: (diastolic + (systolic - diastolic) / 3).rounded(), finished: finished,
            calendar: clock.calendar(at: finished))
    }

    private static func automaticStart(after time: Duration, program: CuffProgram, patient: SimulatedPatient) -> Duration? {
        let pressed = patient.script.events.filter { $0.incident == .startCuff && $0.start > time }.map(\.start).min()
        return [program.nextStart(after: time), pressed].compactMap { $0 }.min()
    }
}

extension SentValues {
    /// Notes the pressures of one finished measurement; to be called once, also if the device sends it again.
    mutating func sayMeasured(_ result: MonitorCuff.Result, deviceTime: DeviceTime? = nil) {
        sayMeasured(
            [.nibpSystolic: result.systolic, .nibpDiastolic: result.diastolic, .nibpMean: result.mean], deviceTime: deviceTime)
    }
}
