import AlertEngine
import AlertScenarios
import SessionFlow
import Testing
import VitalsModel

@testable import BenchmarkRuns

/// What the evidence counts, on series made by hand.
@Suite("Evidence from recordings")
struct EvidenceTests {
    private func alert(_ raised: Double, _ ended: Double?) -> PlanBacktest.Episode { alert("low", raised, ended) }

    private func alert(_ rule: RuleID, _ raised: Double, _ ended: Double?) -> PlanBacktest.Episode {
        PlanBacktest.Episode(
            rule: rule, signal: .spo2, priority: .high, onset: raised, raised: raised, called: raised, ended: ended, peak: 80)
    }

    private func series(_ signal: Signal, _ runs: (value: Double, count: Int)...) -> [PlanBacktest.Sample] {
        let values = runs.flatMap { Array(repeating: $0.value, count: $0.count) }
        return values.enumerated().map { (Double($0.offset), signal, $0.element) }
    }

    // MARK: Detection

    @Test("the delay is to the first alert that was open in the event, negative where it was there before")
    func delay() {
        let event = 100.0...200.0
        #expect(EvidenceDetection.delay(of: event, to: [alert(150, 160), alert(120, 130)]) == 20)
        #expect(EvidenceDetection.delay(of: event, to: [alert(80, 110)]) == -20)
        #expect(EvidenceDetection.delay(of: event, to: [alert(80, nil)]) == -20)
        #expect(EvidenceDetection.delay(of: event, to: [alert(80, 99), alert(201, 300)]) == nil)
        var sum = EvidenceDetectionSum()
        sum.add([event, 300...303], [alert(110, 290)])
        #expect(sum.events == 2 && sum.delays == [10] && sum.missed == [3])
    }

