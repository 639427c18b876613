import DeviceProtocols
import VitalsModel

extension Recording {
    /// Lines of Masimo oximeters, most of them real.
    static let masimo: [Recording] = [
        // Real: five lines of a Rad-8.
        lines(
            "masimo/rad8_ascii1_2016.txt",
            [
                (98, 97, 3.60, "2016-02-22T22:47:45"), (98, 96, 3.95, "2016-02-22T22:47:46"), (98, 96, 4.25, "2016-02-22T22:47:47"),
                (98, 96, 3.19, "2016-02-22T22:47:48"), (98, 97, 2.41, "2016-02-22T22:47:49"),
            ]),
        // Pulse low, alarm active and silenced: the monitor's alarms change no value.
        lines("masimo/rad8_alarm_silenced.txt", [(98, 57, 7.02, "2005-03-06T21:11:30")]),
        // With CR LF and short bit fields.
        lines("masimo/radical5_doc_example.txt", [(97, 64, 11.82, "2010-09-15T15:10:29")]),
        // No sensor; the line has no PI.
        Recording("masimo/rad8_no_sensor.txt", MasimoASCII1.family, form: .raw) { recording, data in
            try faults(recording, data, [(.spo2, nil, .invalid), (.pulseRate, nil, .invalid)], condition: .sensorOff)
        },
        // All values missing, and no exception said.
        Recording("masimo/rad7_blue_no_reading.txt", MasimoASCII1.family, form: .raw) { recording, data in
            try faults(
                recording, data, [(.spo2, nil, .invalid), (.pulseRate, nil, .invalid), (.perfusionIndex, nil, .invalid)],
                condition: .poorSignal)
        },
        Recording("masimo/rad8_trend_part1.txt", MasimoASCII1.family, form: .annotated) { recording, data in
            try trendFaults(of: recording, data)
        },
    ]

    private static func lines(
        _ file: String, _ expected: [(spo2: Double, rate: Double, index: Double, time: String)]
    ) -> Recording {
        let wanted = expected.flatMap { line in
            [(Signal.spo2, line.spo2), (.pulseRate, line.rate), (.perfusionIndex, line.index)].map { signal, value in
                DecodedReading(offset: 0, signal: signal, value: value, quality: .valid, deviceTime: DeviceTime(stored: line.time))
            }
        }
        return Recording(file, MasimoASCII1.family, form: .raw) { recording, data in
            let (readings, statistics) = try recording.decoded(data)
            let seen = readings.map { reading in
                var reading = reading
                reading.offset = 0
                return reading
            }
            return (seen == wanted ? [] : ["gives \(seen), not \(wanted)"])
                + (statistics.frames == wanted.count / 3 ? [] : ["\(statistics.frames) good lines"])
                + (statistics.rejected.isEmpty ? [] : ["refused \(statistics.rejected)"])
        }
    }

    private static func faults(
        _ recording: Recording, _ data: TestData, _ wanted: [(Signal, Double?, ReadingQuality)], condition: SignalCondition
    ) throws -> [String] {
        try eventFaults(recording.family, [try data.bytes(recording.path)], wanted.map { ($0.0, $0.1, $0.2, condition) })
    }

    /// The readings of some lines, each with the condition of its signal at that time.
    private static func eventFaults(
        _ family: DeviceFamily, _ chunks: [[UInt8]], _ wanted: [(Signal, Double?, ReadingQuality, SignalCondition)]
    ) throws -> [String] {
        var decoding = try OfflineDecoding(family)
        var conditions: [Signal: SignalCondition] = [:]
        var seen: [String] = []
        for event in chunks.flatMap({ decoding.events(from: $0) }) {
            switch event {
            case .signalCondition(let signal, let condition): conditions[signal] = condition
            case .reading(let reading):
                seen.append(words(reading.signal, reading.value, reading.quality, conditions[reading.signal]))
            default: break
            }
        }
        let expected = wanted.map { words($0, $1, $2, $3) }
        return (seen == expected ? [] : ["gives \(seen), not \(expected)"])
            + (decoding.statistics.rejected.isEmpty ? [] : ["refused \(decoding.statistics.rejected)"])
    }

    private static func words(_ signal: Signal, _ value: Double?, _ quality: ReadingQuality, _ condition: SignalCondition?) -> String {
        "\(signal.rawValue) \(value.map(String.init(describing:)) ?? "none") \(quality.rawValue) \(condition?.rawValue ?? "")"
    }

    /// Lines of a trend download, which the live port never prints: each is refused. Put into the words of the live port they say what
    /// the maker's own words behind EXC say: off, searching and off, running, low signal quality.
    private static func trendFaults(of recording: Recording, _ data: TestData) throws -> [String] {
        let (readings, statistics) = try recording.family.decodeOffline([try data.bytes(recording.path)])
        let isRefused = readings.isEmpty && statistics.frames == 0 && statistics.rejected == [.malformed: 4]
        let live = try data.lines(recording.path).map { line in
            // The maker's words behind the bits go: `EXC=820:OffPat,SET`.
            let bits = line.split(separator: " ").last?.split(separator: ":").first ?? ""
            let values = line.split(separator: " ").dropLast().joined(separator: " ")
            let text = values.replacing("SpO2=", with: "SPO2=").replacing("PR=", with: "BPM=")
            return Array("\(text) \(bits)\r\n".utf8)
        }
        let off = [Signal.spo2, .pulseRate, .perfusionIndex].map { ($0, Double?.none, ReadingQuality.invalid, SignalCondition.sensorOff) }
        let wanted: [(Signal, Double?, ReadingQuality, SignalCondition)] =
            off + off + [
                (.spo2, 97, .valid, .measuring), (.pulseRate, 69, .valid, .measuring), (.perfusionIndex, 4.69, .valid, .measuring),
                (.spo2, 96, .suspect, .poorSignal), (.pulseRate, 74, .suspect, .poorSignal), (.perfusionIndex, 2.28, .suspect, .poorSignal),
            ]
        return (isRefused ? [] : ["gives \(readings), refused \(statistics.rejected)"])
            + (try eventFaults(recording.family, live, wanted))
    }
}
