import VitalsModel

extension EntryContent {
    /// A content of a kind with every field set; a further kind does not compile until it stands here.
    static func sample(_ kind: EntryKind) -> EntryContent {
        switch kind {
        case .sessionStarted: .sessionStarted(SessionStart(patient: "P-0042", plan: "iv-ketamine", planHash: "ab12"))
        case .phase: .phase(PhaseChange(from: .dosing, to: .aborted, reason: "wish of the patient"))
        case .baseline:
            .baseline(
                Baseline(
                    values: [BaselineValue(signal: .nibpSystolic, value: 121.5, count: 2)], missing: ["spo2: no data"], reason: "late cuff",
                    witness: "doctor"))
        case .alert: .alert(sampleAlert)
        case .source: .source(SourceTransition(source: "monitor", from: .opening, to: .lost, reason: "unplugged", sequence: .max))
        case .signalCondition: .signalCondition(SignalConditionChange(source: "monitor", signal: .spo2, condition: .sensorOff, sequence: 7))
        case .cuff: .cuff(CuffChange(source: "cuff", state: .idle, failure: "cuff loose", sequence: 8))
        case .cuffOrder: .cuffOrder(CuffOrder(command: .abort, sources: ["cuff", "monitor"], reason: "asked for"))
        case .shelf: .shelf(ShelfChange(rule: "spo2-low", state: .shelved, duration: 120, reason: "probe is being moved"))
        case .limit:
            .limit(
                LimitChange(
                    rule: "hr-high", change: RuleOverride(limit: 120, onDelay: 20.5, priority: .low, isOff: true), before: RuleOverride(),
                    version: 2, isLoosening: true, reason: "athlete", witness: "doctor"))
        case .pending:
            .pending(
                PendingChange(
                    request: 1, state: .waiting, words: "hr-high: off", reason: "athlete", rule: "hr-high",
                    change: RuleOverride(isOff: true)))
        case .scale: .scale(ScaleScore(scale: "moaas", score: 3.5, note: "drowsy"))
        case .call: .call(PersonsCallChange(rule: "called", isOn: true, words: "chest pain"))
        case .system: .system(SystemFaultChange(fault: .diskLow, isOn: true, detail: "3 % left"))
        case .lateReading:
            .lateReading(
                LateReading(
                    source: "cuff", signal: .nibpSystolic, value: 182.5, age: 90.25, isBackfill: true, rules: ["sbp-crit"], announced: true,
                    sequence: 9))
        case .deviceClock: .deviceClock(DeviceClockStep(source: "cuff", step: -3600.5))
        case .monitorGap: .monitorGap(MonitorGap(duration: 7.25))
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
            detail: "nobody answered", unit: "%", limitsVersion: 2, pause: 60)
    }
}
