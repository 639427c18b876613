import ControlProtocol
import TimelineReports
import VitalsModel

/// Entries and states for the screens.
enum Samples {
    /// 2026-11-22 10:44:30 UTC.
    static let noon = WallInstant(utcText: "2026-11-22T10:44:30Z") ?? WallInstant(nanoseconds: 0)
    static let start = Moment(boot: BootInstant(seconds: 1000), wall: noon)

    /// A moment so many seconds after the start.
    static func at(_ seconds: Double) -> Moment { start.moved(to: start.boot + .nanoseconds(Int64(seconds * 1e9))) }

    static func line(
        _ content: EntryContent, at seconds: Double = 0, session: SessionID? = "s12", room: RoomID? = "room-2", actor: Actor = .engine,
        number: Int64? = 1
    ) -> EventLine {
        EventLine(
            Entry(
                number: number, epoch: "e1",
                draft: EntryDraft(event: "x", session: session, room: room, at: at(seconds), actor: actor, content: content)))
    }

    static func alert(
        _ change: AlertChange = .raised, rule: RuleID = "sbp-crit", signal: Signal? = .nibpSystolic, priority: AlertPriority = .high,
        type: AlertType = .physiological, condition: AlertCondition = .active, handling: AlertHandling = .unacknowledged,
        announced: Bool = true, value: Double? = 188, age: Double? = 0, limit: Double? = 180, peak: Double? = 188, duration: Double = 42,
        end: EpisodeEnd? = nil, detail: String? = nil, title: String = "Systolic critically high", action: String = "Repeat, call"
    ) -> AlertTransition {
        AlertTransition(
            episode: "s12-7", transition: 1, rule: rule, title: title, action: action, signal: signal, priority: priority, type: type,
            change: change, from: .pending, condition: condition, handling: handling, announced: announced, value: value, valueAge: age,
            limit: limit, baseline: nil, peak: peak, duration: duration, end: end, detail: detail)
    }

    static let summary = SessionSummary(
        session: "s12", room: "room-2", patient: "K-17", plan: "iv-ketamine", phase: .dosing, startedAt: "2026-11-22T10:00:00.000000Z",
        endedAt: nil)

    static func state(episodes: [AlertTransition] = [], values: [CurrentValue] = [], sinceFirstDose: Double? = 1860) -> ClinicState {
        let detail = SessionDetail(
            summary: summary, sinceFirstDose: sinceFirstDose, baseline: nil, episodes: episodes,
            notEvaluable: ["sbp-delta: no baseline of nibp_systolic"], cuffDue: 190)
        let source = SourceStatus(
            source: "monitor", family: "intellivue", state: .stale, reason: "no packet for 3 s", port: nil, bytes: 0, frames: 0,
            readings: 0,
            rejected: [:])
        let rooms = [
            RoomState(room: "room-2", sources: [source], values: values, session: detail),
            RoomState(room: "room-3", sources: [], values: [], session: nil),
        ]
        return ClinicState(
            version: "0.1", at: noon.utcText, bootNanoseconds: start.boot.nanoseconds, token: "e1-9", storeIsLate: false, speed: 1,
            rooms: rooms)
    }
}
