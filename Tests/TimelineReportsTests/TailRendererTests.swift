import ControlProtocol
import Testing
import TimelineReports
import VitalsModel

@Suite struct TailRendererTests {
    /// One transition and its line; the columns are those of the renderer's doc comment.
    struct Row: Sendable, CustomTestStringConvertible {
        var alert: AlertTransition
        var line: String
        var testDescription: String { line }
        init(_ alert: AlertTransition, _ line: String) {
            self.alert = alert
            self.line = line
        }
    }

    // The head of every line is the same: `10:44:30 T+00:31 room-2   `.
    @Test(arguments: [
        Row(
            Samples.alert(),
            "*** HIGH SBP 188>180        00:42  raised    s12-7     Systolic critically high: Repeat, call; vigil ack s12-7"),
        Row(
            Samples.alert(age: 250),
            "*** HIGH SBP 188>180 4m old 00:42  raised    s12-7     Systolic critically high: Repeat, call; vigil ack s12-7"),
        Row(
            Samples.alert(.closed, condition: .closed, value: 150, peak: 192, duration: 700, end: .cleared),
            "*** HIGH SBP 150 lim 180    11:40  ended     s12-7     Systolic critically high: back to normal, worst 192"),
        Row(
            Samples.alert(.latched, condition: .latched, value: 150, peak: 192),
            "*** HIGH SBP 150 lim 180    00:42  unseen    s12-7     Systolic critically high: over, worst 192, nobody has seen it; vigil ack s12-7"
        ),
        Row(
            Samples.alert(signal: .spo2, priority: .medium, value: 86, age: 12, limit: 88, peak: 84, title: "SpO2 low", action: "Look"),
            "**  MED  SpO2 86<88 12s old 00:42  raised    s12-7     SpO2 low: Look; vigil ack s12-7"),
        Row(
            Samples.alert(
                .held, signal: .spo2, priority: .medium, condition: .held, value: 86, age: 40, limit: 88, peak: 84, title: "SpO2 low"),
            "**  MED  SpO2 -- (86 40s)   00:42  held      s12-7     SpO2 low: no value any more, still open"),
        Row(
            Samples.alert(.reminder, signal: .heartRate, value: 134, age: 45, limit: 120, peak: 140, title: "HR high", action: ""),
            "*** HIGH HR -- (134 45s)    00:42  reminder  s12-7     HR high; vigil ack s12-7"),
        Row(
            Samples.alert(
                rule: "missing-spo2", signal: .spo2, priority: .medium, type: .technical, value: 12, limit: 8, peak: 12,
                detail: "sensor off",
                title: "No SpO2", action: "Check the finger"),
            "!!  MED  SpO2 no data 12s   00:42  raised    s12-7     No SpO2 (sensor off): Check the finger; vigil ack s12-7"),
        Row(
            Samples.alert(
                rule: "cuff-overdue", signal: nil, priority: .low, type: .technical, value: 420, limit: 360, title: "Cuff overdue",
                action: "Measure"),
            "!   LOW  cuff-overdue 7m    00:42  raised    s12-7     Cuff overdue: Measure; vigil ack s12-7"),
        Row(
            Samples.alert(
                .acknowledged, priority: .low, handling: .acknowledged, announced: false, duration: 7500, detail: "cuff repeated"),
            "*   LOW  SBP 188>180        2h05m  acked     s12-7     by engine: cuff repeated"),
    ])
    func rendersTransitionsInColumns(row: Row) {
        var renderer = TailRenderer()
        _ = renderer.lines(for: Samples.state())
        #expect(renderer.lines(for: Samples.line(.alert(row.alert))) == ["10:44:30 T+00:31 room-2   \(row.line)"])
    }

