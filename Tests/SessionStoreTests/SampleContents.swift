import VitalsModel

extension EntryContent {
    /// A content of a kind with every field set; a further kind does not compile until it stands here.
    static func sample(_ kind: EntryKind) -> EntryContent {
        switch kind {
        case .sessionStarted: .sessionStarted(SessionStart(patient: "P-0042", plan: "iv-ketamine", planHash: "ab12"))
        case .phase: .phase(PhaseChange(from: .dosing, to: .aborted, reason: "wish of the patient"))
        case .baseline:
            .baseline(Baseline(values: [BaselineValue(signal: .nibpSystolic, value: 121.5, count: 2)], missing: ["spo2: no data"]))
        case .alert: .alert(sampleAlert)
        case .source: .source(SourceTransition(source: "monitor", from: .opening, to: .lost, reason: "unplugged", sequence: .max))
        case .signalCondition: .signalCondition(SignalConditionChange(source: "monitor", signal: .spo2, condition: .sensorOff, sequence: 7))
        case .cuff: .cuff(CuffChange(source: "cuff", state: .idle, failure: "cuff loose", sequence: 8))
        case .cuffOrder: .cuffOrder(CuffOrder(command: .abort, sources: ["cuff", "monitor"], reason: "asked for"))
        case .note: .note(Note(text: "a \"quoted\" note / with a slash, an umlaut ä and a line\nbreak"))
        case .clockStep: .clockStep(ClockStep(before: WallInstant(nanoseconds: 1), after: WallInstant(nanoseconds: .max)))
        case .daemon: .daemon(DaemonChange(change: .started, version: "0.1.0", restoredSessions: 2))
        case .dropped: .dropped(DroppedCount(queue: "store.readings", count: 12))
        case .store: .store(StoreChange(state: .late, priority: .high, detail: "disk full"))
        }
    }

    private static var sampleAlert: AlertTransition {
        AlertTransition(
            episode: "s1-7", transition: 3, rule: "spo2-low-88", title: "SpO2 low", action: "Look at the patient", signal: .spo2,
            priority: .high, type: .physiological, change: .escalated, from: .active, condition: .active, handling: .unacknowledged,
            announced: true, value: 86.1, valueAge: 0.25, limit: 88, baseline: 97, peak: 84.30000000000001, duration: 61.5, end: nil,
            detail: "nobody answered")
    }
}
