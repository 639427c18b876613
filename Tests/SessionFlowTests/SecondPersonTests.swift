import AlertEngine
import AlertScenarios
import SessionFlow
import Testing
import VitalsModel

/// What takes two people is not done by one, under whatever name (alarms.md section 6, "Per-session overrides" and "Baseline").
@Suite struct SecondPersonTests {
    private static let nurse = Actor(name: "nurse", uid: 1000)

    private func moment(_ seconds: Double) -> Moment {
        Moment(boot: BootInstant(seconds: 100 + seconds), wall: WallInstant(nanoseconds: 1_790_000_000_000_000_000 + Int64(seconds * 1e9)))
    }

    private func machine() throws -> SessionMachine {
        var plan = try Scenario("rule low: SpO2 below 92, high\nphases baseline dosing acute\nstream HR every 1s").plan
        plan.rules[0].bounds = OverrideBounds(limit: 85...95, onDelay: nil)
        return SessionMachine.start("s1", room: "r1", patient: "P1", plan: plan, ranking: [:], by: Self.nurse, at: moment(0)).machine
    }

    @Test(arguments: [Actor(name: "nurse", uid: 1001), Actor(name: "doctor", uid: 1000)])
    func `neither the same name nor the same login is a second person`(actor: Actor) throws {
        var machine = try machine()
        _ = try machine.override("low", RuleOverride(limit: 90), reason: "cold hands", by: Self.nurse, at: moment(1)).get()
        #expect(machine.countersign(1, by: actor, at: moment(2)) == .failure(.ownRequest(1, by: "nurse")))
        #expect(machine.alerts.state.overrides.isEmpty)
        _ = try machine.countersign(1, by: Actor(name: "doctor", uid: 1001), at: moment(3)).get()
        #expect(machine.alerts.state.overrides["low"]?.change.limit == 90)
    }

    @Test func `before the first dose one person accepts a baseline, after it two do`() throws {
        var machine = try machine()
        for second in 0..<70 {
            let reading = Reading(
                source: "monitor", signal: .heartRate, value: 70, quality: .valid, received: moment(Double(second)),
                sequence: UInt64(second))
            _ = machine.receive(reading, at: moment(Double(second)))
        }
        #expect(try machine.acceptBaseline(reason: "", by: Self.nurse, at: moment(70)).get().map(\.content.kind) == [.baseline])
        _ = try machine.enter(.dosing, reason: nil, by: Self.nurse, at: moment(71)).get()
        let asked = try machine.acceptBaseline(reason: "was excited", by: Self.nurse, at: moment(72)).get()
        #expect(asked.map(\.content.kind) == [.pending])
        let agreed = try machine.countersign(1, by: Actor(name: "doctor", uid: 1001), at: moment(73)).get()
        #expect(agreed.map(\.content.kind) == [.pending, .baseline])
        #expect(machine.alerts.state.baseline?.witness == "doctor")
    }
}
