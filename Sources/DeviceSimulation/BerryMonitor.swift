import DeviceProtocols
import VitalsModel

/// A Berry PM6750 board: silent but for its cuff and its pleth wave until its numbers are switched on; then each once a second.
public struct BerryMonitor: SimulatedDevice {
    /// As `vigil-sim berry-multi` makes it.
    public static let simulator = DeviceSimulator(
        family: "berry-multi", abstract: "A multi-parameter board: Berry PM6750.",
        options: [
            DeviceOption(
                key: "pressures", values: ["systolic-mean-diastolic", "systolic-diastolic-mean"],
                summary: "The order of the three pressures in a cuff packet.")
        ]
    ) { terms in BerryMonitor(terms) }

    /// How long the cuff module initialises, and hears no command.
    static let initialising: Duration = .seconds(3)
    /// How long a finger that came back is searched for.
    private static let searchTime: Duration = .seconds(4)
    private static let plethPerSecond = 50

    private let patient: SimulatedPatient
    private let start: BootInstant
    private let name: String
    private let isMeanLast: Bool
    private var cuff: MonitorCuff
    private var second: Int64 = 0
    private var heard: [UInt8] = []
    private var isHeartOn = false
    private var isOximeterOn = false
    private var isPlethOn = true
    private var fingerBack: Duration = .zero
    private var saidMeasurements = 0
    /// What the packets said, as a host should take them.
    public private(set) var sent = SentValues()

    /// Creates a board that gets its power at the session's clock 0.
    public init(_ terms: SimulatorTerms) {
        patient = terms.patient
        start = terms.start
        name = terms.name
        isMeanLast = terms.options["pressures"] == "systolic-diastolic-mean"
        cuff = MonitorCuff(program: terms.cuff, patient: terms.patient, clock: MonitorClock(start: terms.start, wall: terms.wall))
    }

    /// When the next packets are due.
    public var nextDeadline: BootInstant? { start + .seconds(second) }

    /// Sends every packet that is due.
    public mutating func advance(to now: BootInstant) -> [[UInt8]] {
        var packets: [[UInt8]] = []
        while start + .seconds(second) <= now {
            packets += self.packets(at: .seconds(second))
            second += 1
        }
        return packets
    }

    // MARK: Commands

    /// Obeys whole commands; answers none, as the board does.
    public mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> [[UInt8]] {
        let packets = advance(to: now)
        heard = (heard + bytes).suffix(64)
        while let start = heard.firstIndex(of: 0x55), heard.count - start >= 6 {
            let type = heard[start + 3]
            let value = heard[start + 4]
            if Array(heard[start..<(start + 6)]) == BerryMulti.packet(type, [value]) {
                obey(type, value, at: now)
                heard.removeFirst(start + 6)
            } else {
                heard.removeFirst(start + 1)
            }
        }
        return packets
    }

    private mutating func obey(_ type: UInt8, _ value: UInt8, at now: BootInstant) {
        switch type {
        case 0x01: isHeartOn = value == 1
        case 0x02 where now - start < BerryMonitor.initialising: break
        case 0x02 where value == 1:
            cuff.press(at: now)
            cuff.advance(to: now)
        case 0x02: cuff.abort(at: now)
        case 0x03: isOximeterOn = value == 1
        case 0xFE: isPlethOn = value == 1
        default: break
        }
    }

    // MARK: Packets

    private mutating func packets(at clock: Duration) -> [[UInt8]] {
        cuff.advance(to: start + clock)
        var packets = [BerryMulti.packet(0x03, cuffData(at: clock))]
        if isHeartOn { packets.append(BerryMulti.packet(0x02, heartData(at: clock))) }
        if isOximeterOn { packets.append(BerryMulti.packet(0x04, oximeterData(at: clock))) }
        if isPlethOn { packets += pleth(at: clock) }
        return packets
    }

    /// The numbers stay when the leads are off; only the status says so.
    private mutating func heartData(at clock: Duration) -> [UInt8] {
        let isOff = patient.script.isSensorOff(.ecg, at: clock, device: name)
        let state = patient.state(at: clock)
        let (heart, breath) = (state.heartRate.rounded(), state.respRate.rounded())
        sent.say(.heartRate, isOff ? nil : heart)
        sent.say(.respRate, isOff ? nil : breath)
        return [isOff ? 0x52 : 0x50, UInt8(clamping: Int(heart)), UInt8(clamping: Int(breath)), 0, 1]
    }

    /// The numbers stay for three seconds after the finger has gone.
    private mutating func oximeterData(at clock: Duration) -> [UInt8] {
        let script = patient.script
        let isOff = script.isSensorOff(.spo2, at: clock, device: name)
        let lingers = isOff && !script.isSensorOff(.spo2, at: clock - .seconds(3), device: name)
        if isOff { fingerBack = clock + BerryMonitor.searchTime }
        let isSearching = clock < fingerBack
        let state = patient.state(at: clock)
        let (saturation, pulse) = (state.spo2.rounded(), state.heartRate.rounded())
        sent.say(.spo2, isSearching ? nil : saturation)
        sent.say(.pulseRate, isSearching ? nil : pulse)
        let numbers: [UInt8] = isSearching && !lingers ? [0x7F, 0xFF] : [UInt8(clamping: Int(saturation)), UInt8(clamping: Int(pulse))]
        return [isOff ? 0x02 : isSearching ? 0x03 : 0x00] + numbers
    }

    /// The pressures of the last result stay while the cuff measures and after a failure.
    private mutating func cuffData(at clock: Duration) -> [UInt8] {
        let isShown = cuff.last != nil && !patient.script.isResendingCuff(at: clock, device: name)
        let state = cuffState(at: clock)
        if state == 0, isShown, let last = cuff.last, saidMeasurements != cuff.count {
            saidMeasurements = cuff.count
            sent.sayMeasured(last)
        }
        let values = isShown ? cuff.last.map { [$0.systolic, $0.mean, $0.diastolic] } ?? [] : []
        var pressures = values.isEmpty ? [0, 0, 0] : values.map { UInt8(clamping: Int($0)) }
        if isMeanLast { pressures.swapAt(1, 2) }
        return [state << 2, UInt8(clamping: Int(cuff.pressure(at: start + clock) / 2))] + pressures
    }

    private func cuffState(at clock: Duration) -> UInt8 {
        if clock < BerryMonitor.initialising { return 9 }
        if cuff.isMeasuring { return 1 }
        switch cuff.failure {
        case .aborted: return 2
        case .leak: return 4
        case nil: return cuff.last == nil ? 10 : 0
        }
    }

    private func pleth(at clock: Duration) -> [[UInt8]] {
        let rate = patient.state(at: clock).heartRate
        return (0..<BerryMonitor.plethPerSecond).map { sample in
            let time = clock.inSeconds + Double(sample) / Double(BerryMonitor.plethPerSecond)
            return BerryMulti.packet(0xFE, [UInt8(clamping: Int(50 + 45 * (time * rate / 60).wave))])
        }
    }
}
