import DeviceProtocols
import VitalsModel

/// An Ivy 450C monitor with ECG, oximeter and cuff: one "ANSAR-B" message a second, and no ear for the host.
public struct IvyMonitor: SimulatedDevice {
    /// As `vigil-sim ivy-450c` makes it.
    public static let simulator = DeviceSimulator(family: "ivy-450c", abstract: "A bedside monitor: Ivy 450C.") { terms in
        IvyMonitor(terms)
    }

    private static let header: [UInt8] = [0xFF] + Array("ANSAR-B ".utf8)
    private let patient: SimulatedPatient
    private let start: BootInstant
    private let name: String
    private var cuff: MonitorCuff
    private var second: Int64 = 0
    /// The pulse that the cuff found, of the measurement of that number.
    private var cuffPulse = (count: 0, value: 0)
    /// What the line NIBP showed in the message before.
    private var shownPressures = ""
    /// The result that was noted last.
    private var saidPressures = ""
    /// What the messages said, as a host should take it.
    public private(set) var sent = SentValues()

    /// Creates a monitor that is switched on at the session's clock 0.
    public init(_ terms: SimulatorTerms) {
        patient = terms.patient
        start = terms.start
        name = terms.name
        cuff = MonitorCuff(program: terms.cuff, patient: terms.patient, clock: MonitorClock(start: terms.start, wall: terms.wall))
    }

    /// When the next message is due.
    public var nextDeadline: BootInstant? { start + .seconds(second) }

    /// The monitor listens to nothing.
    public mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> [[UInt8]] { advance(to: now) }

    /// Sends every message that is due.
    public mutating func advance(to now: BootInstant) -> [[UInt8]] {
        var messages: [[UInt8]] = []
        while start + .seconds(second) <= now {
            messages.append(message(at: .seconds(second)))
            second += 1
        }
        return messages
    }

    private mutating func message(at clock: Duration) -> [UInt8] {
        cuff.advance(to: start + clock)
        let lines = [
            heartLines(at: clock), "ETCO2=1;;;\r", oximeterLine(at: clock), cuffLine(at: clock),
            "P1=3;;;;NO TRANSDUCER;\rP2=3;;;;NO TRANSDUCER;\rT1=1;;;\rT2=1;;;\r",
        ]
        return IvyMonitor.header + waveforms(at: clock) + Array(lines.joined().utf8) + [0xFE]
    }

    private mutating func heartLines(at clock: Duration) -> String {
        guard !patient.script.isSensorOff(.ecg, at: clock, device: name) else {
            sent.say(.heartRate, nil)
            sent.say(.respRate, nil)
            return "HR=1;;ECG-II-DIAG;LEAD OFF\rRR=1;;APNEA: 20 SEC;LEAD OFF\r"
        }
        let state = patient.state(at: clock)
        let (heart, breath) = (Int(state.heartRate.rounded()), Int(state.respRate.rounded()))
        sent.say(.heartRate, Double(heart))
        sent.say(.respRate, Double(breath))
        return "HR=1;\(heart);ECG-II-DIAG;\rRR=1;\(breath);APNEA: 20 SEC;\r"
    }

    /// For three seconds after the finger has gone the last numbers stay, with the alarm beside them.
    private mutating func oximeterLine(at clock: Duration) -> String {
        let script = patient.script
        let isOff = script.isSensorOff(.spo2, at: clock, device: name)
        let lingers = isOff && !script.isSensorOff(.spo2, at: clock - .seconds(3), device: name)
        let state = patient.state(at: clock)
        let (saturation, pulse) = (Int(state.spo2.rounded()), Int(state.heartRate.rounded()))
        sent.say(.spo2, isOff ? nil : Double(saturation))
        sent.say(.pulseRate, isOff ? nil : Double(pulse))
        guard isOff else { return "SPO2=1;\(saturation);PR=\(pulse) ;\r" }
        return lingers ? "SPO2=1;\(saturation);PR=\(pulse) ;SENSOR OFF\r" : "SPO2=1;;PR= ;SENSOR OFF\r"
    }

    /// The last result stays, also while the cuff measures, until the next one or a failure takes its place.
    private mutating func cuffLine(at clock: Duration) -> String {
        guard cuff.failure != .leak, let last = cuff.last, !patient.script.isResendingCuff(at: clock, device: name) else {
            shownPressures = ""
            return cuff.failure == .leak ? "NIBP=4;;;;;;CUFF LEAK\r" : "NIBP=4;;;;;;\r"
        }
        if cuffPulse.count != cuff.count {
            cuffPulse = (cuff.count, Int(patient.state(at: last.finished - start).heartRate.rounded()))
        }
        let pressures = "\(Int(last.systolic));\(Int(last.diastolic));\(Int(last.mean));\(cuffPulse.value)"
        // A host believes the second message that shows a result; one that equals the result before in all four numbers is no news.
        if pressures == shownPressures, pressures != saidPressures {
            saidPressures = pressures
            sent.sayMeasured(last)
        }
        shownPressures = pressures
        return "NIBP=4;\(pressures);;\r"
    }

    /// 200 bytes of ECG, 50 each of respiration and pleth, and two spare channels.
    private func waveforms(at clock: Duration) -> [UInt8] {
        let state = patient.state(at: clock)
        func wave(_ samples: Int, perMinute: Double, height: Double) -> [UInt8] {
            (0..<samples).map { sample in
                let time = clock.inSeconds + Double(sample) / Double(samples)
                return UInt8(clamping: Int(128 + height * (time * perMinute / 60).wave))
            }
        }
        return wave(200, perMinute: state.heartRate, height: 127) + wave(50, perMinute: state.respRate, height: 40)
            + wave(50, perMinute: state.heartRate, height: 90) + [UInt8](repeating: 0xFB, count: 100)
    }
}
