import ControlProtocol
import VitalsModel

/// A timeline as a table: a row a second with values, a column a signal, entries between the rows where they happened.
///
/// `?` marks a suspect value, `d` a demonstration value, `--` a signal without a value in that second.
public enum TimelineTable {
    /// The width of a signal's column.
    private static let columnWidth = 7

    /// The title, the header and the rows.
    public static func lines(_ timeline: Timeline, clock: LocalClock = .utc) -> [String] {
        let session = timeline.session
        var title = "\(session.session)  \(session.room)  \(session.plan)  patient \(session.patient)  \(session.phase.rawValue)"
        if timeline.isThinned { title += "  (thinned: the extremes of each stretch)" }
        let signals = Signal.allCases.filter { signal in timeline.points.contains { $0.signal == signal } }
        let head = ScreenText.column("time", 9) + ScreenText.column("T", 10) + signals.map { right($0.label) }.joined()
        let events = (rows(timeline, signals, clock) + entries(timeline, clock)).sorted { $0.time < $1.time }
        return [ScreenText.plain(title), head.trimmingTrailingBlanks] + events.map(\.text)
    }

    private struct Row {
        var time: Double
        var text: String
    }

    private static func rows(_ timeline: Timeline, _ signals: [Signal], _ clock: LocalClock) -> [Row] {
        var rows: [Row] = []
        var index = 0
        let points = timeline.points.sorted { $0.time < $1.time }
        while index < points.count {
            let second = points[index].time.rounded(.down)
            let end = points[index...].firstIndex { $0.time.rounded(.down) != second } ?? points.count
            rows.append(row(points[index..<end], signals, timeline.firstDose, clock))
            index = end
        }
        return rows
    }

    private static func row(_ points: ArraySlice<TimelinePoint>, _ signals: [Signal], _ firstDose: Double?, _ clock: LocalClock) -> Row {
        let time = points.first?.time ?? 0
        let wall = points.first.flatMap { WallInstant(utcText: $0.at) }.map(clock.time) ?? ""
        let cells = signals.map { signal in right(points.last { $0.signal == signal }.map(value) ?? "--") }.joined()
        return Row(time: time, text: ScreenText.column(wall, 9) + ScreenText.column(sinceDose(time, firstDose), 10) + cells)
    }

    private static func value(_ point: TimelinePoint) -> String {
        let mark =
            switch point.quality {
            case .suspect: "?"
            case .demo: "d"
            case .valid, .invalid: ""
            }
        return ScreenText.number(point.value) + mark
    }

    private static func entries(_ timeline: Timeline, _ clock: LocalClock) -> [Row] {
        timeline.entries.map { line in
            let draft = line.entry.draft
            let time = seconds(of: draft, timeline)
            let text = ScreenText.column(clock.time(draft.at.wall), 9) + ScreenText.column(sinceDose(time, timeline.firstDose), 10)
            return Row(time: time, text: text + "  " + words(draft))
        }
    }

    /// Seconds since the session's start: by the boot clock where its first entry is among the timeline's, else by the wall.
    private static func seconds(of draft: EntryDraft, _ timeline: Timeline) -> Double {
        if let first = timeline.entries.first?.entry.draft, first.content.kind == .sessionStarted {
            return (draft.at.boot - first.at.boot).inSeconds
        }
        return WallInstant(utcText: timeline.session.startedAt).map { (draft.at.wall - $0).inSeconds } ?? 0
    }

    private static func words(_ draft: EntryDraft) -> String {
        guard case .alert(let alert) = draft.content else { return EntryWords.sentence(draft) }
        let priority = AlertWords.priority(alert.priority, alert.type).trimmingTrailingBlanks
        return
            "\(priority) \(AlertWords.change(alert.change)) \(alert.episode) \(AlertWords.finding(alert)) \(ScreenText.plain(alert.title))"
    }

    private static func sinceDose(_ time: Double, _ firstDose: Double?) -> String {
        guard let firstDose else { return ScreenText.duration(seconds: time) }
        return ScreenText.sinceDose(seconds: time - firstDose)
    }

    private static func right(_ text: String) -> String {
        String(repeating: " ", count: max(1, columnWidth - text.count)) + text
    }
}