    @Test("an onset more than 30 s from any true stretch is false")
    func falseOnset() {
        let stretches = [100.0...200.0]
        for onset in [70.0, 100, 150, 230] { #expect(!EvidenceDetection.isFalse(onset, outside: stretches)) }
        for onset in [69.9, 230.1] { #expect(EvidenceDetection.isFalse(onset, outside: stretches)) }
        #expect(EvidenceDetection.isFalse(0, outside: []))
        var sum = EvidenceOnsetSum()
        sum.add([alert(110, 150), alert(400, 410)], [alert(100, 101), alert(103, 104), alert(300, 301)], stretches)
        #expect(sum.ideal == 1 && sum.plan.episodes == 2 && sum.plan.wrong == 1 && sum.naive.episodes == 3 && sum.naive.wrong == 1)
    }

    @Test("the consensus is the median of the oximeters, and close drops are one")
    func consensus() {
        let good = (0..<300).map { (time: Double($0), value: 97.0) }
        let drops = (0..<300).map { (time: Double($0), value: (100..<120).contains($0) || (150..<160).contains($0) ? 80.0 : 97.0) }
        let three = EvidenceConsensus([good, drops, drops])
        #expect(three.stretches(below: 90, gap: 60) == [100...159])
        #expect(three.stretches(below: 90, gap: 10) == [100...119, 150...159])
        #expect(three.stretches(below: 80, gap: 10).isEmpty)
        #expect(EvidenceConsensus([good, good, drops]).stretches(below: 90, gap: 60).isEmpty, "one of three is not the median")
        #expect(EvidenceConsensus([drops]).values.isEmpty, "one oximeter agrees with itself")
    }

    @Test("marks become stretches, also one that never ends")
    func marks() {
        let marks = [(10, "on"), (12, "on"), (20, "off"), (30, "off"), (40, "on")].map { EvidenceMark(time: $0.0, kind: "k", label: $0.1) }
        #expect(EvidenceMark.stretches("k", from: "on", to: "off", in: marks) == [10...20, 40...Double.infinity])
        #expect(EvidenceMark.stretches("other", from: "on", to: "off", in: marks).isEmpty)
    }

    // MARK: Judged alarms

    @Test("an alarm is kept by an alert on its side from 60 s before it to 10 s after it")
    func verdicts() throws {
        let sides: [RuleID: LimitSide] = ["hr-low": .below, "hr-high": .above]
        func isKept(_ type: String, _ episode: PlanBacktest.Episode) throws -> Bool {
            let verdict = try #require(EvidenceVerdict(EvidenceMark(time: 300, kind: "monitor_alarm_\(type)", label: "true")))
            return verdict.isKept(by: [episode]) { sides[$0] }
        }
        #expect(try isKept("asystole", alert("hr-low", 305, nil)))
        #expect(try isKept("asystole", alert("hr-low", 100, 240)))
        #expect(try !isKept("asystole", alert("hr-low", 100, 239)))
        #expect(try !isKept("asystole", alert("hr-low", 311, nil)))
        #expect(try !isKept("asystole", alert("hr-high", 290, nil)), "a high rate is no asystole")
        #expect(try isKept("asystole", alert("hr-missing", 290, nil)), "a missing rate has no side")
        #expect(try isKept("ventricular_tachycardia", alert("hr-low", 290, nil)), "either side")
        #expect(EvidenceVerdict(EvidenceMark(time: 1, kind: "monitor_status_SL", label: "on")) == nil)
    }

    @Test("verdicts are counted apart")
    func verdictCounts() throws {
        var sum = EvidenceVerdictSum()
        let real = try #require(EvidenceVerdict(EvidenceMark(time: 300, kind: "monitor_alarm_asystole", label: "true")))
        let wrong = try #require(EvidenceVerdict(EvidenceMark(time: 300, kind: "monitor_alarm_asystole", label: "false")))
        sum.add(real, plan: true, planWithMissing: true, naive: false, stay: nil)
        sum.add(wrong, plan: false, planWithMissing: true, naive: true, stay: 4)
        sum.add(wrong, plan: false, planWithMissing: false, naive: true, stay: 4)
        sum.add(real, plan: false, planWithMissing: false, naive: true, stay: 7)
        sum.add(real, plan: true, planWithMissing: true, naive: true, stay: 20)
        #expect(sum.trueOnes == EvidenceVerdictSum.Count(alarms: 3, plan: 2, planWithMissing: 2, naive: 2))
        #expect(sum.waitedOut == [7], "true, and not kept by the plan")
        #expect(sum.falseOnes == EvidenceVerdictSum.Count(alarms: 2, plan: 0, planWithMissing: 1, naive: 2))
    }

    // MARK: The naive alarm, cuffs

    private func plan(_ text: String) throws -> SessionPlan { try Scenario(text).plan }

    @Test("the naive alarm alarms at each crossing of each fixed limit, and at nothing else")
    func naive() throws {
        let plan = try plan(
            """
            rule low: SpO2 below 92 for 20s, medium, deadband 2, family f
            rule deep: deep SpO2 below 85 for 5s, high, family f
            rule reached: HR else PR at_least 110 for 30s, medium
            rule delta: SpO2 5 below baseline, medium
            rule late: SpO2 below 99, low, phases recovery
            """)
        let alarm = EvidenceNaiveAlarm(plan: plan, phase: .acute)
        let found = alarm.episodes(series(.spo2, (97, 2), (91, 1), (92, 1), (84, 2), (97, 1), (90, 1)))
        #expect(found.map(\.rule) == ["low", "low", "deep", "low"])
        #expect(found.map(\.raised) == [2, 4, 4, 7])
        #expect(found.map(\.ended) == [3, 6, 6, nil])
        #expect(found.allSatisfy { $0.called == $0.raised })
        #expect(alarm.episodes(series(.pulseRate, (109, 1), (110, 1))).count == 1, "the pulse where there is no heart rate")
        #expect(
            alarm.episodes(series(.heartRate, (80, 1)) + series(.pulseRate, (150, 9))).isEmpty, "the first of its signals that is there")
    }

    @Test("equal values within 4 minutes of the last delivery are one measurement")
    func resends() {
        let cuff: [PlanBacktest.Sample] = [0.0, 60, 300, 541].flatMap { time in
            [(time, Signal.nibpSystolic, 185.0), (time, .nibpDiastolic, 90)]
        }
        let kept = EvidenceResends.dropped(from: cuff)
        #expect(kept.measurements == 4 && kept.resends == 2)
        #expect(kept.samples.map(\.time) == [0, 0, 541, 541])
        var other = cuff
        other[3].value = 91
        #expect(EvidenceResends.dropped(from: other).resends == 0, "one of the pressures is another")
    }

    @Test("confirmation and resends, counted over one recording")
    func cuffCounts() throws {
        let plan = try plan("rule crit: SBP at_least 180, 2 readings within 6m, high, deadband 5\nrule high: SBP at_least 160, medium")
        func sum(_ times: [Double], _ values: [Double]) -> EvidenceCuffSum {
            let samples = zip(times, values).map { (time: $0, signal: Signal.nibpSystolic, value: $1) }
            let outcome = EvidenceTrial(plan: plan).run(EvidenceRecording(folder: "f", name: "n", samples: samples, marks: []))
            var sum = EvidenceCuffSum(plan: plan)
            if let runs = outcome.cuff { sum.add(runs) }
            return sum
        }
        // The same reading delivered twice: with resends dropped nothing confirms it.
        let resent = sum([0, 60, 600], [185, 185, 120])
        #expect(resent.ofConfirmingRules == [0, 1, 1, 1])
        #expect(resent.unconfirmedShare(resendsDropped: true) == 1)
        #expect(resent.unconfirmedShare(resendsDropped: false) == 0)
        let confirmed = sum([0, 180, 600], [185, 186, 120])
        #expect(confirmed.ofConfirmingRules == [1, 1, 1, 1] && confirmed.resends == 0)
        #expect(confirmed.calls == [2, 2, 2, 2])
    }

    // MARK: The page

    @Test("numbers are printed with fixed decimals")
    func numbers() {
        #expect(EvidenceNumber.fixed(1.005, 1) == "1.0")
        #expect(EvidenceNumber.fixed(-0.25, 1) == "-0.3")
        #expect(EvidenceNumber.fixed(12.049, 2) == "12.05")
        #expect(EvidenceNumber.fixed(.infinity, 1) == "-")
        #expect(EvidenceNumber.percent(0.999) == "100 %" && EvidenceNumber.percent(nil) == "-")
        #expect(EvidenceNumber.part(3, of: 4) == "3 of 4 (75 %)" && EvidenceNumber.part(0, of: 0) == "-")
    }

    @Test("paragraphs are broken between words, tables are not")
    func wrapping() {
        let words = Array(repeating: "word", count: 60).joined(separator: " ")
        let lines = EvidenceText.wrapped("- \(words)\n\n| \(words) |\nshort").split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.allSatisfy { $0.hasPrefix("|") || $0.count <= EvidenceText.width })
        #expect(lines.count { $0.hasPrefix("  word") } == 2 && lines.last == "short")
        #expect(lines.filter { !$0.hasPrefix("|") }.joined(separator: " ").split(separator: " ").count == 62)
    }

