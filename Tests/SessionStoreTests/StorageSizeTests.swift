import SessionStore
import Testing
import VitalsModel

@Suite("Size")
struct StorageSizeTests {
    @Test("A reading takes at most 24 bytes, indexes included, as a session of five signals writes it")
    func bytesPerReading() throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        _ = try store.commit(StoreBatch(sessions: [sessionRecord()]))
        var generator = Xorshift(state: 42)
        let signals: [Signal] = [.heartRate, .spo2, .pulseRate, .respRate, .perfusionIndex]
        var sequence: UInt64 = 1_000_000
        var rows = 0
        // 1 Hz for 4 hours on a machine that has been up for 100 days; a commit each half second or so.
        for second in 0..<14_400 {
            let readings = signals.map { signal in
                sequence += 1
                let value = signal == .perfusionIndex ? Double(Int.random(in: 10...99, using: &generator)) / 10 : 60 + Double(second % 40)
                let jitter = Double(Int.random(in: 0..<1_000_000, using: &generator)) / 1e6
                return reading(signal, value, at: 8_640_000 + Double(second) + jitter, sequence: sequence)
            }
            rows += readings.count
            _ = try store.commit(StoreBatch(readings: readings))
        }
        try store.close()
        let pages = try temporary.shell("SELECT sum(pgsize) FROM dbstat WHERE name IN ('reading', 'device_time', 'channel', 'channel_key')")
        // The budget is 24; what is above is room for another SQLite's way of splitting pages.
        let bytes = Double(pages[0]).map { $0 / Double(rows) } ?? .infinity
        print("bytes per stored reading: \(bytes) (\(rows) readings)")
        #expect(bytes < 26)
    }
}
