import AlertEngine
import AlertScenarios
import SessionFlow
import Testing
import VitalsModel

/// What a back-test makes of a series, by hand.
@Suite struct PlanBacktestTests {
    private func episodes(
        _ text: String, _ samples: [PlanBacktest.Sample], _ options: PlanBacktest.Options = PlanBacktest.Options()
    ) throws -> [PlanBacktest.Episode] {
        var backtest = PlanBacktest(plan: try BacktestPlan.plan(text), options: options)
        return backtest.run(series: samples)
    }

    @Test func `an episode has onset, call, end and worst value on the recording's own clock`() throws {
        let found = try episodes(
            "rule low: SpO2 below 92 for 20s, medium, clear 10s, latching never",
            BacktestPlan.series(.spo2, from: 500, (97, 10), (90, 15), (89, 15), (95, 20)))
        let episode = try #require(found.first)
        #expect(found.count == 1)
        #expect(episode.rule == "low" && episode.signal == .spo2 && episode.priority == .medium && episode.end == .cleared)
        #expect([episode.onset, episode.raised, episode.ended, episode.peak] == [510, 530, 550, 89])
    }

    @Test func `an alert that would stay ends as latched and its return is a further episode`() throws {
        let found = try episodes(
            "rule low: SpO2 below 92 for 5s, high, clear 10s",
            BacktestPlan.series(.spo2, (91, 10), (97, 20), (88, 10), (97, 5)))
        #expect(found.map(\.end) == [.latched, .endOfData])
        #expect(found.map(\.onset) == [0, 30])
        #expect(found.map(\.raised) == [5, 35])
        #expect(found.map(\.ended) == [20, nil])
        #expect(found.map(\.peak) == [91, 88])
    }

    @Test func `an alert whose values end is unknown after the hold time`() throws {
        let found = try episodes(
            "rule low: SpO2 below 92 for 5s, medium\nhold 10m",
            BacktestPlan.series(.spo2, (91, 10)) + BacktestPlan.series(.heartRate, from: 2000, (80, 2)))
        #expect(found.map(\.end) == [.unknown])
        #expect(found.map(\.ended) == [615])
    }

    @Test func `the peak of an episode that the recording cuts off is the worst value up to there`() throws {
        let found = try episodes("rule low: SpO2 below 92 for 5s, medium", BacktestPlan.series(.spo2, (91, 10), (87, 1), (90, 1)))
        #expect(found.map(\.peak) == [87])
        #expect(found.map(\.end) == [.endOfData])
    }

    @Test func `nobody answers, so nothing rises and nothing is repeated`() throws {
        let found = try episodes(
            "rule low: SpO2 below 92 for 5s, medium\nescalate medium 60s\nremind medium 60s", BacktestPlan.series(.spo2, (91, 600)))
        #expect(found.map(\.priority) == [.medium])
    }

    @Test func `cuff values confirm each other and the same value twice is two readings`() throws {
        let rule = "rule crit: SBP at_least 180, 2 readings within 6m, high"
        #expect(try episodes(rule, BacktestPlan.series(.nibpSystolic, every: 300, (182, 2))).map(\.raised) == [300])
        #expect(try episodes(rule, BacktestPlan.series(.nibpSystolic, every: 500, (182, 2))).isEmpty)
    }

    @Test func `rules on missing data are off, and when on only for signals that the file has`() throws {
        let text =
            "rule no-spo2: no SpO2 for 6s, medium\nrule no-rr: no RR for 6s, medium\nrule late: cuff overdue, low\ncuff acute every 5m\n"
        let samples = BacktestPlan.series(.spo2, (97, 10)) + BacktestPlan.series(.spo2, from: 30, (97, 900))
        #expect(try episodes(text, samples).isEmpty)
        let found = try episodes(text, samples, PlanBacktest.Options(noData: true))
        #expect(found.map(\.rule) == ["no-spo2"])
        #expect(found.map(\.raised) == [15])
        let withCuff = [(time: 0.0, signal: Signal.nibpSystolic, value: 120.0)] + samples
        #expect(try episodes(text, withCuff, PlanBacktest.Options(noData: true)).map(\.rule) == ["no-spo2", "late"])
    }

    @Test func `without a baseline delta rules are silent, with one they judge`() throws {
        let rule = "rule delta: SBP 40 above baseline, medium"
        let samples = BacktestPlan.series(.nibpSystolic, every: 300, (165, 1))
        #expect(try episodes(rule, samples).isEmpty)
        #expect(try episodes(rule, samples, PlanBacktest.Options(baseline: [.nibpSystolic: 120])).map(\.peak) == [165])
    }

    @Test func `the phase of the options arms the rules`() throws {
        let rule = "rule low: SpO2 below 92, medium, phases recovery"
        let samples = BacktestPlan.series(.spo2, (90, 2))
        #expect(try episodes(rule, samples).isEmpty)
        #expect(try episodes(rule, samples, PlanBacktest.Options(phase: .recovery)).count == 1)
    }

    @Test func `values that no body can have raise nothing, and broken numbers are counted and passed over`() throws {
        var backtest = PlanBacktest(plan: try BacktestPlan.plan("rule low: SpO2 below 92, medium"))
        let odd: [PlanBacktest.Sample] = [
            (0, .spo2, 97), (.nan, .spo2, 80), (.infinity, .spo2, 80), (1e300, .spo2, 80), (1, .spo2, .nan), (2, .spo2, 10), (1, .spo2, 97),
        ]
        #expect(backtest.run(series: odd).isEmpty)
        #expect(backtest.summary.rejected == 4)
        #expect(backtest.summary.readings == 3)
        #expect(backtest.run(series: []).isEmpty)
        #expect(backtest.summary.files == 2)
    }

    @Test func `the summary adds up over files`() throws {
        var backtest = PlanBacktest(plan: try BacktestPlan.plan("rule low: SpO2 below 92 for 5s, high, clear 10s"))
        for _ in 0..<3 { _ = backtest.run(series: BacktestPlan.series(.spo2, (91, 10), (97, 591))) }
        #expect(backtest.summary.files == 3)
        #expect(backtest.summary.hours == 0.5)
        #expect(backtest.summary.episodes == 3)
        #expect(backtest.summary.byPriority == [.high: 3])
        #expect(backtest.summary.perTenMinutes == 1)
    }
}
