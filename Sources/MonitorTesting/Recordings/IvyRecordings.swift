import DeviceProtocols
import VitalsModel

extension Recording {
    /// `captures/ivy450c`: a real monitor; the tail of a message, then 13 whole ones with steady values and one cuff result.
    static let ivy: [Recording] = [
        Recording("ivy450c/ivy450c_part1.bin", Ivy450C.family, form: .raw) { recording, data in
            let (readings, statistics) = try recording.decoded(data)
            var expected: [DecodedReading] = []
            for message in 0..<13 {
                func add(_ signal: Signal, _ value: Double) {
                    expected.append(DecodedReading(offset: 252 + 562 * message, signal: signal, value: value, quality: .valid))
                }
                add(.heartRate, 80)
                add(.respRate, 35)
                add(.spo2, 100)
                add(.pulseRate, 80)
                if message == 0 {
                    add(.nibpSystolic, 121)
                    add(.nibpDiastolic, 75)
                    add(.nibpMean, 92)
                }
            }
            var faults: [String] = []
            if readings != expected { faults.append("\(readings.count) readings of \(expected.count), or others: \(readings)") }
            if statistics.frames != 13 { faults.append("\(statistics.frames) messages, not 13") }
            if statistics.rejected != [.garbage: 252] {
                faults.append("refused \(statistics.rejected), not the 252 bytes of the first message")
            }
            return faults
        }
    ]
}
