import DeviceProtocols
import VitalsModel

extension Recording {
    /// `captures/draeger_medibus`: no recording was found; examples of the maker's document with sums put right.
    static let draeger: [Recording] = [
        Recording("draeger_medibus/vendor_examples_part1.txt", DraegerMedibus.family, form: .annotated) { recording, data in
            let values: [String: [DecodedReading]] = [
                "icc": [], "icc_answer": [], "data_request": [], "no_data": [], "nop": [],
                "spo2_and_pulse": [
                    DecodedReading(offset: 0, signal: .spo2, value: 98, quality: .valid),
                    DecodedReading(offset: 0, signal: .pulseRate, value: 70, quality: .valid),
                ],
            ]
            // The builder of messages must give the same bytes.
            let built: [String: [UInt8]] = [
                "icc": DraegerMedibus.message(isResponse: false, 0x51), "icc_answer": DraegerMedibus.message(isResponse: true, 0x51),
                "data_request": DraegerMedibus.message(isResponse: false, 0x24), "nop": DraegerMedibus.message(isResponse: false, 0x30),
                "no_data": DraegerMedibus.message(isResponse: true, 0x24),
                "spo2_and_pulse": DraegerMedibus.message(isResponse: true, 0x24, Array("EB 98 E1 70 ".utf8)),
            ]
            var faults: [String] = []
            var seen: Set<String> = []
            for line in try data.lines(recording.path) where !line.hasPrefix("#") {
                let parts = line.split(separator: " : ").map(String.init)
                guard parts.count == 3, let expected = values[parts[0]] else {
                    faults.append("a line without a known name: \(line)")
                    continue
                }
                seen.insert(parts[0])
                let bytes = try HexText.bytes(of: parts[1].utf8)
                let (readings, statistics) = try recording.family.decodeOffline([bytes])
                if readings != expected { faults.append("\(line): \(readings)") }
                if statistics.frames != 1 || !statistics.rejected.isEmpty { faults.append("\(line): \(statistics)") }
                if built[parts[0]] != bytes { faults.append("\(line): built otherwise") }
            }
            if seen.count != values.count { faults.append("only \(seen.sorted()) were found") }
            return faults
        }
    ]
}
