import SessionStore
import Testing
import VitalsModel

@Suite("Timelines")
struct TimelineTests {
    @Test("Thinning keeps every slice's extremes, within the bound")
    func extremes() throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        let seed = UInt64.random(in: 1 ... .max)
        print("timeline seed \(seed)")
        var generator = Xorshift(state: seed)
        var values = (0..<5_000).map { _ in Double(Int.random(in: 90...100, using: &generator)) }
        values[1_234] = 61
        values[4_321] = 140
        let readings = values.enumerated().map { reading(.spo2, $1, at: 200 + Double($0), sequence: UInt64($0)) }
        _ = try store.commit(StoreBatch(sessions: [sessionRecord()], readings: readings + [reading(.heartRate, 70, at: 300)]))
        let timeline = try store.timeline(of: "s1", maxPoints: 100)
        #expect(timeline.map(\.signal) == [.heartRate, .spo2])
        let series = try #require(timeline.last)
        #expect(series.count == 5_000)
        #expect(series.points.count <= 100 && series.points.count >= 50)
        #expect(series.points.contains { $0.value == 61 && $0.at == moment(1_434) })
        #expect(series.points.contains { $0.value == 140 && $0.at == moment(4_521) })
        #expect(series.points.map(\.at.boot) == series.points.map(\.at.boot).sorted())
    }

    @Test("Few readings come whole; wall times cut")
    func whole() throws {
        let temporary = try TemporaryStore()
        let store = try temporary.open()
        let readings = (0..<50).map { reading(.spo2, 97, at: 200 + Double($0), sequence: UInt64($0)) }
        _ = try store.commit(StoreBatch(sessions: [sessionRecord()], readings: readings))
        #expect(try store.timeline(of: "s1", maxPoints: 50).first?.points.map(\.at) == readings.map(\.reading.received))
        let cut = try store.timeline(of: "s1", from: moment(210).wall, to: moment(212).wall)
        #expect(cut.first?.points.map(\.at) == [210, 211, 212].map { moment($0) })
        #expect(try store.timeline(of: "s1", signals: [.heartRate]).isEmpty)
        #expect(try store.timeline(of: "s1", from: moment(9_999).wall).isEmpty)
        #expect(try store.timeline(of: "s2").isEmpty)
    }
}

/// A generator that a seed repeats.
struct Xorshift: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
