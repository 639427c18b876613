import DeviceProtocols
import VitalsModel

extension Recording {
    /// The S/5 Computer Interface: the maker's requests and one computed record; no device was recorded.
    static let geDRI: [Recording] = [
        Recording("ge_s5_dri/computed_basic_record.hex", GEDRI.family, form: .hexadecimal) { recording, data in
            let decoded = try recording.decoded(data)
            let expected: [(Signal, Double?)] = [
                (.heartRate, 72), (.spo2, 97.5), (.pulseRate, 72), (.respRate, nil), (.nibpSystolic, 118), (.nibpDiastolic, 76),
                (.nibpMean, 90),
            ]
            let readings = expected.map { signal, value in
                DecodedReading(offset: 0, signal: signal, value: value, quality: value == nil ? .invalid : .valid)
            }
            return (decoded.readings == readings ? [] : ["the readings are \(decoded.readings)"])
                + (decoded.statistics.frames == 1 ? [] : ["\(decoded.statistics.frames) frames instead of 1"])
                + (decoded.statistics.rejected.isEmpty ? [] : ["refused: \(decoded.statistics.rejected)"])
        },
        Recording("ge_s5_dri/vendor_requests_part1.txt", GEDRI.family, form: .annotated) { recording, data in
            try requestFaults(of: recording, data)
        },
    ]

    /// Lines `name : hexadecimal frame`, each a request: a good frame without readings. The two that the client knows are what it
    /// sends.
    private static func requestFaults(of recording: Recording, _ data: TestData) throws -> [String] {
        var frames: [String: [UInt8]] = [:]
        for line in try data.lines(recording.path) where !line.hasPrefix("#") {
            let fields = line.split(separator: ":")
            guard fields.count == 2 else { return ["cannot read the line \(line)"] }
            frames[fields[0].filter { !$0.isWhitespace }] = try HexText.bytes(of: fields[1].utf8)
        }
        guard frames.count == 3 else { return ["\(frames.count) frames instead of 3"] }
        var faults: [String] = []
        for (name, bytes) in frames.sorted(by: { $0.key < $1.key }) {
            let decoded = try recording.family.decodeOffline([bytes])
            if decoded.statistics.frames != 1 || !decoded.statistics.rejected.isEmpty || !decoded.readings.isEmpty {
                faults.append("\(name): \(decoded.statistics), readings \(decoded.readings)")
            }
        }
        // The maker asks for all classes: byte 4 of the request, and 14 more in the sum.
        var start = GEDRIFrame.request(displayedEvery: 10, level: 0)
        (start[44], start[50]) = (0x0E, start[50] &+ 0x0E)
        if frames["start_displayed_10s_all_classes"] != start {
            faults.append("the start of displayed values is not what the client sends")
        }
        let stop = GEDRIFrame.request(displayedEvery: 0, level: 0)
        if frames["stop_displayed"] != stop { faults.append("the stop of displayed values is not what the client sends") }
        return faults
    }
}
