import Testing
import VitalsModel

@testable import SessionFlow

/// The measures of alarm load, on series made by hand.
@Suite struct AlarmLoadTests {
    /// An episode that is called when it is raised, one second after its onset.
    private func episode(
        _ rule: RuleID = "low", at raised: Double, priority: AlertPriority = .medium, isCalled: Bool = true, lasts: Double? = 60,
        returned: Double? = nil
    ) -> PlanBacktest.Episode {
        PlanBacktest.Episode(
            rule: rule, signal: .spo2, priority: priority, onset: raised - 1, raised: raised, called: isCalled ? raised : nil,
            returned: returned.map { raised + $0 }, ended: lasts.map { raised + $0 }, end: lasts == nil ? .endOfData : .cleared, peak: 80)
    }

    private func load(_ recordings: [PlanBacktest.Episode]..., hours: Double = 1) -> AlarmLoad {
        var load = AlarmLoad()
        for episodes in recordings {
            var summary = PlanBacktest.Summary()
            summary.files = 1
            summary.hours = hours
            summary.end = hours * 3600
            load.add(episodes, of: summary)
        }
        return load
    }

    @Test func `what a graver one spoke for is an episode and no call`() {
        let load = load([episode(at: 10), episode(at: 20, isCalled: false), episode(at: 30, priority: .high)])
        #expect(load.episodeCount == 3)
        #expect(load.callCount == 2)
        #expect(load.share(.high) == 0.5)
        #expect(load.share(.low) == 0)
        #expect(load.callsPerTenMinutes == 2.0 / 6)
        #expect(load.worstTenMinutes == 2)
        #expect(load.rules["low"] == AlarmLoad.RuleLoad(episodes: 3, calls: 2))
        #expect(AlarmLoad().share(.high) == nil && AlarmLoad().callsPerTenMinutes == 0)
    }

    @Test func `three calls of one rule within a minute chatter, of two rules they do not`() {
        #expect(load([0, 30, 60].map { episode(at: $0) }).chattering == AlarmLoad.Chattering(count: 1, calls: 3))
        #expect(load([0, 30, 61].map { episode(at: $0) }).chattering.count == 0)
        #expect(load([episode(at: 0), episode("other", at: 30), episode(at: 60)]).chattering.count == 0)
        // Two stretches: the calls between them belong to one each.
        let times = [0.0, 20, 40, 60, 200, 210, 220]
        #expect(load(times.map { episode(at: $0) }).chattering == AlarmLoad.Chattering(count: 2, calls: 7))
    }

    @Test func `eleven calls within ten minutes are a flood, ten are not, nor are those of two recordings`() {
        let eleven = (0..<11).map { episode(at: Double($0) * 60) }
        let flooded = load(eleven)
        #expect(flooded.floods == AlarmLoad.Floods(count: 1, longest: 600))
        #expect(flooded.worstTenMinutes == 11)
        #expect(load(Array(eleven.dropLast())).floods.count == 0)
        #expect(load(Array(eleven.prefix(6)), Array(eleven.prefix(6))).floods.count == 0)
        // A flood goes on as long as every call has ten others within ten minutes before it.
        let long = (0..<31).map { episode(at: Double($0) * 60) }
        #expect(load(long).floods == AlarmLoad.Floods(count: 1, longest: 1800))
    }

    @Test func `an alert that stands longer than half an hour is counted, to the end of the data where it never ended`() {
        #expect(load([episode(at: 0, lasts: 1800)]).standing == 0)
        #expect(load([episode(at: 0, lasts: 1801)]).standing == 1)
        #expect(load([episode(at: 1799, lasts: nil)]).standing == 1)
        #expect(load([episode(at: 1801, lasts: nil)]).standing == 0)
    }

    @Test func `an episode is short by the time to the return of the value, not to the end of the off-delay`() {
        #expect(load([episode(at: 0, lasts: 19, returned: 9)]).short == 1)
        #expect(load([episode(at: 0, lasts: 20, returned: 10)]).short == 0)
        #expect(load([episode(at: 0, lasts: 5)]).short == 0, "ended in another way")
    }

    @Test func `the time to alert is a measured one`() {
        var episodes = (1...10).map { episode(at: 100 + Double($0)) }
        for index in episodes.indices { episodes[index].onset = 100 }
        let load = load(episodes)
        #expect(load.delay(.medium, share: 0.5) == 5)
        #expect(load.delay(.medium, share: 0.9) == 9)
        #expect(load.delay(.medium, share: 1) == 10)
        #expect(load.delay(.high, share: 0.5) == nil)
        #expect(Quantile.of([3], share: 0) == 3)
    }

    @Test func `a back-test gives what the load is made of`() throws {
        let plan = try BacktestPlan.plan(
            """
            rule low: SpO2 below 92 for 5s, medium, clear 10s, family f, latching never
            rule deep: SpO2 below 85 for 5s, high, clear 10s, family f, latching never
            """)
        var backtest = PlanBacktest(plan: plan)
        // A breach that goes after 3 s; one that both rules see at once; one that only the lesser sees.
        let found = backtest.run(
            series: BacktestPlan.series(.spo2, (97, 5), (90, 3), (97, 5), (80, 20), (97, 20), (90, 8), (97, 20)))
        var load = AlarmLoad()
        load.add(found, of: backtest.summary)
        #expect(found.map(\.rule) == ["deep", "low", "low"])
        #expect(found.map(\.called) == [18, nil, 58])
        #expect(found.map(\.returned) == [33, 33, 61])
        #expect(load.unconfirmed == 1 && load.rules["low"]?.unconfirmed == 1 && load.rules["deep"]?.unconfirmed == 0)
        #expect(load.short == 1)
        #expect(load.callCount == 2 && load.episodeCount == 3)
    }

    @Test func `who is covered at first is called when the graver one is over`() throws {
        let plan = try BacktestPlan.plan(
            """
            rule low: SpO2 below 92 for 5s, medium, clear 10s, family f, latching never
            rule deep: SpO2 below 85 for 5s, high, clear 10s, family f, latching never
            """)
        var backtest = PlanBacktest(plan: plan)
        let found = backtest.run(series: BacktestPlan.series(.spo2, (80, 20), (90, 30)))
        #expect(found.map(\.rule) == ["deep", "low"])
        #expect(found.map(\.raised) == [5, 5])
        #expect(found.map(\.called) == [5, 30])
    }
}
