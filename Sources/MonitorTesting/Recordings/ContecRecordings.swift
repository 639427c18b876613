import DeviceProtocols
import VitalsModel

extension Recording {
    /// Contec oximeters, protocol V7.0 and the older packets of 5 bytes.
    static let contec: [Recording] = [
        Recording("contec-cms50-v7/cms50e_v7_live_part1.bin", ContecCMS50.family, form: .raw) { recording, data in
            let expected = try ContecTable(data, "cms50e_v7_live_part1.expected.csv").rows.map { row in
                ContecLiveValues(
                    status: try row.number("signal") | row.number("search_long") << 4 | row.number("low_spo2") << 5
                        | row.number("beep") << 6 | row.number("probe_error") << 7,
                    wave: try row.number("wave") | row.number("searching") << 7,
                    bar: try row.number("bar") | row.number("pi_invalid") << 4,
                    rate: try row.number("pulse_rate"), spo2: try row.number("spo2"), perfusion: try row.number("pi_raw"))
            }
            return try recording.faults(data, expected, count: 51)
        },
        Recording("contec-cms50-v7/cms50e_v7_live_part1.expected.csv", ContecCMS50.family, form: .annotated) { recording, data in
            // The row of the recording holds each packet to these rows; here the other way: packets made from the rows are the file.
            let rows = try ContecTable(data, "cms50e_v7_live_part1.expected.csv").rows
            let made = try rows.flatMap { row in
                let (perfusion, flags) = (try row.number("pi_raw"), try row.number("pi_invalid") << 4)
                let status = try row.number("signal") | row.number("beep") << 6
                let values = [
                    status, try row.number("wave"), try row.number("bar") | flags, try row.number("pulse_rate"), try row.number("spo2"),
                    perfusion & 0xFF, perfusion >> 8,
                ]
                return ContecPacket(type: ContecPacketType.live, data: values.map { UInt8(truncatingIfNeeded: $0) }).frame
            }
            return made == (try data.bytes("captures/contec-cms50-v7/cms50e_v7_live_part1.bin")) ? [] : ["the rows make other bytes"]
        },
        Recording("contec-cms50-v7/cms50dplus_live_part1.hex", ContecCMS50.family, form: .hexadecimal) { recording, data in
            let expected = zip([51, 48, 46, 44], [6, 6, 5, 5]).map { wave, bar in
                ContecLiveValues(status: 5, wave: wave, bar: bar | 0x10, rate: 65, spo2: 97, perfusion: 0xFFFF)
            }
            return try recording.faults(data, expected, count: 4)
        },
        Recording("contec-cms50-v7/cms50dplus_dialogue_part1.csv", ContecCMS50.family, form: .annotated) { recording, data in
            let expected: [(command: UInt8, replies: [ContecPacket])] = [
                (0xA7, [ContecPacket(type: 0x0C, data: [])]), (0xA0, [ContecPacket(type: 0x06, data: [0, 7])]),
                (0xAC, [ContecPacket(type: 0x0E, data: [1])]),
                (0xA8, [[0x00] + Self.spaces(6), [0xFF] + Self.spaces(6)].map { ContecPacket(type: 0x02, data: $0) }),
                (0xA9, [ContecPacket(type: 0x03, data: Self.spaces(7))]),
            ]
            let rows = try ContecTable(data, recording.file).rows
            guard rows.count == expected.count else { return ["\(rows.count) pairs"] }
            return try zip(rows, expected).flatMap { row, expected in
                let (sent, received) = (try row.packets("host_to_device_hex"), try row.packets("device_to_host_hex"))
                var faults: [String] = []
                if sent.map(\.type) != [ContecPacketType.command] || sent.first?.data != [expected.command, 0, 0, 0, 0, 0, 0] {
                    faults.append("\(row): not the command \(expected.command)")
                }
                if !ContecPacket.sameContent(received, expected.replies) { faults.append("\(row): other replies") }
                return faults
            }
        },
        Recording("contec-cms50-v7/cms50f_storage_length_part1.csv", ContecCMS50.family, form: .annotated) { recording, data in
            let rows = try ContecTable(data, recording.file).rows
            let faults = try rows.flatMap { row in
                let packets = try row.packets("packet_hex")
                guard let packet = packets.first, packets.count == 1, packet.type == 0x08 else { return ["\(row): no storage length"] }
                // User, segment, a count of bytes with the low byte first.
                let length = packet.data.dropFirst(2).reversed().reduce(0) { $0 << 8 | Int($1) }
                let segment = Int(packet.data[1])
                var faults: [String] = []
                if length != (try row.number("decoded_length_bytes")) { faults.append("\(row): length \(length)") }
                if segment != (try row.number("segment_index")) { faults.append("\(row): segment \(segment)") }
                // A packet 0F carries six of the bytes: three times saturation and rate.
                let counted = row["stored_0x0F_packet_count_noted_by_author"] ?? ""
                if !counted.isEmpty, Int(counted) != (length + 5) / 6 { faults.append("\(row): \((length + 5) / 6) packets") }
                return faults
            }
            return faults + (rows.count == 12 ? [] : ["\(rows.count) rows"])
        },
        Recording("contec-cms50-v7/cms50f_reply_packets_part1.csv", ContecCMS50.family, form: .annotated) { recording, data in
            let meanings = try ContecTable(data, recording.file).rows.map { row in
                try row.packets("packet_hex").map(Self.meaning).joined(separator: "; ")
            }
            let expected = [
                "user 0 is called user", "user 0, segment 0 begins on 2014-08-18", "user 0 has 1 segments", "1 users",
                "user 0, segment 0 begins at 02:38:18", "stored SpO2 97, rate 68, PI 590/100",
            ]
            return meanings == expected ? [] : ["\(meanings)"]
        },
        Recording("contec-cms50-classic/cms50_download_fragment.hex", ContecCMS50Classic.family, form: .annotated) { recording, data in
            let bytes = try data.hex(recording.path)
            let live = try recording.family.decodeOffline([bytes])
            var faults = live.readings.isEmpty && live.statistics.frames == 0 ? [] : ["a download read as live values: \(live)"]
            guard let stored = ClassicDownload(bytes) else { return faults + ["no header"] }
            if stored.length != 243 { faults.append("length \(stored.length)") }
            if stored.rates != [0, 0, 0, 0, 0, 0, 68, 67, 72, 84] { faults.append("rates \(stored.rates)") }
            if stored.saturations != [0, 0, 0, 0, 0, 0, 95, 95, 95, 95] { faults.append("saturations \(stored.saturations)") }
            return faults
        },
    ]