    @Test func aNarrowScreenBreaksBeforeTheWordsAndKeeps80Columns() {
        var renderer = TailRenderer(style: TailStyle(width: 80))
        _ = renderer.lines(for: Samples.state())
        let lines = renderer.lines(for: Samples.line(.alert(Samples.alert())))
        #expect(
            lines == [
                "10:44:30 T+00:31 room-2   *** HIGH SBP 188>180        00:42  raised    s12-7",
                "         Systolic critically high: Repeat, call; vigil ack s12-7",
            ])
        var widest = Samples.alert(age: 999_999, duration: 300_000)
        widest.episode = "s10000-1234567"
        let wide = Samples.line(.alert(widest), room: "a-very-long-room-name")
        #expect(renderer.lines(for: wide).first?.count == 80)
    }

    @Test func aLongEntryGoesOnBelowInA80ColumnScreen() {
        var renderer = TailRenderer(style: TailStyle(width: 80))
        let request = PendingChange(
            request: 2, state: .waiting, words: "spo2-low-88: off", reason: "probe is off for a scan", rule: "spo2-low-88",
            change: RuleOverride(isOff: true))
        #expect(
            renderer.lines(for: Samples.line(.pending(request), actor: Actor(name: "anna", uid: 1000))) == [
                "10:44:30         room-2   s12 NOT YET CHANGED, a second person must agree: vigil",
                "         countersign s12 2: spo2-low-88: off by anna: probe is off for a scan",
            ])
    }

    @Test func tellsOnlyWhatIsAnnounced() {
        var renderer = TailRenderer()
        #expect(renderer.lines(for: Samples.line(.alert(Samples.alert(.clearing, condition: .clearing, announced: false)))).isEmpty)
    }

    @Test func coloursAndBellOnlyWhenAsked() {
        var plain = TailRenderer()
        #expect(plain.lines(for: Samples.line(.alert(Samples.alert()))).allSatisfy { !$0.contains("\u{1B}") && !$0.contains("\u{7}") })
        var colourful = TailRenderer(style: TailStyle(usesColour: true, ringsBell: true))
        let line = colourful.lines(for: Samples.line(.alert(Samples.alert()))).joined()
        #expect(line.contains("\u{1B}[1;31m*** HIGH\u{1B}[0m"))
        #expect(line.hasSuffix("\u{7}"))
        let low = colourful.lines(for: Samples.line(.alert(Samples.alert(priority: .low)))).joined()
        #expect(low.contains("\u{1B}[36m*   LOW \u{1B}[0m"))
        #expect(!low.contains("\u{7}"))
    }

    @Test func learnsTheFirstDoseFromThePhase() {
        var renderer = TailRenderer(style: TailStyle(clock: LocalClock { _ in 3600 }))
        let change = PhaseChange(from: .baseline, to: .dosing, reason: nil)
        #expect(
            renderer.lines(for: Samples.line(.phase(change), actor: Actor(name: "anna", uid: 1000)))
                == ["11:44:30 T+00:00 room-2   s12 phase baseline -> dosing by anna"])
        #expect(renderer.lines(for: Samples.line(.note(Note(text: "calm")), at: 3720)) == ["12:46:30 T+01:02 room-2   s12 note: calm"])
    }

    @Test(arguments: [
        (
            EntryContent.source(SourceTransition(source: "monitor", from: .streaming, to: .lost, reason: "cable pulled", sequence: 1)),
            "source monitor lost: cable pulled"
        ),
        (
            .signalCondition(SignalConditionChange(source: "monitor", signal: .spo2, condition: .sensorOff, sequence: 1)),
            "SpO2 of monitor: sensor off"
        ),
        (
            .cuff(CuffChange(source: "monitor", state: .idle, failure: "movement", sequence: 1)),
            "cuff of monitor: measurement failed: movement"
        ),
        (
            .daemon(DaemonChange(change: .started, version: "0.1", restoredSessions: 2)),
            "vigild 0.1 started, 2 open sessions taken up again"
        ),
        (.store(StoreChange(state: .late, priority: .high, detail: "disk full")), "!!! HIGH STORE LATE: disk full"),
        (.dropped(DroppedCount(queue: "store.readings", count: 5)), "5 dropped at store.readings"),
        (
            .sessionStarted(SessionStart(patient: "K-17", plan: "iv-ketamine", planHash: "x")),
            "session s12 started: patient K-17, plan iv-ketamine"
        ),
        (
            .baseline(
                Baseline(values: [BaselineValue(signal: .nibpSystolic, value: 122.5, count: 2)], missing: ["spo2: too few readings"])),
            "s12 baseline: SBP 122.5, MISSING spo2: too few readings"
        ),
        (
            .clockStep(ClockStep(before: Samples.noon, after: Samples.noon + .seconds(-90))),
            "wall clock set by -90 s: from 2026-11-22T10:44:30Z to 2026-11-22T10:43:00Z"
        ),
    ])
    func rendersOtherEntries(content: EntryContent, words: String) {
        var renderer = TailRenderer()
        #expect(renderer.lines(for: Samples.line(content)) == ["10:44:30         room-2   \(words)"])
    }

    @Test func marksWhatIsNotRecordedYet() {
        var renderer = TailRenderer()
        let alert = renderer.lines(for: Samples.line(.alert(Samples.alert()), number: nil)).joined()
        #expect(alert.hasSuffix("[not recorded yet]"))
        let note = renderer.lines(for: Samples.line(.note(Note(text: "calm")), number: nil)).joined()
        #expect(note.hasSuffix("calm [not recorded yet]"))
    }

    @Test func foreignTextCannotSteerTheTerminal() {
        var renderer = TailRenderer()
        let line = renderer.lines(for: Samples.line(.note(Note(text: "a\u{1B}[2J\nb\u{202E}c"))))
        #expect(line == ["10:44:30         room-2   s12 note: a [2J b c"])
    }

    @Test func showsTheStateFirst() {
        var renderer = TailRenderer()
        let values = [
            CurrentValue(signal: .heartRate, value: 72, source: "monitor", quality: .valid, age: 1, condition: .measuring),
            CurrentValue(signal: .spo2, value: nil, source: "monitor", quality: .invalid, age: 50, condition: .sensorOff),
            CurrentValue(signal: .nibpSystolic, value: 128, source: "monitor", quality: .suspect, age: 200, condition: .measuring),
            CurrentValue(signal: .respRate, value: nil, source: nil, quality: .invalid, age: nil, condition: .measuring),
        ]
        let open = Samples.alert(condition: .latched, handling: .acknowledged)
        #expect(
            renderer.lines(for: Samples.state(episodes: [open], values: values)) == [
                "vigild 0.1  2026-11-22 10:44:30 UTC+00:00  store keeps up",
                "room-2: s12  iv-ketamine  patient K-17  dosing  T+00:31  cuff due in 03:10",
                "  HR 72  SpO2 -- (sensor off)  SBP 128? (3m)  RR --",
                "  monitor stale (no packet for 3 s)",
                "  *** HIGH SBP 188>180        00:42  unseen    acked  s12-7",
                "  not watched: sbp-delta: no baseline of nibp_systolic",
                "room-3: no session",
            ])
    }

    @Test func showsHowASessionDepartsFromItsPlan() throws {
        var detail = try #require(Samples.state().rooms[0].session)
        detail.shelves = [StandingShelf(rule: "hr-high", by: "anna", reason: "shivers", remaining: 500)]
        detail.limits = [
            StandingLimit(rule: "spo2-low-92", change: RuleOverride(limit: 90, onDelay: 15), version: 1),
            StandingLimit(rule: "hr-low", change: RuleOverride(isOff: true), version: 2),
        ]
        detail.requests = [StandingRequest(request: 3, words: "spo2-low-88: off", reason: "scan", by: "anna", remaining: 60)]
        let lines = SessionScreen.lines(detail)
        #expect(lines[0] == "room-2: s12  iv-ketamine  patient K-17  dosing  T+00:31  cuff due in 03:10  2 limits changed")
        #expect(
            lines.suffix(5) == [
                "  limit changed: spo2-low-92 limit 90, after 15 s",
                "  limit changed: hr-low off",
                "  WAITS for a second person, 60s more: vigil countersign s12 3: spo2-low-88: off, asked by anna: scan",
                "  shelved: hr-high by anna, 8m more: shivers; vigil unshelve s12 hr-high",
                "  not watched: sbp-delta: no baseline of nibp_systolic",
            ])
    }

    @Test func saysThatTheDaemonIsLostAndThatItLives() {
        let renderer = TailRenderer()
        #expect(
            renderer.lineForLoss(at: Samples.noon, silence: .seconds(4), reason: "it does not answer")
                == "10:44:30 !!! HIGH contact with vigild lost, nothing heard for 4s (it does not answer); alerts are NOT shown here, watch the bedside monitor"
        )
        #expect(
            renderer.lineForReturn(at: Samples.noon, after: .seconds(130)) == "10:44:30 -- vigild is back after 2m; what was missed follows"
        )
        #expect(
            renderer.line(for: Heartbeat(at: Samples.noon.utcText, storeIsLate: false, openSessions: 1))
                == "10:44:30 -- watching, 1 open session, store keeps up")
    }
}
