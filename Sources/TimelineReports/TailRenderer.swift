import ControlProtocol
import VitalsModel

/// The console tail as text: one line for each thing that is announced, in fixed columns that fit 80.
///
/// Columns of an alert: local time (8), time since the first dose (7), room (8), priority (8), signal with value and limit (18),
/// duration (6), what changed (9), episode (9), each followed by a blank; then what the alert is and what to do.
///
/// The renderer remembers only when the first dose of each open session was given. It takes its time from what it is shown:
/// the boot clocks of the state and of the entries are one clock, also in a demonstration.
public struct TailRenderer: Sendable {
    /// How it looks.
    public var style: TailStyle
    private var firstDose: [SessionID: BootInstant] = [:]

    /// Creates a renderer.
    public init(style: TailStyle = TailStyle()) { self.style = style }

    /// The lines of one entry; none for a transition of an alert that is only written down.
    public mutating func lines(for line: EventLine) -> [String] {
        // What a person did is shown even where the engine has no need to announce it.
        if case .alert(let alert) = line.entry.draft.content, !alert.announced, alert.change != .acknowledged { return [] }
        return EntryWords.isNews(line.entry.draft) ? lines(forAnyEntry: line) : []
    }

    /// The lines of an entry, whether it is announced or not.
    mutating func lines(forAnyEntry line: EventLine) -> [String] {
        learn(line)
        let draft = line.entry.draft
        let mark = line.entry.number == nil ? " [not recorded yet]" : ""
        if case .alert(let alert) = draft.content { return alertLines(alert, draft, mark: mark) }
        let text = "\(start(draft))\(EntryWords.sentence(draft))\(mark)"
        // Where an alert has what it asks for on a second line, other entries go on below their time.
        guard let width = style.width, text.count > width else { return [text] }
        return TextWrapping.lines(text, columns: max(width, 40), hanging: 9)
    }

    /// The screen's first lines, and those after a reconnection: everything that is so now.
    public mutating func lines(for state: ClinicState) -> [String] {
        for room in state.rooms {
            guard let session = room.session, let since = session.sinceFirstDose else { continue }
            firstDose[session.summary.session] = BootInstant(nanoseconds: state.bootNanoseconds - Int64(since * 1e9))
        }
        return StateScreen(style: style).lines(state)
    }

    /// The line that shows that the console lives, after a quiet time.
    public func line(for heartbeat: Heartbeat) -> String {
        let time = WallInstant(utcText: heartbeat.at).map(style.clock.time) ?? "--:--:--"
        let sessions = heartbeat.openSessions == 1 ? "1 open session" : "\(heartbeat.openSessions) open sessions"
        return "\(time) -- watching, \(sessions), \(heartbeat.storeIsLate ? "STORE LATE" : "store keeps up")"
    }

    /// The line that says that nothing is heard any more.
    public func lineForLoss(at now: WallInstant, silence: Duration, reason: String) -> String {
        let time = silence < .seconds(2) ? "" : ", nothing heard for \(ScreenText.roughDuration(seconds: silence.inSeconds))"
        let text =
            "contact with vigild lost\(time) (\(ScreenText.plain(reason)));"
            + " alerts are NOT shown here, watch the bedside monitor"
        return "\(style.clock.time(now)) \(style.coloured("!!! HIGH", .high)) \(text)\(style.ringsBell ? "\u{7}" : "")"
    }

    /// The line that ends a loss.
    public func lineForReturn(at now: WallInstant, after silence: Duration) -> String {
        "\(style.clock.time(now)) -- vigild is back after \(ScreenText.roughDuration(seconds: silence.inSeconds)); what was missed follows"
    }

    private mutating func learn(_ line: EventLine) {
        let draft = line.entry.draft
        guard let session = draft.session, case .phase(let change) = draft.content else { return }
        if change.to == .dosing, firstDose[session] == nil { firstDose[session] = draft.at.boot }
        // The session's later entries are few, and a console may run for months.
        if !change.to.isOpen { firstDose[session] = nil }
    }

    /// Time, time since the first dose and room: the columns that every line begins with.
    private func start(_ draft: EntryDraft) -> String {
        let since = draft.session.flatMap { firstDose[$0] }.map { ScreenText.sinceDose(seconds: (draft.at.boot - $0).inSeconds) }
        let room = ScreenText.plain(draft.room?.rawValue ?? "clinic")
        return "\(style.clock.time(draft.at.wall)) \(ScreenText.column(since ?? "", 7)) \(ScreenText.column(room, 8)) "
    }

    private func alertLines(_ alert: AlertTransition, _ draft: EntryDraft, mark: String) -> [String] {
        let priority = style.coloured(AlertWords.priority(alert.priority, alert.type), alert.priority)
        let columns = [
            ScreenText.column(AlertWords.finding(alert), 18), ScreenText.column(ScreenText.duration(seconds: alert.duration), 6),
            ScreenText.column(AlertWords.change(alert.change), 9), ScreenText.column(ScreenText.plain(alert.episode.rawValue), 9),
        ].joined(separator: " ")
        let rings = alert.announced && alert.priority == .high && alert.handling != .audioPaused && asksForAnswer(alert)
        let bell = style.ringsBell && rings ? "\u{7}" : ""
        let first = "\(start(draft))\(priority) \(columns)".trimmingTrailingBlanks
        let more = ScreenText.plain(words(alert, draft)) + mark
        let length = 80 + 1 + more.count
        if let width = style.width, length > width { return [first + bell, "         \(more)"] }
        let gap = String(repeating: " ", count: max(1, 9 - alert.episode.rawValue.count + 1))
        return ["\(first)\(gap)\(more)\(bell)"]
    }

    private func asksForAnswer(_ alert: AlertTransition) -> Bool {
        alert.handling != .acknowledged && (alert.condition == .active || alert.condition == .latched)
    }

    private func words(_ alert: AlertTransition, _ draft: EntryDraft) -> String {
        let worst = alert.type == .physiological ? alert.peak.map { ", worst \(ScreenText.number($0))" } ?? "" : ""
        let detail = alert.detail.map { " (\($0))" } ?? ""
        switch alert.change {
        case .audioPaused: return "bell silent for \(ScreenText.number(alert.pause ?? 0)) s, by \(draft.actor.name); the alert stays"
        case .acknowledged: return "by \(draft.actor.name)\(alert.detail.map { ": \($0)" } ?? "")"
        case .closed: return "\(alert.title): \(AlertWords.end(alert.end))\(worst)"
        case .latched: return "\(alert.title): over\(worst), nobody has seen it; vigil ack \(alert.episode)"
        case .held: return "\(alert.title): no value any more, still open\(detail)"
        default:
            let action = alert.action.isEmpty ? "" : ": \(alert.action)"
            return "\(alert.title)\(detail)\(action)\(asksForAnswer(alert) ? "; vigil ack \(alert.episode)" : "")"
        }
    }
}
