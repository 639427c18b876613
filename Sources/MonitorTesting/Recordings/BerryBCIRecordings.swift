import DeviceProtocols
import VitalsModel

extension Recording {
    /// Berry oximeters of the BCI protocol. No bytes of a real unit were found; the file is a published synthetic packet.
    static let berryBCI: [Recording] = [
        Recording("berry-bci/bci_synthetic_part1.hex", BerryBCI.family, form: .hexadecimal) { recording, data in
            let bytes = try data.hex(recording.path)
            let (readings, statistics) = try recording.decoded(data)
            let expected = [
                DecodedReading(offset: 0, signal: .spo2, value: 98, quality: .valid),
                DecodedReading(offset: 0, signal: .pulseRate, value: 72, quality: .valid),
            ]
            var faults = readings == expected ? [] : ["\(readings)"]
            if statistics.frames != 1 || !statistics.rejected.isEmpty { faults.append("\(statistics)") }
            if bytes.count != 5 || bytes[0] & 0x0F != 7 || bytes[1] != 50 { faults.append("another strength or wave: \(bytes)") }
            return faults
        }
    ]
}
