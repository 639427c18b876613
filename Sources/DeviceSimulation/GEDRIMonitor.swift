import DeviceProtocols
import VitalsModel

/// A GE monitor at its S/5 Computer Interface: silent until it is asked, then displayed values of the basic class in a steady
/// interval until it is told to stop.
///
/// A sensor that has come off shows in the status first; the numbers stay for a while. While the cuff works, and after a measurement
/// that failed, it shows no numbers.
public struct GEDRIMonitor: SimulatedDevice {
    /// As `vigil-sim ge-dri` makes it.
    public static let simulator = DeviceSimulator(
        family: "ge-dri", abstract: "A GE bedside monitor (S/5, B650): ECG, SpO2, cuff, by DRI records."
    ) { GEDRIMonitor($0) }

    /// How long the numbers of a sensor stay after it has come off.
    static let numbersLinger: Duration = .seconds(8)
    /// The maker's shortest interval, also between single records.
    static let shortestInterval: Duration = .seconds(5)
    /// From when the monitor calls cuff values old.
    static let cuffAge: Duration = .seconds(60)

    private let terms: SimulatorTerms
    private let clock: MonitorClock
    private var cuff: MonitorCuff
    private var deframer = GEDRIDeframer()
    private var interval: Duration?
    private var nextRecord: BootInstant?
    private var lastSingle: BootInstant?
    private var records: UInt8 = 0
    private var pleth = GEDRISensor(.spo2)
    private var electrodes = GEDRISensor(.ecg)
    /// How many measurements were noted in `sent`.
    private var noted = 0

    /// What a host should have taken.
    public private(set) var sent = SentValues()

    /// Creates a monitor that is on since long before the session's clock 0.
    public init(_ terms: SimulatorTerms) {
        self.terms = terms
        clock = MonitorClock(start: terms.start, wall: terms.wall)
        cuff = MonitorCuff(program: terms.cuff, patient: terms.patient, clock: clock)
    }

    /// The next record or the next step of the cuff.
    public var nextDeadline: BootInstant? { [nextRecord, cuff.nextDeadline].compactMap { $0 }.min() }

    /// Obeys requests for displayed values; whatever else comes is passed over.
    public mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> [[UInt8]] {
        var frames = advance(to: now)
        var position = 0
        while let step = deframer.step(bytes, from: &position) {
            guard case .record(let record, _) = step, let request = GEDRIRequest(record) else { continue }
            obey(request, at: now, &frames)
        }
        return frames
    }

    /// Sends the records that are due.
    public mutating func advance(to now: BootInstant) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        while let due = nextDeadline, due <= now {
            cuff.advance(to: due)
            guard let record = nextRecord, record <= due, let interval else { continue }
            nextRecord = record + interval
            frames.append(frame(at: record))
        }
        return frames
    }

    private mutating func obey(_ request: GEDRIRequest, at now: BootInstant, _ frames: inout [[UInt8]]) {
        guard request.interval >= 0 else {
            if let last = lastSingle, now - last < GEDRIMonitor.shortestInterval { return }
            lastSingle = now
            frames.append(frame(at: now))
            return
        }
        interval = request.interval == 0 ? nil : max(GEDRIMonitor.shortestInterval, .seconds(request.interval))
        nextRecord = interval.map { _ in now }
        frames += advance(to: now)
    }

    // MARK: One record

    private mutating func frame(at now: BootInstant) -> [UInt8] {
        let time = now - terms.start
        let state = terms.patient.state(at: time)
        electrodes.look(state, terms, at: time)
        pleth.look(state, terms, at: time)
        var basic = GEDRIBasicClass(unixTime: unixTime(at: now))
        basic.setElectrodes(electrodes)
        basic.setPleth(pleth)
        setCuff(&basic, at: now)
        say()
        records &+= 1
        var record: [UInt8] = [0, 0, records, 9, 0x34, 0x12] + GEDRIBasicClass.littleEndian(unixTime(at: now)) + [0, 0, 0, 0, 0, 0]
        record += [0, 0, 1, 0, 0, 0xFF] + [UInt8](repeating: 0, count: 18) + basic.bytes
        (record[0], record[1]) = (UInt8(record.count & 0xFF), UInt8(record.count >> 8))
        return GEDRIFrame.encode(record)
    }

    private func unixTime(at now: BootInstant) -> UInt32 {
        let time = now - terms.start
        let wall = terms.wall + time + terms.patient.script.clockOffset(at: time, device: terms.name)
        return UInt32(truncatingIfNeeded: wall.nanoseconds / 1_000_000_000)
    }

    private mutating func say() {
        sent.say(.heartRate, electrodes.isOff ? nil : electrodes.state.heartRate.rounded())
        sent.say(.respRate, electrodes.isOff ? nil : electrodes.state.respRate.rounded())
        sent.say(.spo2, pleth.isOff ? nil : pleth.state.spo2.rounded())
        sent.say(.pulseRate, pleth.isOff ? nil : pleth.state.heartRate.rounded())
    }

    private mutating func setCuff(_ basic: inout GEDRIBasicClass, at now: BootInstant) {
        let isHidden =
            terms.patient.script.isResendingCuff(at: now - terms.start, device: terms.name) || cuff.isMeasuring || cuff.failure != nil
        let shown = isHidden ? nil : cuff.last
        let isOld = shown.map { now - $0.finished > GEDRIMonitor.cuffAge } ?? false
        basic.setCuff(shown, isMeasuring: cuff.isMeasuring, isOld: isOld)
        // Old values tell a host nothing of when they were measured.
        guard let shown, !isOld, noted < cuff.count else { return }
        noted = cuff.count
        sent.sayMeasured(shown)
    }
}

