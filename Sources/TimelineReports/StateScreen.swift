import ControlProtocol
import VitalsModel

/// The state of the clinic as lines: what a tail shows first.
struct StateScreen {
    let style: TailStyle

    /// One block of lines a room below one line for the daemon.
    func lines(_ state: ClinicState) -> [String] {
        let wall = WallInstant(utcText: state.at)
        let time = wall.map { "\(style.clock.dateAndTime($0)) UTC\(style.clock.offset($0))" } ?? state.at
        var head = "vigild \(ScreenText.plain(state.version))  \(time)  \(state.storeIsLate ? "STORE LATE" : "store keeps up")"
        if state.speed != 1 { head += "  DEMO x\(ScreenText.number(state.speed))" }
        return [head] + state.rooms.flatMap(lines(room:))
    }

    private func lines(room: RoomState) -> [String] {
        let name = ScreenText.plain(room.room.rawValue)
        var lines = ["\(name): \(room.session.map(session) ?? "no session")"]
        lines += wrapped(room.values.map(value))
        lines += wrapped(room.sources.map(source))
        return lines + (room.session.map(alertLines) ?? [])
    }

    /// The open alerts of a session, what waits for a second person, what calls nobody, and what cannot be watched.
    func alertLines(_ session: SessionDetail) -> [String] {
        let standing = StandingLines(session: session.summary.session)
        return session.episodes.map(episode) + session.requests.map(standing.line) + session.shelves.map(standing.line)
            + session.notEvaluable.map { "  not watched: \(ScreenText.plain($0))" }
    }

    /// One session in a line.
    func session(_ detail: SessionDetail) -> String {
        let summary = detail.summary
        var parts = ["\(summary.session)", summary.plan, "patient \(summary.patient)", summary.phase.rawValue]
        if let since = detail.sinceFirstDose { parts.append(ScreenText.sinceDose(seconds: since)) }
        if let due = detail.cuffDue {
            let time = ScreenText.duration(seconds: abs(due))
            parts.append(due < 0 ? "CUFF OVERDUE \(time)" : "cuff due in \(time)")
        }
        if let changed = StandingLines.count(detail.limits) { parts.append(changed) }
        if detail.isCuffStopped { parts.append("CUFF STOPPED: vigil cuff start \(summary.session)") }
        return ScreenText.plain(parts.joined(separator: "  "))
    }

    /// `HR 72`, `SBP 128 (3m)`, `SpO2 -- (sensor off)`: an old value is never shown as a present one.
    private func value(_ current: CurrentValue) -> String {
        let label = current.signal.label
        guard let value = current.value else {
            if current.condition != .measuring { return "\(label) -- (\(current.condition.words))" }
            return current.age.map { "\(label) -- (\(ScreenText.roughDuration(seconds: $0)))" } ?? "\(label) --"
        }
        let fresh = current.signal.cadence == .intermittent ? AlertWords.cuffFreshSeconds : AlertWords.freshSeconds
        var text = "\(label) \(ScreenText.number(value))"
        switch current.quality {
        case .suspect: text += "?"
        case .demo: text += " demo"
        case .valid, .invalid: break
        }
        if let age = current.age, age >= fresh { text += " (\(ScreenText.roughDuration(seconds: age)))" }
        return text
    }

    private func source(_ status: SourceStatus) -> String {
        let reason = status.state == .streaming || status.reason.isEmpty ? "" : " (\(status.reason))"
        return ScreenText.plain("\(status.source) \(status.state.rawValue)\(reason)")
    }

    private func episode(_ alert: AlertTransition) -> String {
        let priority = style.coloured(AlertWords.priority(alert.priority, alert.type), alert.priority)
        let columns = [
            ScreenText.column(AlertWords.finding(alert), 18), ScreenText.column(ScreenText.duration(seconds: alert.duration), 6),
            ScreenText.column(alert.condition == .latched ? "unseen" : alert.condition.rawValue, 9),
            ScreenText.column(Self.handling(alert.handling), 6),
        ].joined(separator: " ")
        return "  \(priority) \(columns) \(ScreenText.plain(alert.episode.rawValue))"
    }

    private static func handling(_ handling: AlertHandling) -> String {
        switch handling {
        case .unacknowledged: ""
        case .audioPaused: "silent"
        case .acknowledged: "acked"
        }
    }

    /// Parts joined by two blanks in lines of at most 80 columns, or fewer on a narrow screen.
    private func wrapped(_ parts: [String]) -> [String] {
        let width = min(style.width ?? 80, 80)
        var lines: [String] = []
        for part in parts {
            if let last = lines.last, last.count + 2 + part.count <= width {
                lines[lines.count - 1] = "\(last)  \(part)"
            } else {
                lines.append("  \(part)")
            }
        }
        return lines
    }
}
