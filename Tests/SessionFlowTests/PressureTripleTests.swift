import SessionFlow
import Testing
import VitalsModel

/// Pressures of one measurement are held against each other.
@Suite struct PressureTripleTests {
    private func triple(_ systolic: Double, _ diastolic: Double, _ mean: Double?, from source: SourceID = "cuff") -> [Reading] {
        let at = Moment(boot: BootInstant(seconds: 1), wall: WallInstant(nanoseconds: 0))
        let values: [(Signal, Double?)] = [(.nibpSystolic, systolic), (.nibpDiastolic, diastolic), (.nibpMean, mean)]
        return values.filter { $0.1 != nil }.map {
            Reading(source: source, signal: $0.0, value: $0.1, quality: .valid, received: at, sequence: 1)
        }
    }

    private func isDoubted(_ readings: [Reading]) -> Bool { readings.allSatisfy { $0.quality == .suspect } }

    @Test(arguments: [
        (120.0, 80.0, 93.0 as Double?, false), (120, 80, nil, false), (120, 100, 107, false), (180, 80, 113, false),
        // Improbable: a narrow or wide pulse pressure, a mean where none lies.
        (120, 101, 107, true), (181, 80, 113, true), (120, 80, 85, true), (120, 80, 105, true),
        // Impossible.
        (120, 111, nil, true), (231, 80, nil, true), (120, 80, 80, true), (120, 80, 120, true), (80, 120, nil, true),
    ])
    func `pressures that do not fit are doubted together`(systolic: Double, diastolic: Double, mean: Double?, isDoubtful: Bool) {
        var check = PressureTriple()
        #expect(isDoubted(check.judged(triple(systolic, diastolic, mean))) == isDoubtful)
    }

    @Test func `shock and stiff arteries are borne out by a second measurement, what cannot be never is`() {
        var check = PressureTriple()
        #expect(isDoubted(check.judged(triple(72, 56, 61))))
        #expect(!isDoubted(check.judged(triple(70, 55, 60))))
        #expect(isDoubted(check.judged(triple(215, 108, 144, from: "other"))), "another cuff bears nothing out")
        #expect(!isDoubted(check.judged(triple(218, 110, 146, from: "other"))))
        #expect(isDoubted(check.judged(triple(130, 119, nil))))
        #expect(isDoubted(check.judged(triple(130, 122, nil))))
        _ = check.judged(triple(120, 80, 93))
        #expect(isDoubted(check.judged(triple(72, 56, 61))), "after a probable one it begins anew")
    }

    @Test func `streams and the quality that a device gives stay`() {
        var check = PressureTriple()
        var readings = triple(120, 101, 107)
        readings[0].quality = .demo
        readings.append(Reading(source: "cuff", signal: .spo2, value: 97, quality: .valid, received: readings[0].received, sequence: 2))
        #expect(check.judged(readings).map(\.quality) == [.demo, .suspect, .suspect, .valid])
    }
}