    private static func spaces(_ count: Int) -> [UInt8] { [UInt8](repeating: 0x20, count: count) }

    /// A reply of a device in words, by the maker's table.
    private static func meaning(_ packet: ContecPacket) -> String {
        let data = packet.data.map(Int.init)
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        switch (packet.type, data.count) {
        case (0x05, 7):
            return "user \(data[0]) is called \(String(decoding: packet.data.dropFirst().filter { $0 > 0x20 }, as: UTF8.self))"
        case (0x07, 6):
            let date = "\(padded(data[2]))\(padded(data[3]))-\(padded(data[4]))-\(padded(data[5]))"
            return "user \(data[0]), segment \(data[1]) begins on \(date)"
        case (0x09, 4): return "stored SpO2 \(data[0]), rate \(data[1]), PI \(data[2] | data[3] << 8)/100"
        case (0x0A, 2): return "user \(data[0]) has \(data[1]) segments"
        case (0x10, 1): return "\(data[0]) users"
        case (0x12, 6):
            return "user \(data[0]), segment \(data[1]) begins at \(padded(data[2])):\(padded(data[3])):\(padded(data[4]))"
        default: return "unknown \(packet)"
        }
    }

    /// What is wrong with live packets, byte for byte and as readings.
    private func faults(_ data: TestData, _ expected: [ContecLiveValues], count: Int) throws -> [String] {
        let bytes = form == .raw ? try data.bytes(path) : try data.hex(path)
        let packets = ContecPacket.all(in: bytes)
        var faults = expected.count == count && packets.count == count ? [] : ["\(packets.count) packets, \(expected.count) expected"]
        for (packet, values) in zip(packets, expected) where ContecLiveValues(packet) != values {
            faults.append("offset \(packet.offset): \(packet), expected \(values)")
        }
        let (readings, statistics) = try decoded(data)
        let wanted = zip(packets, expected).flatMap { packet, values in
            [
                DecodedReading(offset: packet.offset, signal: .spo2, value: Double(values.spo2), quality: .valid),
                DecodedReading(offset: packet.offset, signal: .pulseRate, value: Double(values.rate), quality: .valid),
            ]
        }
        if readings != wanted { faults.append("\(readings.count) readings, \(wanted.count) expected, or others") }
        if !statistics.rejected.isEmpty || statistics.frames != count { faults.append("\(statistics)") }
        return faults
    }
}

