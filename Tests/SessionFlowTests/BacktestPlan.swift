import AlertEngine
import AlertScenarios
import SessionFlow
import VitalsModel

/// Plans for back-tests, in the words of scenarios.
enum BacktestPlan {
    /// Graded limits of saturation as in clinical.md, section 5.
    static let saturation = """
        rule spo2-low-94: SpO2 below 94 for 60s, low, deadband 1, clear 10s, family spo2
        rule spo2-low-92: SpO2 below 92 for 20s, medium, deadband 1, clear 10s, family spo2
        rule spo2-low-88: SpO2 below 88 for 10s, high, deadband 1, clear 10s, family spo2
        rule spo2-low-85: deep SpO2 below 85 for 5s, high, deadband 1, clear 10s, family spo2
        stream SpO2 every 1s

        """

    /// All of clinical.md, section 5, that this machine can judge: 24 rules.
    static let full =
        saturation + """
            rule hr-high: HR else PR above 110 for 30s, medium, deadband 3
            rule hr-very-high: HR else PR above 130 for 15s, high, deadband 3
            rule hr-low: HR else PR below 50 for 30s, medium, deadband 3
            rule hr-very-low: HR else PR below 40 for 10s, high, deadband 3
            rule hr-delta: HR else PR 30 or 35% above baseline for 60s, low, deadband 3
            rule sbp-high: SBP at_least 160, medium, deadband 5
            rule sbp-crit: SBP at_least 180, 2 readings within 6m, high, deadband 5
            rule sbp-crit-200: SBP at_least 200, high, deadband 5
            rule sbp-low: SBP below 90, medium, deadband 5
            rule sbp-very-low: SBP below 80, high, deadband 5
            rule sbp-delta: SBP 40 above baseline, medium, deadband 5
            rule dbp-high: DBP at_least 100, medium, deadband 5
            rule dbp-crit: DBP at_least 110, 2 readings within 6m, high, deadband 5
            rule dbp-delta: DBP 25 above baseline, medium, deadband 5
            rule map-low: MAP below 65, medium, deadband 5
            rule rr-low: RR below 10 for 60s, medium, deadband 1
            rule rr-high: RR above 30 for 60s, medium, deadband 1
            rule rr-very-low: RR below 8 for 15s, high, deadband 1
            rule no-spo2: no SpO2 for 6s, medium
            rule cuff-late: cuff overdue, medium, 2 failures
            cuff acute every 5m lasting 20m
            cuff acute every 10m
            stream HR every 1s

            """

    static func plan(_ text: String) throws -> SessionPlan { try Scenario(text).plan }

    /// One value a second.
    static func series(_ signal: Signal, from start: Double = 0, every period: Double = 1, _ runs: (Double, Int)...) -> [PlanBacktest
        .Sample]
    {
        var time = start
        var samples: [PlanBacktest.Sample] = []
        for (value, count) in runs {
            for _ in 0..<count {
                samples.append((time: time, signal: signal, value: value))
                time += period
            }
        }
        return samples
    }
}
