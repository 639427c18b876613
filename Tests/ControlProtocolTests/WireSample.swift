import ControlProtocol
import Testing
import VitalsModel

/// A value of a wire type with everything in it, and one with as little as it may have.
struct WireSample: Sendable, CustomTestStringConvertible {
    var schema: String
    var full: any Encodable & Sendable
    var least: any Encodable & Sendable
    var testDescription: String { schema }

    init(_ schema: String, _ full: any Encodable & Sendable, least: (any Encodable & Sendable)? = nil) {
        self.schema = schema
        self.full = full
        self.least = least ?? full
    }

    static let moment = Moment(boot: BootInstant(nanoseconds: 5), wall: WallInstant(nanoseconds: 1_700_000_000_000_000_000))
    static let summary = SessionSummary(
        session: "s1", room: "room-1", patient: "K-17", plan: "iv-ketamine", phase: .dosing, startedAt: "a", endedAt: "b")
    static let openSummary = SessionSummary(
        session: "s1", room: "room-1", patient: "K-17", plan: "iv-ketamine", phase: .dosing, startedAt: "a", endedAt: nil)
    static let baseline = Baseline(values: [BaselineValue(signal: .spo2, value: 97, count: 60)], missing: [])
    static let detail = SessionDetail(summary: summary, sinceFirstDose: 1, baseline: baseline, episodes: [], notEvaluable: [], cuffDue: 2)
    static let override = RuleOverride(limit: 90, onDelay: 15, priority: .medium)
    static let reading = Reading(source: "monitor", signal: .spo2, value: 97, quality: .valid, received: moment, sequence: 1)
    static let invalid = Reading(source: "monitor", signal: .spo2, value: nil, quality: .invalid, received: moment, sequence: 1)

    /// An entry whose content has no keys of its own that the schema of all kinds would not name.
    static let line = EventLine(
        Entry(
            number: nil, epoch: "e1",
            draft: EntryDraft(event: "n1", session: nil, room: nil, at: moment, actor: .engine, content: .note(Note(text: "x")))))

    static func alert(_ isFull: Bool) -> AlertTransition {
        AlertTransition(
            episode: "s1-1", transition: 1, rule: "sbp-crit", title: "t", action: "a", signal: isFull ? .nibpSystolic : nil,
            priority: .high,
            type: .physiological, change: .raised, from: .pending, condition: .active, handling: .unacknowledged, announced: true,
            value: isFull ? 188 : nil, valueAge: isFull ? 0 : nil, limit: isFull ? 180 : nil, baseline: isFull ? 120 : nil,
            peak: isFull ? 188 : nil, duration: 42, end: isFull ? .cleared : nil, detail: isFull ? "d" : nil,
            unit: isFull ? "mm[Hg]" : nil, limitsVersion: isFull ? 1 : nil, pause: isFull ? 60 : nil)
    }