    @Test("the same recordings give the same page, on which every table is whole")
    func page() throws {
        let plan = try plan("rule low: SpO2 below 92 for 20s, medium, deadband 2\nrule slow: HR below 50 for 5s, medium")
        let recordings = (0..<4).map { number in
            EvidenceRecording(
                folder: "hypoxia_uw", name: "subject1_oximeter\(number)", samples: series(.spo2, (97, 50), (88, 100), (97, 50)),
                marks: number > 0
                    ? []
                    : [
                        EvidenceMark(time: 50, kind: "consensus_spo2_below_90", label: "start"),
                        EvidenceMark(time: 150, kind: "consensus_spo2_below_90", label: "end"),
                    ])
        }
        func page() -> String {
            var report = EvidenceReport(plan: plan)
            for recording in recordings { report.take(EvidenceTrial(plan: plan).run(recording)) }
            return report.page
        }
        let text = page()
        #expect(page() == text)
        #expect(text.contains("| below 90 %, plan | 4 | 4 of 4 (100 %) | 20 | 20 | 20 |"))
        #expect(text.contains("| `low` | 4 | 4 | 4 | 0 | 4 | 0 |"))
        #expect(text.contains("in 200 of 200 seconds"))
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let rows = lines.enumerated().filter { $0.element.hasPrefix("|") }
        #expect(
            rows.allSatisfy {
                $0.offset == 0 || !lines[$0.offset - 1].hasPrefix("|") || Self.cells(lines[$0.offset - 1]) == Self.cells($0.element)
            })
    }

    private static func cells(_ line: Substring) -> Int { line.count { $0 == "|" } }
}
