import DeviceProtocols
import VitalsModel

extension Recording {
    /// `captures/berry_multiparam`: no recording was found; three packets computed from the rule, each with its meaning.
    static let berryMulti: [Recording] = [
        Recording("berry_multiparam/computed_part1.txt", BerryMulti.family, form: .annotated) { recording, data in
            let meanings: [String: [DecodedReading]] = [
                "SpO2 98 pulse 72": [reading(.spo2, 98), reading(.pulseRate, 72)],
                "no finger": [reading(.spo2, nil), reading(.pulseRate, nil)],
                "finished 118/76 mean 90 adult": [reading(.nibpSystolic, 118), reading(.nibpDiastolic, 76), reading(.nibpMean, 90)],
            ]
            var faults: [String] = []
            var seen = 0
            for line in try data.lines(recording.path) where !line.hasPrefix("#") {
                let parts = line.split(separator: " : ", maxSplits: 1).map(String.init)
                guard parts.count == 2, let expected = meanings[parts[1]] else {
                    faults.append("a line without a known meaning: \(line)")
                    continue
                }
                seen += 1
                let (readings, statistics) = try recording.family.decodeOffline([HexText.bytes(of: parts[0].utf8)])
                if readings != expected { faults.append("\(line): \(readings)") }
                if statistics.frames != 1 || !statistics.rejected.isEmpty { faults.append("\(line): \(statistics)") }
            }
            if seen != meanings.count { faults.append("\(seen) lines with a meaning, not \(meanings.count)") }
            return faults
        }
    ]

    private static func reading(_ signal: Signal, _ value: Double?) -> DecodedReading {
        DecodedReading(offset: 0, signal: signal, value: value, quality: value == nil ? .invalid : .valid)
    }
}
