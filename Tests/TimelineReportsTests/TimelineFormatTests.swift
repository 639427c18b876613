import ControlProtocol
import Testing
import TimelineReports
import VitalsModel

@Suite struct TimelineFormatTests {
    private static func point(_ time: Double, _ signal: Signal, _ value: Double, _ quality: ReadingQuality = .valid) -> TimelinePoint {
        TimelinePoint(
            time: time, at: Samples.at(time).wall.utcText, signal: signal, value: value, quality: quality, source: "monitor",
            deviceTime: nil)
    }

    private static let timeline = Timeline(
        session: Samples.summary, firstDose: 61,
        points: [
            point(0.2, .heartRate, 72), point(0.4, .spo2, 97), point(1.2, .heartRate, 72.5, .suspect), point(61, .nibpSystolic, 188, .demo),
        ], isThinned: false,
        entries: [
            Samples.line(.sessionStarted(SessionStart(patient: "K-17", plan: "iv-ketamine", planHash: "x"))),
            Samples.line(.phase(PhaseChange(from: .baseline, to: .dosing, reason: nil)), at: 61),
            Samples.line(.alert(Samples.alert(.closed, condition: .closed, value: 150, end: .cleared)), at: 121),
        ])

    @Test func tableHasARowASecondAndEntriesBetween() {
        #expect(
            TimelineTable.lines(Self.timeline) == [
                "s12  room-2  iv-ketamine  patient K-17  dosing",
                "time     T              HR   SpO2    SBP",
                "10:44:30 T-00:01     session s12 started: patient K-17, plan iv-ketamine",
                "10:44:30 T-00:01        72     97     --",
                "10:44:31 T-00:00     72.5?     --     --",
                "10:45:31 T+00:00        --     --   188d",
                "10:45:31 T+00:00     s12 phase baseline -> dosing",
                "10:46:31 T+00:01     *** HIGH ended s12-7 SBP 150 lim 180 Systolic critically high",
            ])
    }

    @Test func csvIsARecordingThatIsReadBack() throws {
        let lines = TimelineCSV.lines(Self.timeline)
        #expect(lines == ["time_s,signal,value", "0.2,heart_rate,72", "0.4,spo2,97", "1.2,heart_rate,72.5", "61,nibp_systolic,188"])
        let series = try ReadingSeries(bytes: Array(lines.joined(separator: "\n").utf8))
        #expect(series.values.map(\.time) == Self.timeline.points.map(\.time))
        #expect(series.values.map(\.value) == Self.timeline.points.map(\.value))
    }

    @Test func baselineIsReadFromWhatPeopleType() throws {
        let baseline = try BaselineText.parse("spo2=97,systolic=120.5,hr=70")
        #expect(baseline.values.map(\.signal) == [.heartRate, .spo2, .nibpSystolic])
        #expect(baseline.value(of: .nibpSystolic) == 120.5)
        for text in ["", "systolic", "systolic=x", "systolic=0", "pressure=120", "hr=70,heart_rate=71"] {
            #expect(throws: BaselineText.Fault.self, "\(text)") { try BaselineText.parse(text) }
        }
    }

    @Test func sessionsAndActionsAreShown() {
        let lines = SessionScreen.lines([Samples.summary])
        #expect(lines[0] == "session  room       phase      plan               started             ended               patient")
        #expect(lines[1] == "s12      room-2     dosing     iv-ketamine        2026-11-22 10:00:00 -                   K-17")
        let note = Samples.line(.note(Note(text: "calm")), actor: Actor(name: "anna", uid: 1000), number: nil)
        let late = SessionScreen.lines(ActionResult(recorded: false, entries: [note]))
        #expect(late.first == "10:44:30         room-2   s12 note by anna: calm [not recorded yet]")
        #expect(late.last?.contains("NOT recorded yet") == true)
    }
}
