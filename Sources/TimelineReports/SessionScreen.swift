import ControlProtocol
import VitalsModel

/// Sessions, and what became of an action, as people read them.
public enum SessionScreen {
    /// A header and one line a session; times in the zone of `clock`.
    public static func lines(_ sessions: [SessionSummary], clock: LocalClock = .utc) -> [String] {
        let widths = [8, 10, 10, 18, 19, 19]
        func row(_ cells: [String]) -> String {
            (zip(cells, widths).map { ScreenText.column(ScreenText.plain($0), $1) } + cells.suffix(1)).joined(separator: " ")
        }
        let head = row(["session", "room", "phase", "plan", "started", "ended", "patient"])
        return [head]
            + sessions.map { session in
                row([
                    session.session.rawValue, session.room.rawValue, session.phase.rawValue, session.plan,
                    time(session.startedAt, clock), session.endedAt.map { time($0, clock) } ?? "-", ScreenText.plain(session.patient),
                ])
            }
    }

    /// One session: summary, baseline, changed limits, open alerts, what waits, what is shelved, what cannot be watched.
    public static func lines(_ detail: SessionDetail, style: TailStyle = TailStyle()) -> [String] {
        let summary = detail.summary
        let ended = summary.endedAt.map { "  ended \(time($0, style.clock))" } ?? ""
        var lines = [
            "\(ScreenText.plain(summary.room.rawValue)): \(StateScreen(style: style).session(detail))",
            "  started \(time(summary.startedAt, style.clock))\(ended)",
        ]
        let baseline = detail.baseline.map(EntryWords.values) ?? "not taken yet"
        lines.append("  baseline: \(ScreenText.plain(baseline))")
        let standing = StandingLines(session: summary.session)
        lines += detail.limits.map(standing.line)
        lines += StateScreen(style: style).alertLines(detail)
        return lines
    }

    /// What an action caused, and whether it is written down.
    public static func lines(_ result: ActionResult, style: TailStyle = TailStyle()) -> [String] {
        var renderer = TailRenderer(style: style)
        let lines = result.entries.flatMap { entry in renderer.lines(forAnyEntry: entry) }
        guard !result.recorded else { return lines }
        return lines + ["Done, but NOT recorded yet: the store is late. It will be recorded as soon as the store works again."]
    }

    private static func time(_ utcText: String, _ clock: LocalClock) -> String {
        WallInstant(utcText: utcText).map(clock.dateAndTime) ?? ScreenText.plain(utcText)
    }
}
