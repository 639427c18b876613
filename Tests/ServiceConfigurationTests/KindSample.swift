import AlertEngine
import ServiceConfiguration
import SessionFlow
import Testing
import VitalsModel

/// A plan with one rule of some kind, that tests break in one place.
enum KindSample {
    /// The plan: a stream of each rate and of SpO2, a cuff every 5 minutes in dosing, and the keys that are the kind's own.
    static func plan(_ kind: String, _ keys: String...) -> String {
        """
        id: test-plan
        version: 3
        title: A plan for tests
        route: iv
        review: {reviewed_by: A. Clinician, reviewed_on: 2025-03-01}
        phases: [baseline, dosing, acute, recovery]
        expect:
          - {signal: spo2, every: 1 s}
          - {signal: heart_rate, every: 1 s}
          - {signal: pulse_rate, every: 1 s}
        cuff:
          intervals:
            - {phase: dosing, every: 5 min}
        rules:
          - id: watched
            kind: \(kind)
            title: Watched
            \(keys.joined(separator: "\n    "))
            priority: medium
            action: Look.
            reason: Test.

        """
    }

    /// The faults without the warnings about what the small plan lacks.
    static func errors(_ text: String) -> [String] { readPlan(text).filter { $0.contains(": error: ") } }

    /// The rule that the plan makes.
    static func rule(_ text: String) throws -> AlertRule {
        let result = PlanReader.read(text: text, file: "p.yaml", hash: "h")
        let plan = try #require(result.value, "\(result.faults.map(\.description).joined(separator: "\n"))")
        return try #require(plan.rules.first)
    }
}
