import VitalsModel

/// What happens to a simulated patient and to the devices, at times of the session's simulated clock.
public struct SimulationScript: Sendable, Hashable {
    /// The events in the order of the text.
    public var events: [ScriptEvent]

    /// Creates a script.
    public init(events: [ScriptEvent] = []) { self.events = events }

    /// Nothing happens.
    public static let quiet = SimulationScript()

    /// The events that hold at `clock` for a device; an event that names no device holds for all.
    public func active(at clock: Duration, device: String? = nil) -> [ScriptEvent] {
        events.filter { $0.holds(at: clock) && $0.concerns(device) }
    }

    /// Whether the sensor of a signal is off the patient or unplugged.
    public func isSensorOff(_ sensor: SimulatedSensor, at clock: Duration, device: String? = nil) -> Bool {
        active(at: clock, device: device).contains { $0.incident == .sensorOff(sensor) }
    }

    /// Whether the last cuff measurement is taken away, to be shown again later.
    public func isResendingCuff(at clock: Duration, device: String? = nil) -> Bool {
        active(at: clock, device: device).contains { $0.incident == .cuffResend }
    }

    /// Whether the cuff leaks.
    public func isCuffLeaking(at clock: Duration, device: String? = nil) -> Bool {
        active(at: clock, device: device).contains { $0.incident == .cuffLeak }
    }

    /// By how much the device's own clock is off at `clock`: the sum of all jumps so far.
    public func clockOffset(at clock: Duration, device: String? = nil) -> Duration {
        events.reduce(.zero) { offset, event in
            guard case .clockJump(let seconds) = event.incident, event.start <= clock, event.concerns(device) else { return offset }
            return offset + .seconds(seconds)
        }
    }

    /// The first begin or end of an event after `clock`, or nil.
    public func nextChange(after clock: Duration) -> Duration? {
        events.flatMap { [$0.start, $0.end] }.filter { $0 > clock }.min()
    }

    /// Applies what the script does to the patient.
    public func disturbing(_ state: PatientState, at clock: Duration) -> PatientState {
        var state = state
        for event in events {
            switch event.incident {
            case .systolicSurge(let target):
                let shift = (target - state.systolic) * event.envelope(at: clock, ramp: .seconds(180))
                state.systolic += shift
                // Diastolic pressure follows a surge by less than a third.
                state.diastolic += 0.28 * shift
            case .heartRate(let target):
                state.heartRate += (target - state.heartRate) * event.envelope(at: clock, ramp: .seconds(60))
            case .desaturation(let target):
                state.spo2 += (target - state.spo2) * event.envelope(at: clock, ramp: .seconds(40))
            case .sensorOff, .cablePulled, .noiseBurst, .bitFlips, .lostBytes, .stall, .startCuff, .cuffResend, .cuffLeak, .clockJump:
                break
            }
        }
        return state
    }
}

/// One thing that happens.
public struct ScriptEvent: Sendable, Hashable {
    /// What happens.
    public var incident: ScriptIncident
    /// When, on the session's simulated clock.
    public var start: Duration
    /// For how long; zero for `startCuff` and `clockJump`.
    public var lasting: Duration
    /// The device that it happens to; nil is every one.
    public var device: String?

    /// Creates an event.
    public init(_ incident: ScriptIncident, at start: Duration, for lasting: Duration = .zero, device: String? = nil) {
        self.incident = incident
        self.start = start
        self.lasting = lasting
        self.device = device
    }

    /// When it is over.
    public var end: Duration { start + lasting }

    /// Whether it holds at `clock`: from its start to just before its end.
    public func holds(at clock: Duration) -> Bool { clock >= start && clock < end }

    func concerns(_ name: String?) -> Bool { device == nil || name == nil || device == name }

    /// How far the event is developed, 0 to 1: it rises and falls over `ramp` each, or over thirds when it is short.
    func envelope(at clock: Duration, ramp: Duration) -> Double {
        guard holds(at: clock) else { return 0 }
        let slope = max(0.001, min(ramp.inSeconds, lasting.inSeconds / 3))
        return min((clock - start).inSeconds / slope, (end - clock).inSeconds / slope).smoothStep
    }
}

/// What can happen.
public enum ScriptIncident: Sendable, Hashable {
    /// Systolic pressure rises to a value in mmHg (diastolic follows in part), holds and returns.
    case systolicSurge(to: Double)
    /// Heart rate goes to a value per minute, holds and returns.
    case heartRate(to: Double)
    /// Saturation falls to a value in percent, holds and recovers.
    case desaturation(to: Double)
    /// A sensor is off the patient.
    case sensorOff(SimulatedSensor)
    /// The line between device and computer is unplugged, and plugged in again at the end.
    case cablePulled
    /// Random bytes come between the frames.
    case noiseBurst
    /// One bit in about so many bytes is flipped.
    case bitFlips(oneInBytes: Int)
    /// Nothing passes the line in either direction, though it stays plugged in.
    case stall
    /// The nurse presses the cuff button on the monitor.
    case startCuff
    /// One byte in about so many is lost on the line.
    case lostBytes(oneInBytes: Int)
    /// The cuff leaks: measurements fail with the device's own word for it.
    case cuffLeak
    /// The device's clock goes forward by so many seconds (back, if negative) and stays so; the event's end does not matter.
    case clockJump(seconds: Int)
    /// The monitor shows no cuff values, and at the end the last measurement once more, with its old time.
    case cuffResend
}

extension ScriptIncident {
    /// Whether it happens at one moment and lasts for none.
    var isMomentary: Bool {
        switch self {
        case .startCuff, .clockJump: true
        default: false
        }
    }
}

/// A sensor that can come off.
public enum SimulatedSensor: String, Sendable, Hashable, CaseIterable {
    /// The finger clip: saturation, pulse rate and perfusion.
    case spo2
    /// The electrodes: heart rate and respiration.
    case ecg
}
