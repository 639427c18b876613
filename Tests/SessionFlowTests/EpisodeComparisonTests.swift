import SessionFlow
import Testing
import VitalsModel

/// Which alerts of two plans stand for each other.
@Suite struct EpisodeComparisonTests {
    private func episode(
        _ rule: RuleID, _ raised: Double, _ ended: Double?, priority: AlertPriority = .medium, signal: Signal? = .spo2
    ) -> PlanBacktest.Episode {
        PlanBacktest.Episode(
            rule: rule, signal: signal, priority: priority, onset: raised, raised: raised, called: raised, ended: ended, peak: 80)
    }

    private func only(_ one: PlanBacktest.Episode, _ others: PlanBacktest.Episode...) -> Bool {
        !EpisodeComparison.only([one], notIn: others).isEmpty
    }

    @Test func `an overlap on the same signal is the same alert, whatever the rule is called`() {
        #expect(!only(episode("a", 10, 20), episode("b", 20, 30)))
        #expect(only(episode("a", 10, 20), episode("a", 20.5, 30)))
        #expect(only(episode("a", 10, 20), episode("a", 10, 20, signal: .heartRate)))
        #expect(!only(episode("a", 10, 20, signal: nil), episode("b", 15, 16, signal: nil)))
        #expect(!only(episode("a", 100, 110), episode("b", 10, nil)), "one that the data cut off is open to the end")
        #expect(!only(episode("a", 10, nil), episode("b", 100, 110)))
    }

    @Test func `a lesser alert does not stand for a graver one`() {
        #expect(only(episode("a", 10, 20, priority: .high), episode("a", 10, 20)))
        #expect(!only(episode("a", 10, 20), episode("a", 10, 20, priority: .high)))
    }

    @Test func `a wider limit shows what the narrower one alone gives`() throws {
        let samples = BacktestPlan.series(.spo2, (97, 30), (91, 30), (97, 30), (87, 30), (97, 30))
        func run(_ limit: Int) throws -> [PlanBacktest.Episode] {
            var backtest = PlanBacktest(plan: try BacktestPlan.plan("rule low: SpO2 below \(limit) for 5s, medium, clear 10s"))
            return backtest.run(series: samples)
        }
        let (narrow, wide) = (try run(92), try run(88))
        #expect(EpisodeComparison.only(narrow, notIn: wide).map(\.raised) == [35])
        #expect(EpisodeComparison.only(wide, notIn: narrow).isEmpty)
    }
}