/// The seven data bytes of a live packet.
private struct ContecLiveValues: Hashable {
    var status: Int
    var wave: Int
    var bar: Int
    var rate: Int
    var spo2: Int
    var perfusion: Int

    init(status: Int, wave: Int, bar: Int, rate: Int, spo2: Int, perfusion: Int) {
        (self.status, self.wave, self.bar, self.rate, self.spo2, self.perfusion) = (status, wave, bar, rate, spo2, perfusion)
    }

    init?(_ packet: ContecPacket) {
        let data = packet.data.map(Int.init)
        guard packet.type == ContecPacketType.live, data.count == 7 else { return nil }
        self.init(status: data[0], wave: data[1], bar: data[2], rate: data[3], spo2: data[4], perfusion: data[5] | data[6] << 8)
    }
}

extension ContecPacket {
    fileprivate static func all(in bytes: [UInt8]) -> [ContecPacket] {
        var framing = ContecFraming()
        var position = 0
        var packets: [ContecPacket] = []
        while let step = framing.step(bytes, from: &position) {
            if case .packet(let packet) = step { packets.append(packet) }
        }
        return packets
    }

    fileprivate static func sameContent(_ left: [ContecPacket], _ right: [ContecPacket]) -> Bool {
        left.map(\.type) == right.map(\.type) && left.map(\.data) == right.map(\.data)
    }
}

/// A table with a header line and fields that hold no commas, but for a last one in quotes.
private struct ContecTable {
    struct Row: CustomStringConvertible {
        var description: String
        private let fields: [String: String]

        init(_ line: String, header: [Substring]) {
            description = line
            let values = line.split(separator: ",", maxSplits: header.count - 1, omittingEmptySubsequences: false)
            fields = Dictionary(zip(header.map(String.init), values.map(String.init)), uniquingKeysWith: { first, _ in first })
        }

        subscript(_ field: String) -> String? { fields[field] }

        func number(_ field: String) throws -> Int {
            guard let number = fields[field].flatMap({ Int($0) }) else { throw TestDataError("no number \(field) in: \(description)") }
            return number
        }

        /// The packets written in a field; that they are written again byte for byte is part of it.
        func packets(_ field: String) throws -> [ContecPacket] {
            let bytes = try HexText.bytes(of: (fields[field] ?? "").utf8)
            let packets = ContecPacket.all(in: bytes)
            guard packets.flatMap(\.frame) == bytes else { throw TestDataError("bytes outside packets in: \(description)") }
            return packets
        }
    }

    let rows: [Row]

    init(_ data: TestData, _ file: String) throws {
        let path = file.contains("/") ? "captures/\(file)" : "captures/contec-cms50-v7/\(file)"
        let lines = try data.lines(path)
        let header = (lines.first ?? "").split(separator: ",")
        rows = lines.dropFirst().map { Row($0, header: header) }
    }
}

/// The stored values of an older unit: three times the beginning, the length, a triplet for each second.
private struct ClassicDownload {
    var length: Int
    var rates: [Int] = []
    var saturations: [Int] = []

    init?(_ bytes: [UInt8]) {
        let header: [UInt8] = [0xF2, 0x80, 0x00, 0xF2, 0x80, 0x00, 0xF2, 0x80, 0x00]
        let starts = bytes.indices.filter { bytes[$0...].starts(with: header) }
        guard let start = starts.first, bytes.count >= start + 12 else { return nil }
        let size = bytes[(start + 9)..<(start + 12)].map { Int($0 & 0x7F) }
        length = (size[0] << 14 | size[1] << 7 | size[2]) + 1
        var rest = bytes[(start + 12)...].drop { $0 < 0xF0 }
        while rest.count >= 3 {
            let triplet = Array(rest.prefix(3))
            rates.append(Int(triplet[0] & 1) << 7 | Int(triplet[1] & 0x7F))
            saturations.append(Int(triplet[2]))
            rest = rest.dropFirst(3)
        }
    }
}
