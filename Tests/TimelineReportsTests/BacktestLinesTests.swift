import SessionFlow
import Testing
import TimelineReports
import VitalsModel

/// The lines of a back-test: what scripts read.
@Suite struct BacktestLinesTests {
    private let open = PlanBacktest.Episode(
        rule: "spo2-low-88", signal: .spo2, priority: .high, onset: 10, raised: 30.5, called: 30.5, end: .endOfData, peak: 84)

    private func load(_ episodes: [PlanBacktest.Episode]) -> AlarmLoad {
        var summary = PlanBacktest.Summary()
        summary.files = 1
        summary.hours = 1.5
        summary.end = 5400
        summary.fleeting = ["spo2-low-92": 2]
        var load = AlarmLoad()
        load.add(episodes, of: summary)
        return load
    }

    @Test func episodesHaveTheKeysInOrder() {
        let line =
            #"{"file":"a \"b\".csv","rule":"spo2-low-88","signal":"spo2","priority":"high","onset_s":10,"raised_s":30.5,"ended_s":null,"end":"end-of-data","peak":84}"#
        #expect(BacktestLines.line(open, file: "a \"b\".csv") == line)
        #expect(BacktestLines.line(open, file: "a \"b\".csv", only: .other) == #"{"only":"other","# + line.dropFirst())
        var timed = open
        timed.signal = nil
        timed.ended = 40
        timed.end = .cleared
        #expect(BacktestLines.line(timed, file: "a").contains(#""signal":"","priority""#))
        #expect(BacktestLines.line(timed, file: "a").contains(#""ended_s":40,"end":"cleared""#))
    }

    @Test func theSummaryBeginsAsItAlwaysDidAndGoesOn() {
        let line = BacktestLines.line(load([open, open, open]))
        let old = #"{"summary":{"files":1,"hours":1.5,"episodes":3,"per_10_min":0.333333,"by_priority":{"low":0,"medium":0,"high":3},"#
        let added =
            #""calls":3,"calls_per_10_min":0.333333,"calls_by_priority":{"low":0,"medium":0,"high":3},"share":{"low":0,"medium":0,"high":1},"#
            + #""fleeting":{"unconfirmed":2,"short":0},"chattering":{"count":1,"calls":3},"floods":{"count":0,"longest_s":0},"standing":3,"#
            + #""worst_10_min":3,"time_to_alert_s":{"low":{"median":null,"p90":null,"max":null},"medium":{"median":null,"p90":null,"max":null},"#
            + #""high":{"median":20.5,"p90":20.5,"max":20.5}},"rules":{"spo2-low-88":{"count":3,"per_hour":2,"calls":3,"unconfirmed":0},"#
            + #""spo2-low-92":{"count":0,"per_hour":0,"calls":0,"unconfirmed":2}}}}"#
        #expect(line == old + added)
        #expect(BacktestLines.line(AlarmLoad()).contains(#""per_10_min":0,"#))
        #expect(BacktestLines.line(AlarmLoad()).contains(#""share":{"low":null,"medium":null,"high":null}"#))
    }

    @Test func twoPlansHaveBothSumsAndTheDifferenceInWords() {
        let (this, other) = (load([open]), load([open, open]))
        let line = BacktestLines.line(this, against: other, onlyThis: 0, onlyOther: 1)
        #expect(line.hasPrefix(#"{"summary":{"files":1,"#))
        #expect(line.contains(#"},"other":{"files":1,"#))
        #expect(line.hasSuffix(#"},"only_this":0,"only_other":1}"#))
        #expect(
            BacktestWords.lines(this: ("a version 1", this), other: ("b version 2", other), onlyThis: 0, onlyOther: 1) == [
                "this   a version 1: 1 calls in 1.5 h (0.11 in 10 min): 1 high, 0 medium, 0 low",
                "other  b version 2: 2 calls in 1.5 h (0.22 in 10 min): 2 high, 0 medium, 0 low",
                "0 alerts of this plan alone, 1 of the other alone",
                "  spo2-low-88: 1 calls by this plan, 2 by the other",
            ])
    }
}
