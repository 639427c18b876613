import VitalsModel

/// Every entry but an alert as one sentence.
enum EntryWords {
    /// What happened, without time, room and line breaks.
    static func sentence(_ draft: EntryDraft) -> String { ScreenText.plain(words(draft)) }

    private static func words(_ draft: EntryDraft) -> String {
        let session = draft.session?.rawValue ?? "-"
        let by = draft.actor.uid == nil ? "" : " by \(draft.actor.name)"
        return switch draft.content {
        case .sessionStarted(let start): "session \(session) started\(by): patient \(start.patient), plan \(start.plan)"
        case .phase(let change): "\(session) phase \(change.from.rawValue) -> \(change.to.rawValue)\(by)\(reason(change.reason))"
        case .baseline(let baseline): "\(session) baseline\(by): \(values(baseline))"
        case .alert(let alert): "\(alert.episode) \(alert.title)"
        case .source(let change): "source \(change.source) \(change.to.rawValue)\(reason(change.reason))"
        case .signalCondition(let change): "\(change.signal.label) of \(change.source): \(change.condition.words)"
        case .cuff(let change): "cuff of \(change.source): \(cuff(change))"
        case .cuffOrder(let order): "\(session) cuff \(told(order))\(by): \(order.reason)"
        case .shelf(let change): "\(session) \(change.rule) \(shelf(change))\(by)\(reason(change.reason))"
        case .limit(let change): "\(session) \(change.rule) \(limits(change))\(by)\(reason(change.reason))"
        case .pending(let request): "\(session) \(pending(request, session))\(by)\(reason(request.reason))"
        case .scale(let score):
            "\(session) \(score.scale) \(ScreenText.number(score.score))\(by)\(reason(score.note))"
        case .call(let call): "\(session) \(call.rule) \(call.isOn ? "called" : "taken back")\(by)\(reason(call.words))"
        case .system(let change): "\(change.fault.words)\(change.isOn ? "" : " is over")\(reason(change.detail))"
        case .lateReading(let late): lateReading(late)
        case .deviceClock(let step): "clock of \(step.source) set by \(signed(step.step)) s; its times before and after do not fit"
        case .monitorGap(let gap): "\(session) nobody watched for \(ScreenText.number(gap.duration)) s: Vigil itself was not running"
        case .note(let note): "\(session) note\(by): \(note.text)"
        case .clockStep(let step):
            "wall clock set by \(seconds(step)): from \(step.before.utcSecondsText)Z to \(step.after.utcSecondsText)Z"
        case .daemon(let change): "vigild \(change.version) \(change.change.rawValue)\(restored(change))"
        case .dropped(let dropped): "\(dropped.count) dropped at \(dropped.queue)"
        case .store(let change): store(change)
        }
    }

    private static func reason(_ reason: String?) -> String {
        guard let reason, !reason.isEmpty else { return "" }
        return ": \(reason)"
    }

    /// `SBP 122, DBP 78, MISSING no valid spo2`.
    static func values(_ baseline: Baseline) -> String {
        let taken = baseline.values.map { "\($0.signal.label) \(ScreenText.number($0.value))" }
        return (taken + baseline.missing.map { "MISSING \($0)" }).joined(separator: ", ")
    }

    /// Whether an entry is news to a nurse: a cuff that works is not, one that fails is.
    static func isNews(_ draft: EntryDraft) -> Bool {
        switch draft.content {
        case .cuff(let change): change.failure != nil
        case .cuffOrder(let order): draft.actor.uid != nil || order.command == .abort
        case .lateReading(let late): !late.rules.isEmpty
        default: true
        }
    }

    private static func shelf(_ change: ShelfChange) -> String {
        switch change.state {
        case .shelved: "shelved for \(ScreenText.number((change.duration ?? 0) / 60)) min"
        case .expired: "no longer shelved: its time is over"
        case .broken: "no longer shelved: a worse value came"
        case .lifted: "no longer shelved"
        }
    }

    private static func limits(_ change: LimitChange) -> String {
        let witness = change.witness.map { ", countersigned by \($0)" } ?? ""
        return "\(change.change.words), before \(change.before.words)\(change.isLoosening ? " (looser)" : "")\(witness)"
    }

    private static func pending(_ request: PendingChange, _ session: String) -> String {
        switch request.state {
        case .waiting: "NOT YET CHANGED, a second person must agree: vigil countersign \(session) \(request.request): \(request.words)"
        case .countersigned: "request \(request.request) countersigned: \(request.words)"
        case .withdrawn: "request \(request.request) withdrawn: \(request.words)"
        case .expired: "request \(request.request) expired, nobody countersigned: \(request.words)"
        }
    }

    private static func lateReading(_ late: LateReading) -> String {
        let rules = late.rules.isEmpty ? "" : "; would have alerted: \(late.rules.map(\.rawValue).joined(separator: ", "))"
        let mark = late.announced ? "!!! LATE VALUE: " : "late value: "
        return "\(mark)\(late.signal.label) \(ScreenText.number(late.value)) of \(late.source), measured "
            + "\(ScreenText.roughDuration(seconds: late.age)) ago\(rules)"
    }

    private static func signed(_ seconds: Double) -> String { "\(seconds < 0 ? "" : "+")\(ScreenText.number(seconds))" }

    private static func told(_ order: CuffOrder) -> String {
        let sources = order.sources.map(\.rawValue).joined(separator: ", ")
        return switch order.command {
        case .start: "of \(sources) started"
        case .abort: sources.isEmpty ? "stopped, none was measuring" : "of \(sources) stopped"
        }
    }

    private static func cuff(_ change: CuffChange) -> String {
        switch (change.state, change.failure) {
        case (.measuring, nil): "measuring"
        case (.measuring, let words?): "measuring: \(words)"
        case (.idle, nil): "measured"
        case (.idle, let failure?): "measurement failed: \(failure)"
        }
    }

    private static func seconds(_ step: ClockStep) -> String {
        "\(signed((step.after - step.before).inSeconds)) s"
    }

    private static func restored(_ change: DaemonChange) -> String {
        guard let count = change.restoredSessions, count > 0 else { return "" }
        return ", \(count) open \(count == 1 ? "session" : "sessions") taken up again"
    }

    private static func store(_ change: StoreChange) -> String {
        switch change.state {
        case .late: "\(AlertWords.priority(change.priority, .technical)) STORE LATE: \(change.detail)"
        case .recovered: "store recovered: \(change.detail)"
        }
    }
}
