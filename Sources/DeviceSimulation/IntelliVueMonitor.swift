import DeviceProtocols
import VitalsModel

/// An IntelliVue monitor as its Data Export port shows it (protocols page, "Simulator role").
///
/// It accepts an association, announces itself until the client answers, serves single polls once and extended polls each 1.024 s for
/// the time asked for, splits what is longer than the granted message into linked results, and breaks off when the client is silent
/// for longer than the terms allow. Values carry state 0, as in monitoring mode, so that they are valid and can alert.
public struct IntelliVueMonitor: SimulatedDevice {
    /// How a monitor is set up.
    public struct Configuration: Sendable, Hashable {
        /// The patient on its sensors.
        public var patient: SimulatedPatient
        /// The boot instant of the session's clock 0.
        public var start: BootInstant
        /// The monitor's wall clock at that instant; cuff results are stamped with it.
        public var wall: WallInstant
        /// The cuff's intervals.
        public var cuff: CuffProgram
        /// The device's name in the script.
        public var name: String
        /// Whether every value is marked as demonstration (state 0400), which never alerts.
        public var isDemonstration = false
        /// The largest message that it grants, bytes; 996 on RS232.
        public var longestMessage = 996
        /// The shortest poll period that it grants, ticks of 1/8000 s; half a second on RS232.
        public var shortestPollTicks: UInt32 = 4000

        /// Creates a set-up of a monitor in monitoring mode on RS232.
        public init(patient: SimulatedPatient, start: BootInstant, wall: WallInstant, cuff: CuffProgram, name: String = "monitor") {
            self.patient = patient
            self.start = start
            self.wall = wall
            self.cuff = cuff
            self.name = name
        }
    }

    /// How often the create event is repeated until it is answered.
    static let createRepeatTime: Duration = .milliseconds(1500)

    /// As `vigil-sim intellivue` makes it.
    public static let simulator = DeviceSimulator(
        family: "intellivue", abstract: "A bedside monitor: ECG, SpO2, respiration, cuff."
    ) { terms in
        IntelliVueMonitor(
            Configuration(patient: terms.patient, start: terms.start, wall: terms.wall, cuff: terms.cuff, name: terms.name))
    }

    let configuration: Configuration
    let clock: MonitorClock
    var cuff: MonitorCuff
    var association: MonitorAssociation?
    var polls: [MonitorPoll] = []
    var nextInvokeID: UInt16 = 0
    private var deframer = IntelliVueDeframer()

    /// Every cuff measurement that was sent, once each, in order.
    public internal(set) var sentCuffMeasurements: [SentCuffMeasurement] = []
    /// What was sent, each change of a stream and each measurement once.
    public internal(set) var sent = SentValues()
    /// What was sent last of each streaming signal.
    public internal(set) var lastSent: [Signal: SentNumeric] = [:]
    /// How many values of each streaming signal were sent, invalid ones included.
    public internal(set) var sentCounts: [Signal: Int] = [:]

    /// Creates a monitor that was switched on some minutes ago.
    public init(_ configuration: Configuration) {
        self.configuration = configuration
        clock = MonitorClock(start: configuration.start, wall: configuration.wall)
        cuff = MonitorCuff(program: configuration.cuff, patient: configuration.patient, clock: clock)
    }

    /// Whether a client is associated and has answered the create event.
    public var isAssociated: Bool { association?.isConfirmed ?? false }

    /// The nurse presses the cuff button. Nothing happens while the cuff runs.
    public mutating func startCuff(at now: BootInstant) { cuff.press(at: now) }

    /// The next start or end of the cuff, cycle of a poll, repeat of the create event, or end of patience with a silent client.
    public var nextDeadline: BootInstant? {
        ([cuff.nextDeadline, association?.nextDeadline] + polls.map { $0.nextCycle }).compactMap { $0 }.min()
    }

    /// Measures, serves the polls that run, and drops a client that has been silent for too long.
    public mutating func advance(to now: BootInstant) -> [[UInt8]] {
        var payloads: [[UInt8]] = []
        while let due = nextDeadline, due <= now { payloads += doWhatIsDue(at: due) }
        return payloads.map(IntelliVueFrame.encode)
    }

    /// Answers what the client says; damaged frames are passed over.
    public mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> [[UInt8]] {
        var sent = advance(to: now)
        var position = 0
        while let step = deframer.step(bytes, from: &position) {
            // A monitor says nothing to a damaged frame.
            guard step == .frame else { continue }
            sent += answer(Array(deframer.frame[deframer.userData]), at: now).map(IntelliVueFrame.encode)
        }
        return sent + advance(to: now)
    }

    private mutating func doWhatIsDue(at now: BootInstant) -> [[UInt8]] {
        cuff.advance(to: now)
        if let current = association {
            if now >= current.silenceEnds {
                dropAssociation()
                return [IntelliVueMonitorMessages.abort]
            }
            if let again = current.createRepeats, now >= again { return [createEvent(at: now)] }
        }
        var payloads: [[UInt8]] = []
        for index in polls.indices where polls[index].nextCycle <= now { payloads += cycle(of: index, at: now) }
        polls.removeAll { $0.isOver }
        return payloads
    }
}

/// One cuff measurement as it went out.
public struct SentCuffMeasurement: Sendable, Hashable {
    /// Systolic pressure, mmHg.
    public var systolic: Double
    /// Diastolic pressure, mmHg.
    public var diastolic: Double
    /// Mean pressure, mmHg.
    public var mean: Double
    /// The monitor's own time stamp of it.
    public var deviceTime: DeviceTime?
    /// When the cuff had finished.
    public var finished: BootInstant
    /// When it was sent for the first time.
    public var firstSent: BootInstant
}

/// A value as it went out.
public struct SentNumeric: Sendable, Hashable {
    /// In the signal's unit; nil when the monitor said that it has none.
    public var value: Double?
    /// When it was sent.
    public var sent: BootInstant
}
