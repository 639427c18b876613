import DeviceProtocols
import VitalsModel

extension Recording {
    /// Lines of Nellcor oximeters.
    static let nellcor: [Recording] = [
        // Real: three lines of an N-560, the third with interference, and a heading.
        Recording("nellcor/n560_part1.txt", Nellcor.family, form: .raw) { recording, data in
            let (readings, statistics) = try recording.decoded(data)
            let expected: [(spo2: Double, rate: Double, quality: ReadingQuality, time: String)] = [
                (100, 105, .valid, "2004-01-07T11:24:50"), (100, 104, .valid, "2004-01-07T11:24:52"),
                (100, 102, .suspect, "2004-01-07T11:24:54"),
            ]
            // Each line has 61 characters and its end.
            let wanted = expected.enumerated().flatMap { index, line in
                [(Signal.spo2, line.spo2), (.pulseRate, line.rate)].map { signal, value in
                    DecodedReading(
                        offset: 62 * index, signal: signal, value: value, quality: line.quality, deviceTime: DeviceTime(stored: line.time))
                }
            }
            return (readings == wanted ? [] : ["gives \(readings), not \(wanted)"])
                + (statistics.frames == 3 ? [] : ["\(statistics.frames) good lines instead of 3"])
                + (statistics.rejected.isEmpty ? [] : ["refused \(statistics.rejected)"])
        }
    ]
}
