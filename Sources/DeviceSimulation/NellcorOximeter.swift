import DeviceProtocols
import VitalsModel

/// A Nellcor N-560: a line every 2 s, and a heading of three lines when it is switched on and every 25 lines.
public struct NellcorOximeter: SimulatedDevice {
    /// How long the numbers stay on the line after the finger is gone.
    static let displayLingers: Duration = .seconds(4)
    /// How long the oximeter searches for a pulse after the finger came back.
    static let searchTime: Duration = .seconds(6)
    /// The distance of lines.
    static let period: Int64 = 2
    /// Lines between two headings.
    static let linesPerHeading: Int64 = 25
    /// The monitor's own limits for an adult, as it is delivered.
    static let limits = (spo2: 85...100, rate: 40...170)
    /// The columns of the status codes, from the beginning of the line.
    private static let columns = ["MO": 44, "PS": 47, "SO": 47, "SL": 50, "PL": 53, "PH": 53]

    /// As `vigil-sim nellcor` makes it.
    public static let simulator = DeviceSimulator(family: "nellcor", abstract: "A pulse oximeter: N-560.") { terms in
        NellcorOximeter(patient: terms.patient, start: terms.start, wall: terms.wall, name: terms.name)
    }

    private let patient: SimulatedPatient
    private let start: BootInstant
    private let wall: WallInstant
    private let name: String
    private var line: Int64 = 0
    private var finger = FingerClip(searchTime: NellcorOximeter.searchTime, numbersLinger: NellcorOximeter.displayLingers)
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
    public var nextDeadline: BootInstant? { start + clock(of: line) }

    /// The menu of other models is not simulated: it listens to nothing.
    public mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> [[UInt8]] { advance(to: now) }

    /// Sends the lines that are due.
    public mutating func advance(to now: BootInstant) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        while start + clock(of: line) <= now {
            if line % Self.linesPerHeading == 0 { lines += Self.heading }
            lines.append(Array("\(nextLine(at: clock(of: line)))\r\n".utf8))
            line += 1
        }
        return lines
    }

    private func clock(of line: Int64) -> Duration { .seconds(line * Self.period) }

    private static var heading: [[UInt8]] {
        [
            "N-560    VERSION 1.00.00    CRC:0000  SpO2 Limit: \(limits.spo2.lowerBound)-\(limits.spo2.upperBound)%    "
                + "PR Limit: \(limits.rate.lowerBound)-\(limits.rate.upperBound)BPM",
            "                             ADULT            0SAT-S",
            "TIME                 %SpO2   BPM     PA     Status",
        ].map { Array("\($0)\r\n".utf8) }
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
        sent.say(.spo2, isTracked ? spo2.map(Double.init) : nil)
        sent.say(.pulseRate, isTracked ? pulseRate.map(Double.init) : nil)
        let amplitude = isTracked ? Int((state.perfusionIndex * 20).rounded()) : nil
        return text(amplitude: amplitude, codes: codes(isTracked: isTracked), at: clock)
    }

    private func codes(isTracked: Bool) -> [String] {
        var codes: [String] = []
        if finger.gone != nil { codes.append("SO") } else if !isTracked { codes.append("PS") }
        if let spo2, spo2 < Self.limits.spo2.lowerBound { codes.append("SL") }
        if let pulseRate, pulseRate < Self.limits.rate.lowerBound { codes.append("PL") }
        if let pulseRate, pulseRate > Self.limits.rate.upperBound { codes.append("PH") }
        return codes
    }

    private func text(amplitude: Int?, codes: [String], at clock: Duration) -> String {
        let stamp = stamp(at: clock)
        let saturation = field(spo2, in: Self.limits.spo2)
        let rate = field(pulseRate, in: Self.limits.rate)
        var line = "\(stamp)   \(saturation)    \(rate)   \(field(amplitude, in: 0...9999, width: 4))"
        for code in codes {
            line += String(repeating: " ", count: max(1, (Self.columns[code] ?? 0) - line.count)) + code
        }
        return line
    }

    /// A number filled on the left, or dashes, with a column behind it for the mark of its limit.
    private func field(_ value: Int?, in limits: ClosedRange<Int>, width: Int = 3) -> String {
        guard let value else { return String(repeating: " ", count: width - 3) + "--- " }
        return value.filled(width, with: " ") + (limits.contains(value) ? " " : "*")
    }

    private func stamp(at clock: Duration) -> String {
        let time = patient.script.calendar(of: name, switchedOn: wall, at: clock)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(time.day.filled(2))-\(months[(time.month - 1) % 12])-\((time.year % 100).filled(2)) \(time.hourText)"
    }
}
