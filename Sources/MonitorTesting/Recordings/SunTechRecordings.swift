import DeviceProtocols
import VitalsModel

extension Recording {
    /// SunTech cuff modules: the maker's example packets of both sides.
    static let sunTech: [Recording] = [
        Recording("suntech_nibp/manual_examples_part1.txt", SunTech.family, form: .annotated) { recording, data in
            let lines = try data.lines(recording.path).filter { !$0.hasPrefix("#") }
            let faults = try lines.flatMap { try sunTechFaults(of: $0) }
            return lines.count == 6 ? faults : faults + ["\(lines.count) lines, expected 6"]
        }
    ]

    /// A line is `hex : meaning`.
    private static func sunTechFaults(of line: String) throws -> [String] {
        guard let colon = line.firstRange(of: " : ") else { return ["no meaning in: \(line)"] }
        let bytes = try HexText.bytes(of: line[..<colon.lowerBound].utf8)
        let meaning = String(line[colon.upperBound...])
        if bytes.first == 0x3A {
            guard try sunTechRequests().contains(bytes) else { return ["the client never sends this: \(line)"] }
            return []
        }
        var decoding = try OfflineDecoding(SunTech.family)
        // The pressure alone is no event: an empty cuff before it shows it as a rise.
        let before = meaning.hasPrefix("cuff") ? [0x3E, 0x05, 0x00, 0x00, 0xBD] as [UInt8] : []
        let events = decoding.events(from: before + bytes)
        let rejected: [FrameRejection: Int] = meaning.hasPrefix("bad checksum") ? [.badChecksum: 1] : [:]
        let expected = sunTechEvents(of: meaning)
        guard events == expected, decoding.statistics.rejected == rejected else {
            return ["\(line): \(events), \(decoding.statistics.rejected), expected \(String(describing: expected)), \(rejected)"]
        }
        return []
    }

    /// What the live client sends when it is told to start and the module's cuff is empty.
    private static func sunTechRequests() throws -> [[UInt8]] {
        var client = try SunTech.family.decoder(.live)
        let now = BootInstant(seconds: 1)
        var output = client.advance(to: now)
        output.append(client.command(.start, at: now))
        // No result since power-up, then an empty cuff.
        let noResult: [UInt8] = [0x3E, 0x18] + [UInt8](repeating: 0, count: 21) + [0xAA]
        output.append(client.receive(noResult, at: now))
        output.append(client.receive([0x3E, 0x05, 0x00, 0x00, 0xBD], at: now))
        return output.bytesToSend
    }

    /// What the words after the colon mean as events; nil for words that are not known.
    private static func sunTechEvents(of meaning: String) -> [DeviceEvent]? {
        if meaning.hasPrefix("cuff") { return [.cuff(.measuring, failure: nil)] }
        if meaning.hasPrefix("finished") || meaning.hasPrefix("bad checksum") { return [] }
        // `115/74 mean 88 HR 85 error 0`
        let numbers = meaning.split { !$0.isNumber }.compactMap { Double($0) }
        guard meaning.contains("mean"), numbers.count == 5, numbers[4] == 0 else { return nil }
        return [.cuff(.idle, failure: nil)]
            + zip([Signal.nibpSystolic, .nibpDiastolic, .nibpMean], numbers).map { signal, value in
                .reading(DecodedReading(offset: 0, signal: signal, value: value, quality: .valid))
            }
    }
}
