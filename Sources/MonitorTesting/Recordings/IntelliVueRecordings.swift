import DeviceProtocols
import VitalsModel

extension Recording {
    /// Both real recordings of IntelliVue monitors with their lists of values, and the announcement that only the LAN carries.
    static let intelliVue: [Recording] = [
        Recording("intellivue/mp_rs232_session_part1.raw", IntelliVue.family, form: .raw) { row, data in
            try IntelliVueExpectation(row, data).serialFaults()
        },
        Recording("intellivue/mp_rs232_session_part1.expected.csv", IntelliVue.family, form: .annotated) { row, data in
            let rows = try data.expectedNumerics(row.path)
            return listFaults(rows, count: 1440, valid: 180, of: .heartRate)
        },
        Recording("intellivue/mp_lan_session_a.hexlog", IntelliVue.family, form: .annotated) { row, data in
            try IntelliVueExpectation(row, data).dialogueFaults()
        },
        Recording("intellivue/mp_lan_session_a.expected.csv", IntelliVue.family, form: .annotated) { row, data in
            let rows = try data.expectedNumerics(row.path)
            let isDemo = rows.allSatisfy { $0.state & 0x0400 != 0 }
            return (isDemo ? [] : ["values without the state of a demonstration"])
                + listFaults(rows, count: 78, valid: 0, of: .spo2)
        },
        Recording("intellivue/connect_indication_mx.hex", IntelliVue.family, form: .hexadecimal) { row, data in
            // A datagram of the LAN without serial framing: its bytes are refused, though C0 stands among them.
            let (readings, statistics) = try row.decoded(data)
            let isRefused = readings.isEmpty && statistics.frames == 0 && statistics.rejected[.garbage, default: 0] > 0
            return isRefused ? [] : ["a datagram was taken for frames: \(readings.map(\.words)), \(statistics)"]
        },
    ]

    /// What is wrong with a list of values: how many, and how many usable numbers of ours, all of which must be of `signal`.
    private static func listFaults(_ rows: [ExpectedNumeric], count: Int, valid: Int, of signal: Signal) -> [String] {
        let usable = rows.filter { $0.value != nil && $0.state & 0xFC00 == 0 }.compactMap { IntelliVueExpectation.signal($0.physio) }
        return rows.count == count && usable == Array(repeating: signal, count: valid) ? [] : ["\(rows.count) values, usable are \(usable)"]
    }
}

/// What a recording of a monitor must give, by the list of values beside it.
struct IntelliVueExpectation {
    private let bytes: [UInt8]
    /// The number that the list has for the frame at an offset.
    private let frames: [Int: Int]
    private let values: [ExpectedNumeric]

    init(_ row: Recording, _ data: TestData) throws {
        let suffix = row.form == .raw ? ".raw" : ".hexlog"
        values = try data.expectedNumerics(row.path.dropLast(suffix.count) + ".expected.csv").filter { Self.signal($0.physio) != nil }
        if row.form == .raw {
            let bytes = try data.bytes(row.path)
            // C0 begins every frame and stands nowhere else.
            let starts = bytes.indices.filter { bytes[$0] == 0xC0 }.enumerated()
            frames = Dictionary(starts.map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
            self.bytes = bytes
        } else {
            (bytes, frames) = try data.intelliVueStream(row.path)
        }
    }

    /// The signal of a physiological identifier; nil for one that Vigil has no use for.
    static func signal(_ physio: UInt16) -> Signal? {
        [
            0x4182: .heartRate, 0x4822: .pulseRate, 0x4BB8: .spo2, 0x500A: .respRate, 0x4BB0: .perfusionIndex,
            0x4A05: .nibpSystolic, 0x4A06: .nibpDiastolic, 0x4A07: .nibpMean,
        ][physio]
    }

    /// RS232: heart rate 60 all along, otherwise no number; of the cuff, without a value for days, nothing.
    func serialFaults() throws -> [String] {
        let (readings, statistics) = try IntelliVue.family.decodeOffline([bytes])
        let valid = readings.filter { $0.quality == .valid }
        var faults = commonFaults(readings, statistics, frameCount: 1444)
        if valid.count != 180 || !valid.allSatisfy({ $0.signal == .heartRate && $0.value == 60 }) {
            faults.append("\(valid.count) valid readings, not 180 heart rates of 60")
        }
        if readings.contains(where: { $0.signal.cadence == .intermittent }) { faults.append("a cuff value, and there is none") }
        return faults
    }

    /// LAN, put into serial frames: all of it demonstration, the cuff's 120/80 mean 90 once.
    func dialogueFaults() throws -> [String] {
        let (readings, statistics) = try IntelliVue.family.decodeOffline([bytes])
        var faults = commonFaults(readings, statistics, frameCount: frames.count)
        if !readings.allSatisfy({ $0.quality == .demo }) { faults.append("a reading without the quality demo") }
        let cuff = readings.filter { $0.signal.cadence == .intermittent }
        let isExpected =
            cuff.map(\.signal) == [.nibpSystolic, .nibpDiastolic, .nibpMean] && cuff.map(\.value) == [120, 80, 90]
            && cuff.allSatisfy { $0.deviceTime?.description == "2017-11-04T14:45:00" }
        return faults + (isExpected ? [] : ["the cuff says \(cuff.map(\.words))"])
    }

    /// Every streaming value of the list in order, each in its frame.
    private func commonFaults(_ readings: [DecodedReading], _ statistics: DecoderStatistics, frameCount: Int) -> [String] {
        var faults: [String] = []
        if statistics.frames != frameCount { faults.append("\(statistics.frames) frames, not \(frameCount)") }
        if !statistics.rejected.isEmpty { faults.append("refused: \(statistics.rejected)") }
        if statistics.readings != readings.count { faults.append("\(statistics.readings) readings counted, \(readings.count) given") }
        let streaming = readings.filter { $0.signal.cadence == .streaming }
        let wanted = values.filter { Self.signal($0.physio)?.cadence == .streaming }
        if streaming.map(\.signal) != wanted.compactMap({ Self.signal($0.physio) }) || streaming.map(\.value) != wanted.map(\.value) {
            faults.append("other values than those of the list")
        }
        if streaming.map({ frames[$0.offset] }) != wanted.map(\.frame) { faults.append("values in other frames than those of the list") }
        return faults
    }
}
