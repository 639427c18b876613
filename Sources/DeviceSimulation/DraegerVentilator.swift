import DeviceProtocols
import VitalsModel

/// A Draeger ventilator with an oximeter module: calls for a host, wants to know its name, answers its questions, and calls anew
/// when the host is silent for 3 s.
public struct DraegerVentilator: SimulatedDevice {
    /// As `vigil-sim draeger-medibus` makes it.
    public static let simulator = DeviceSimulator(family: "draeger-medibus", abstract: "A ventilator: Evita 4.") { terms in
        DraegerVentilator(terms)
    }

    /// How often it calls, and how long the host may be silent.
    static let patience: Duration = .seconds(3)
    private static let months = ["JAN", "FEB", "MAR", "APR", "MAI", "JUN", "JUL", "AUG", "SEP", "OKT", "NOV", "DEZ"]

    private let patient: SimulatedPatient
    private let start: BootInstant
    private let wall: WallInstant
    private let name: String
    private var heard: [UInt8] = []
    /// When it calls (again): the host is unknown, or has been silent.
    private var callAt: BootInstant
    /// Whether the host has told its name since the last call.
    private(set) var knowsHost = false
    private var questionsLeft = 3
    private var listed: Set<Signal> = []
    /// What the answers said, as a host should take them.
    public private(set) var sent = SentValues()

    /// Creates a ventilator that is switched on at the session's clock 0.
    public init(_ terms: SimulatorTerms) {
        patient = terms.patient
        start = terms.start
        wall = terms.wall
        name = terms.name
        callAt = terms.start
    }

    /// When it calls.
    public var nextDeadline: BootInstant? { callAt }

    /// Calls when it is time.
    public mutating func advance(to now: BootInstant) -> [[UInt8]] {
        guard now >= callAt else { return [] }
        knowsHost = false
        callAt = now + DraegerVentilator.patience
        return [DraegerMedibus.message(isResponse: false, 0x51)]
    }

    // MARK: Dialogue

    /// Answers commands, and takes the host's answers to its own.
    public mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> [[UInt8]] {
        var frames = advance(to: now)
        if knowsHost { callAt = now + DraegerVentilator.patience }
        for byte in bytes {
            if byte == 0x1B || byte == 0x01 { heard = [] }
            heard = (heard + [byte]).suffix(300)
            guard byte == 0x0D else { continue }
            if let (isResponse, code, text) = DraegerVentilator.message(heard) {
                frames += isResponse ? took(code, text, at: now) : answers(to: code, at: now)
            }
            heard = []
        }
        return frames
    }

    /// The parts of a message whose sum is right.
    private static func message(_ bytes: [UInt8]) -> (isResponse: Bool, code: UInt8, text: [UInt8])? {
        guard bytes.count >= 5 else { return nil }
        let isResponse = bytes[0] == 0x01
        let text = Array(bytes[2..<(bytes.count - 3)])
        guard DraegerMedibus.message(isResponse: isResponse, bytes[1], text) == bytes else { return nil }
        return (isResponse, bytes[1], text)
    }

    private mutating func took(_ code: UInt8, _ text: [UInt8], at now: BootInstant) -> [[UInt8]] {
        switch code {
        case 0x51:
            questionsLeft = 3
            return [question(at: now)]
        case 0x52 where text.count >= 17:
            knowsHost = true
            callAt = now + DraegerVentilator.patience
            return []
        case 0x52 where questionsLeft > 0:
            // This device is not content with an empty answer.
            questionsLeft -= 1
            return [question(at: now)]
        default: return []
        }
    }

    private mutating func question(at now: BootInstant) -> [UInt8] {
        callAt = now + DraegerVentilator.patience
        return DraegerMedibus.message(isResponse: false, 0x52)
    }

    private mutating func answers(to code: UInt8, at now: BootInstant) -> [[UInt8]] {
        func answer(_ text: String = "") -> [[UInt8]] { [DraegerMedibus.message(isResponse: true, code, Array(text.utf8))] }
        switch code {
        case 0x51:
            knowsHost = false
            questionsLeft = 3
            return answer() + [question(at: now)]
        case 0x55:
            knowsHost = false
            return answer()
        case 0x24 where knowsHost: return answer(data(at: now - start))
        case 0x27 where knowsHost: return answer(patient.state(at: now - start).spo2 < 90 ? "J02SPO2 LOW    " : "")
        case 0x28 where knowsHost: return answer(date(at: now))
        case 0x30, 0x4A: return answer()
        default: return [DraegerMedibus.message(isResponse: true, 0x15)]
        }
    }

    // MARK: Answers

    /// What has a value is listed; a sensor that is off has none.
    private mutating func data(at clock: Duration) -> String {
        let state = patient.state(at: clock)
        let isFingerOut = patient.script.isSensorOff(.spo2, at: clock, device: name)
        let isLeadOff = patient.script.isSensorOff(.ecg, at: clock, device: name)
        let values: [(code: String, signal: Signal, value: Double?)] = [
            ("D6", .respRate, state.respRate), ("DC", .heartRate, isLeadOff ? nil : state.heartRate),
            ("EB", .spo2, isFingerOut ? nil : state.spo2), ("E1", .pulseRate, isFingerOut ? nil : state.heartRate),
        ]
        var text = "B9 6.3F0  21"
        for (code, signal, value) in values {
            let number = value.map { $0.rounded() }
            if number != nil { listed.insert(signal) }
            // What was never listed is no signal of this device, and no host can miss it.
            if listed.contains(signal) { sent.say(signal, number) }
            if let number { text += "\(code)\(Int(number).filled(3, with: " ")) " }
        }
        return text
    }

    private func date(at now: BootInstant) -> String {
        let time = patient.script.calendar(of: name, switchedOn: wall, at: now - start)
        return "\(time.hourText)\(time.day.filled(2))-\(DraegerVentilator.months[time.month - 1])-\((time.year % 100).filled(2))"
    }
}
