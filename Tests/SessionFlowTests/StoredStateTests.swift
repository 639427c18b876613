import AlertEngine
import AlertScenarios
import Foundation
import SessionFlow
import Testing
import VitalsModel

/// A session that is open outlives an update of Vigil.
@Suite struct StoredStateTests {
    private static let younger = [
        "cuffStops", "plausibility", "deviceClock", "requests", "requestCount", "lastLate", "storedCuffDriver",
    ]
    private static let youngerInEngine = ["facts", "shelves", "overrides", "limitsVersion", "gap"]

    @Test func `a state of an earlier version is taken up with what it has`() throws {
        let scenario = try Scenario("rule low: SpO2 below 92, medium\ngiven\n0:00 SpO2: 91\nexpect\nnothing")
        let now = Moment(boot: BootInstant(seconds: 10), wall: WallInstant(nanoseconds: 0))
        var (machine, _) = SessionMachine.start(
            "s1", room: "r1", patient: "P1", plan: scenario.plan, ranking: [:], by: Actor(name: "nurse", uid: 1), at: now)
        let reading = Reading(source: "monitor", signal: .spo2, value: 91, quality: .valid, received: now, sequence: 1)
        _ = machine.receive(reading, at: now)
        let state = machine.state(at: now)
        var stored = try #require(JSONSerialization.jsonObject(with: JSONEncoder().encode(state)) as? [String: Any])
        var engine = try #require(stored["engine"] as? [String: Any])
        for key in Self.younger { stored[key] = nil }
        for key in Self.youngerInEngine { engine[key] = nil }
        stored["engine"] = engine
        let old = try JSONDecoder().decode(SessionState.self, from: JSONSerialization.data(withJSONObject: stored))
        #expect(old.engine.machines == state.engine.machines)
        #expect(old.engine.machines.map(\.isOpen) == [true])
        #expect(old.id == state.id && old.requests.isEmpty && old.engine.shelves.isEmpty)
    }
}
