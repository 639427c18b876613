import DeviceProtocols
import VitalsModel

extension Recording {
    /// PAR cuff modules: the maker's example lines, without their frames.
    static let parNIBP: [Recording] = [
        Recording("par_nibp/examples_part1.txt", ParNIBP.family, form: .annotated) { recording, data in
            let lines = try data.lines(recording.path).filter { !$0.hasPrefix("#") }
            let faults = try lines.flatMap { try parFaults(of: $0) }
            return lines.count == 4 ? faults : faults + ["\(lines.count) lines, expected 4"]
        }
    ]

    /// A line is `text between 02 and 03 => meaning`.
    private static func parFaults(of line: String) throws -> [String] {
        guard let arrow = line.firstRange(of: " => ") else { return ["no meaning in: \(line)"] }
        var decoding = try OfflineDecoding(ParNIBP.family)
        let meaning = String(line[arrow.upperBound...])
        let events = decoding.events(from: [0x02] + Array(line[..<arrow.lowerBound].utf8) + [0x03, 0x0D])
        guard decoding.statistics.frames == 1, decoding.statistics.rejected.isEmpty else { return ["refused: \(line)"] }
        let expected = parEvents(of: meaning)
        return events == expected ? [] : ["\(line): \(events), expected \(String(describing: expected))"]
    }

    /// What the words after the arrow mean as events; nil for words that are not known.
    private static func parEvents(of meaning: String) -> [DeviceEvent]? {
        if meaning.contains("measuring") { return [.cuff(.measuring, failure: nil)] }
        if meaning.contains("end of measurement") { return [] }
        if meaning.contains("leak") { return [.cuff(.idle, failure: "air leak")] }
        // `125/80 mean 90, pulse 75 ...`
        let numbers = meaning.split { !$0.isNumber }.compactMap { Double($0) }
        guard meaning.contains("mean"), numbers.count >= 3 else { return nil }
        return [.cuff(.idle, failure: nil)]
            + zip([Signal.nibpSystolic, .nibpDiastolic, .nibpMean], numbers).map { signal, value in
                .reading(DecodedReading(offset: 0, signal: signal, value: value, quality: .valid))
            }
    }
}
