import DeviceProtocols
import VitalsModel

/// A Masimo Rad-8 set to ASCII 1: a line each second.
///
/// When the finger goes, the bits of EXC say so at once and the perfusion index turns to dashes, while saturation and rate keep their
/// last numbers for a while, as was seen on a real one.
public struct MasimoOximeter: SimulatedDevice {
    /// How long the numbers stay after the finger is gone.
    static let displayLingers: Duration = .seconds(6)
    /// How long the oximeter searches for a pulse after the finger came back.
    static let searchTime: Duration = .seconds(5)
    /// The monitor's own limits, as it is delivered: saturation from, rate from and to.
    static let limits = (spo2: 90, slow: 50, fast: 140)

    /// As `vigil-sim masimo-ascii1` makes it.
    public static let simulator = DeviceSimulator(family: "masimo-ascii1", abstract: "A pulse oximeter: Rad-8 with ASCII 1.") { terms in
        MasimoOximeter(patient: terms.patient, start: terms.start, wall: terms.wall, name: terms.name)
    }

    private let patient: SimulatedPatient
    private let start: BootInstant
    private let wall: WallInstant
    private let name: String
    private var line: Int64 = 0
    private var finger = FingerClip(searchTime: MasimoOximeter.searchTime, numbersLinger: MasimoOximeter.displayLingers)
    private var spo2: Int?
    private var pulseRate: Int?

    /// What the lines said, as a host should take them.
    public private(set) var sent = SentValues()

    /// Creates an oximeter that is switched on at `start`, the session's clock 0, when its own clock shows `wall`.
    public init(patient: SimulatedPatient, start: BootInstant, wall: WallInstant, name: String = "oximeter") {
        self.patient = patient
        self.start = start
        self.wall = wall
        self.name = name
    }

    /// When the next line is due.
    public var nextDeadline: BootInstant? { start + .seconds(line) }

    /// ASCII 1 listens to nothing.
    public mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> [[UInt8]] { advance(to: now) }

    /// Sends the lines that are due.
    public mutating func advance(to now: BootInstant) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        while start + .seconds(line) <= now {
            lines.append(Array(nextLine(at: .seconds(line)).utf8))
            line += 1
        }
        return lines
    }

    private mutating func nextLine(at clock: Duration) -> String {
        finger.look(patient.script.isSensorOff(.spo2, at: clock, device: name), at: clock)
        let state = patient.state(at: clock)
        let isTracked = finger.isTracked(at: clock)
        if isTracked {
            (spo2, pulseRate) = (Int(state.spo2.rounded()), Int(state.heartRate.rounded()))
        } else if !finger.areNumbersLeft(at: clock) {
            (spo2, pulseRate) = (nil, nil)
        }
        let hundredths = isTracked ? Int((min(max(state.perfusionIndex, 0.02), 20) * 100).rounded()) : nil
        sent.say(.spo2, isTracked ? spo2.map(Double.init) : nil)
        sent.say(.pulseRate, isTracked ? pulseRate.map(Double.init) : nil)
        sent.say(.perfusionIndex, hundredths.map { Double($0) / 100 })
        return text(hundredths: hundredths, exceptions: exceptions(isTracked: isTracked, hundredths: hundredths), at: clock)
    }

    private func exceptions(isTracked: Bool, hundredths: Int?) -> MasimoExceptions {
        if finger.gone != nil { return [.running, .sensorOff, .lowPerfusion] }
        guard isTracked else { return [.running, .pulseSearch] }
        return hundredths.map { $0 < 30 } == true ? [.running, .lowPerfusion] : .running
    }

    /// SpO2 low, rate high, rate low; 0x10 says that an alarm is active.
    private var alarms: UInt32 {
        var bits: UInt32 = 0
        if let spo2, spo2 < Self.limits.spo2 { bits |= 0x02 }
        if let pulseRate, pulseRate > Self.limits.fast { bits |= 0x04 }
        if let pulseRate, pulseRate < Self.limits.slow { bits |= 0x08 }
        return bits != 0 || finger.gone != nil ? bits | 0x10 : bits
    }

    private func text(hundredths: Int?, exceptions: MasimoExceptions, at clock: Duration) -> String {
        let time = patient.script.calendar(of: name, switchedOn: wall, at: clock)
        let date = [time.month, time.day, time.year % 100].map { $0.filled(2) }.joined(separator: "/")
        let perfusion = hundredths.map { "\(($0 / 100).filled(2)).\(($0 % 100).filled(2))" } ?? "--.--"
        return [
            date, time.hourText, "SN=0000056661", "SPO2=\(spo2?.filled(3) ?? "---")%", "BPM=\(pulseRate?.filled(3) ?? "---")",
            "PI=\(perfusion)%",
            "SPCO=--.-%", "SPMET=--.-%", "DESAT=--", "PIDELTA=+--", "ALARM=\(alarms.hexadecimal(4))",
            "EXC=\(exceptions.rawValue.hexadecimal(6))\r\n",
        ].joined(separator: " ")
    }
}
