import AlertScenarios
import Foundation
import Testing
import VitalsModel

/// What the message of a composite carries: the value of the first member that alerts, in that member's unit.
@Suite struct CompositeValueTests {
    private func raised(_ name: String) throws -> AlertTransition {
        let text = try String(contentsOf: ScenarioTests.folder.appendingPathComponent(name), encoding: .utf8)
        let transitions = try ScenarioRun(Scenario(text)).entries.compactMap { draft -> AlertTransition? in
            guard case .alert(let transition) = draft.content else { return nil }
            return transition
        }
        return try #require(transitions.first { $0.rule == "breathing-fails" && $0.change == .raised })
    }

    @Test func `value, limit and unit are those of the first member that alerts`() throws {
        let both = try raised("kind-composite.scenario")
        #expect(both.value == 90)
        #expect(both.limit == 92)
        #expect(both.unit == Signal.spo2.unit.rawValue)
        let late = try raised("kind-composite-within.scenario")
        #expect(late.value == 8)
        #expect(late.unit == Signal.respRate.unit.rawValue)
    }
}