/// One request for physiological data.
private struct GEDRIRequest {
    /// Seconds; 0 stop, -1 once.
    var interval: Int

    /// Nil for a record that asks for no displayed values.
    init?(_ record: [UInt8]) {
        guard record.count >= GEDRIFrame.headerLength + 9, record[14] == 0, record[15] == 0, record[18] == 0 else { return nil }
        let start = GEDRIFrame.headerLength + Int(record[16]) + Int(record[17]) << 8
        guard start + 9 <= record.count, record[start] == 1 else { return nil }
        interval = Int(Int16(bitPattern: UInt16(record[start + 1]) | UInt16(record[start + 2]) << 8))
    }
}

/// A sensor with the numbers that it gave last.
private struct GEDRISensor: Sendable {
    /// What the numbers show: now, or as long as they linger, when the sensor came off.
    private(set) var state = PatientState.restingAdult
    private(set) var isOff = false
    /// Whether there are numbers.
    private(set) var hasNumbers = false
    private let sensor: SimulatedSensor
    private var seen: Duration = .zero

    init(_ sensor: SimulatedSensor) { self.sensor = sensor }

    mutating func look(_ state: PatientState, _ terms: SimulatorTerms, at time: Duration) {
        isOff = terms.patient.script.isSensorOff(sensor, at: time, device: terms.name)
        if !isOff { (self.state, seen, hasNumbers) = (state, time, true) }
        if isOff, time - seen > GEDRIMonitor.numbersLinger { hasNumbers = false }
    }
}

/// Displayed values of the basic class, 278 bytes; all numbers missing and all modules away at first.
private struct GEDRIBasicClass {
    private(set) var bytes = [UInt8](repeating: 0, count: 278)

    private static let missing = -32_767
    /// Where the values of the groups stand: first byte, number of values, whether status and label come before them.
    private static let groups: [(start: Int, values: Int, hasHeader: Bool)] = [
        (4, 5, true), (20, 4, true), (34, 4, true), (48, 4, true), (62, 4, true), (76, 4, true), (90, 1, true), (98, 1, true),
        (106, 1, true), (114, 1, true), (122, 4, true), (136, 4, true), (150, 2, true), (160, 2, true), (170, 3, true), (182, 8, true),
        (204, 4, true), (218, 3, true), (230, 3, false), (236, 1, true), (244, 4, true), (258, 4, true),
    ]

    init(unixTime: UInt32) {
        bytes.replaceSubrange(0..<4, with: GEDRIBasicClass.littleEndian(unixTime))
        for group in GEDRIBasicClass.groups {
            for index in 0..<group.values { put(GEDRIBasicClass.missing, at: group.start + (group.hasHeader ? 6 : 0) + 2 * index) }
        }
    }

    static func littleEndian(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }

    private mutating func put(_ number: Int, at index: Int) {
        let bits = UInt16(bitPattern: Int16(clamping: number))
        (bytes[index], bytes[index + 1]) = (UInt8(bits & 0xFF), UInt8(bits >> 8))
    }

    private mutating func setGroup(_ start: Int, status: UInt32, label: UInt16 = 0, _ values: [Int?]) {
        bytes.replaceSubrange(start..<start + 4, with: GEDRIBasicClass.littleEndian(status))
        put(Int(Int16(bitPattern: label)), at: start + 4)
        for (index, value) in values.enumerated() { put(value ?? GEDRIBasicClass.missing, at: start + 6 + 2 * index) }
    }

    /// Rate from the ECG; off electrodes switch all three channels off.
    mutating func setElectrodes(_ sensor: GEDRISensor) {
        let rate = sensor.hasNumbers ? Int(sensor.state.heartRate.rounded()) : nil
        let breaths = sensor.hasNumbers ? Int(sensor.state.respRate.rounded()) : nil
        setGroup(4, status: sensor.isOff ? 0x380B : 0x0B, [rate, nil, nil, nil, breaths])
        put(rate ?? GEDRIBasicClass.missing, at: 230)
    }

    mutating func setPleth(_ sensor: GEDRISensor) {
        let numbers = sensor.hasNumbers ? sensor.state : nil
        let rate = numbers.map { Int($0.heartRate.rounded()) }
        setGroup(
            122, status: sensor.isOff ? 0x01 : 0x03,
            [numbers.map { 100 * Int($0.spo2.rounded()) }, rate, numbers.map { Int(($0.perfusionIndex * 100).rounded()) }, nil])
    }

    mutating func setCuff(_ result: MonitorCuff.Result?, isMeasuring: Bool, isOld: Bool) {
        let numbers = [result?.systolic, result?.diastolic, result?.mean].map { $0.map { 100 * Int($0) } }
        setGroup(76, status: 0x03, label: (isMeasuring ? 0x20 : 0) | (isOld ? 0x100 : 0), numbers + [nil])
    }
}
