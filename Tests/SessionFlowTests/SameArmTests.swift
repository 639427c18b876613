import AlertEngine
import AlertScenarios
import SessionFlow
import Testing
import VitalsModel

/// A cuff that is inflated takes the pulse from a sensor on the same arm, and from no other.
@Suite struct SameArmTests {
    private static let nurse = Actor(name: "nurse", uid: 1000)

    private func moment(_ seconds: Int) -> Moment {
        Moment(boot: BootInstant(seconds: Double(100 + seconds)), wall: WallInstant(nanoseconds: 1_790_000_000_000_000_000))
    }

    /// The seconds at which a saturation of 80 from `source` is taken for doubtful, while the cuff measures from 10 s on, for ever.
    private func doubted(from source: SourceID) throws -> [Int] {
        let plan = try Scenario("rule low: SpO2 below 92 for 5s, high").plan
        let cuffs = RoomCuffs(driven: ["monitor"], sameArm: ["monitor"])
        var machine = SessionMachine.start(
            "s1", room: "r1", patient: "P1", plan: plan, ranking: [:], cuffs: cuffs, by: Self.nurse, at: moment(0)
        ).machine
        var doubted: [Int] = []
        for second in 0..<90 {
            if second == 10 {
                _ = machine.receive(CuffChange(source: "monitor", state: .measuring, failure: nil, sequence: 1000), at: moment(second))
            }
            let reading = Reading(
                source: source, signal: .spo2, value: 80, quality: .valid, received: moment(second), sequence: UInt64(second))
            if machine.receive(reading, at: moment(second)).stored?.quality == .suspect { doubted.append(second) }
        }
        return doubted
    }

    @Test func `the sensor on the cuff's arm is doubted for a minute at most`() throws {
        #expect(try doubted(from: "monitor") == Array(10..<70))
    }

    @Test func `the sensor on the other arm is believed`() throws {
        #expect(try doubted(from: "finger").isEmpty)
    }
}