    static let all: [WireSample] = [
        WireSample("ErrorBody", ErrorBody(code: "refused", error: "e", expected: "x")),
        WireSample("Health", Health(version: "1", status: "ready")),
        WireSample("Heartbeat", Heartbeat(at: "a", storeIsLate: false, openSessions: 0)),
        WireSample("ReadingLine", ReadingLine(room: "r", reading: reading), least: ReadingLine(room: "r", reading: invalid)),
        WireSample("AlertTransition", alert(true), least: alert(false)),
        WireSample("Baseline", Baseline(values: [], missing: [], reason: "r", witness: "w"), least: baseline),
        WireSample("BaselineValue", BaselineValue(signal: .spo2, value: 1, count: 1)),
        WireSample("StartSession", StartSession(room: "r", plan: "p", patient: "x")),
        WireSample("ChangePhase", ChangePhase(phase: .aborted, reason: "x"), least: ChangePhase(phase: .dosing)),
        WireSample("Acknowledge", Acknowledge(episode: "s1-1", note: "x"), least: Acknowledge(episode: nil, bulk: true)),
        WireSample("PauseAudio", PauseAudio(episode: "s1-1", duration: 60)),
        WireSample("ShelveRule", ShelveRule(rule: "spo2-low", duration: 600, reason: "x")),
        WireSample("LiftShelf", LiftShelf(rule: "spo2-low")),
        WireSample("RuleOverride", override, least: RuleOverride()),
        WireSample("ChangeLimits", ChangeLimits(rule: "spo2-low", change: override, reason: "x")),
        WireSample("TakeBaseline", TakeBaseline(reason: "x"), least: TakeBaseline()),
        WireSample("Countersign", Countersign(request: 1)),
        WireSample("CallAlert", PersonsCallChange(rule: "distress", isOn: true, words: "x")),
        WireSample("ScaleScore", ScaleScore(scale: "moaas", score: 3, note: "x"), least: ScaleScore(scale: "moaas", score: 3, note: nil)),
        WireSample("CommandCuff", CommandCuff(command: .start)),
        WireSample("WriteNote", WriteNote(text: "x")),
        WireSample("StandingShelf", StandingShelf(rule: "spo2-low", by: "anna", reason: "x", remaining: 60)),
        WireSample("StandingLimit", StandingLimit(rule: "spo2-low", change: override, version: 1)),
        WireSample("StandingRequest", StandingRequest(request: 1, words: "w", reason: "x", by: "anna", remaining: 60)),
        WireSample("ActionResult", ActionResult(recorded: true, entries: [line])),
        WireSample("SessionSummary", summary, least: openSummary),
        WireSample("SessionList", SessionList(sessions: [])),
        WireSample(
            "SessionDetail", detail,
            least: SessionDetail(summary: summary, sinceFirstDose: nil, baseline: nil, episodes: [], notEvaluable: [], cuffDue: nil)),
        WireSample(
            "CurrentValue", CurrentValue(signal: .spo2, value: 97, source: "s", quality: .valid, age: 1, condition: .measuring),
            least: CurrentValue(signal: .spo2, value: nil, source: nil, quality: .invalid, age: nil, condition: .sensorOff)),
        WireSample(
            "SourceStatus",
            SourceStatus(
                source: "s", family: "nonin", state: .streaming, reason: "", port: "p", bytes: 1, frames: 1, readings: 1, rejected: [:]),
            least: SourceStatus(
                source: "s", family: "nonin", state: .absent, reason: "", port: nil, bytes: 1, frames: 1, readings: 1, rejected: [:])),
        WireSample(
            "DeviceList", DeviceList(at: "a", ports: [], sources: []), least: DeviceList(at: nil, ports: [], sources: [])),
        WireSample(
            "DevicePort",
            DevicePort(device: "d", links: [], usb: "0403:6001", serial: "s", name: "n", physicalPath: "p", claimedBy: []),
            least: DevicePort(device: "d", links: [], usb: nil, serial: nil, name: nil, physicalPath: nil, claimedBy: [])),
        WireSample(
            "DeviceSource",
            DeviceSource(
                room: "r", source: "s", family: "nonin", match: "/dev/x", state: .streaming, reason: "", since: "a", port: "/dev/x"),
            least: DeviceSource(
                room: "r", source: "s", family: "nonin", match: "/dev/x", state: .absent, reason: "", since: nil, port: nil)),
        WireSample(
            "RoomState", RoomState(room: "r", sources: [], values: [], session: detail),
            least: RoomState(room: "r", sources: [], values: [], session: nil)),
        WireSample(
            "ClinicState",
            ClinicState(version: "1", at: "a", bootNanoseconds: 1, token: "e1-0", storeIsLate: false, speed: 1, rooms: [])),
        WireSample(
            "TimelinePoint",
            TimelinePoint(time: 1, at: "a", signal: .spo2, value: 97, quality: .valid, source: "s", deviceTime: "d"),
            least: TimelinePoint(time: 1, at: "a", signal: .spo2, value: 97, quality: .valid, source: "s", deviceTime: nil)),
        WireSample(
            "Timeline", Timeline(session: summary, firstDose: 1, points: [], isThinned: false, entries: []),
            least: Timeline(session: summary, firstDose: nil, points: [], isThinned: false, entries: [])),
    ]
}
