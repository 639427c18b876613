import DeviceProtocols
import VitalsModel

extension Recording {
    /// The recordings of Nonin oximeters: format 2 only. None is known of the other formats.
    static let nonin: [Recording] = [
        // A packet of a driver's test: 72 per minute, 97 %, 25 good frames.
        Recording("nonin/pufferfish_df2_vector.hex", Nonin.family, form: .hexadecimal) { recording, data in
            let (readings, statistics) = try recording.decoded(data)
            return noninFaults(
                readings, statistics, frames: 25,
                readings: [
                    DecodedReading(offset: 40, signal: .spo2, value: 97, quality: .valid),
                    DecodedReading(offset: 100, signal: .pulseRate, value: 72, quality: .valid),
                ])
        },
        // Real frames of a 9560, four from the end of a packet and a sync frame: no packet is whole.
        Recording("nonin/nonin9560_df2_edges.hex", Nonin.family, form: .hexadecimal) { recording, data in
            let (readings, statistics) = try recording.decoded(data)
            return noninFaults(readings, statistics, frames: 5, readings: [])
        },
        // One frame with sensor alarm and out of track. A frame is believed when another follows it, and told when a packet has begun:
        // alone it gives nothing; behind a sync frame with the same flags it tells both signals that the sensor is off.
        Recording("nonin/xpod3012_df2_sensor_off.hex", Nonin.family, form: .hexadecimal) { recording, data in
            let (alone, nothing) = try recording.decoded(data)
            let sync: [UInt8] = [0x01, 0x99, 0x63, 0x00, 0xFD]
            let (readings, statistics) = try recording.family.decodeOffline([sync, try data.hex(recording.path)])
            return noninFaults(alone, nothing, frames: 0, readings: [])
                + noninFaults(
                    readings, statistics, frames: 2,
                    readings: [
                        DecodedReading(offset: 0, signal: .spo2, value: nil, quality: .invalid),
                        DecodedReading(offset: 0, signal: .pulseRate, value: nil, quality: .invalid),
                    ])
        },
    ]

    private static func noninFaults(
        _ seen: [DecodedReading], _ statistics: DecoderStatistics, frames: Int, readings: [DecodedReading]
    ) -> [String] {
        var faults: [String] = []
        if seen != readings { faults.append("gives \(seen), not \(readings)") }
        if statistics.frames != frames { faults.append("has \(statistics.frames) good frames, not \(frames)") }
        if !statistics.rejected.isEmpty { faults.append("refused \(statistics.rejected)") }
        return faults
    }
}
