import ControlProtocol
import SessionStore
import VitalsModel

/// Sessions as the wire has them, out of a database: the daemon's routes use it, and commands that are given a database file.
public struct StoredSessions: Sendable {
    private let store: SessionStore

    /// Looks into an open store.
    public init(_ store: SessionStore) { self.store = store }

    /// Sessions, newest first.
    public func sessions(onlyOpen: Bool = false, most: Int = 1000) throws -> [SessionSummary] {
        let records = onlyOpen ? try store.openSessions().map(\.record) : try store.sessions(newest: most)
        return records.map(Self.summary)
    }

    /// A session's readings and entries.
    ///
    /// - Throws: `ErrorBody` `unknown_session`; `StoreError`.
    public func timeline(of id: SessionID, _ range: TimelineRange = TimelineRange()) throws -> Timeline {
        let (record, entries) = try session(id)
        let start = record.started.wall
        let span = WallSpan(
            from: range.from.map { start + .nanoseconds(Int64($0 * 1e9)) }, to: range.to.map { start + .nanoseconds(Int64($0 * 1e9)) })
        let (points, isThinned) =
            try range.mostPoints.map { try thinned(id, range, span, start: start, most: $0) }
            ?? (try all(id, range, span, start: start), false)
        return Timeline(
            session: Self.summary(record),
            firstDose: entries.first(where: Self.isFirstDose).map { ($0.draft.at.wall - start).inSeconds }, points: points,
            isThinned: isThinned, entries: entries.filter { span.contains($0.draft.at.wall) }.map { EventLine($0) })
    }

    func session(_ id: SessionID) throws -> (record: SessionRecord, entries: [Entry]) {
        guard let found = try store.session(id) else {
            throw ErrorBody(code: "unknown_session", error: "no session \(id)", expected: "vigil session list shows them")
        }
        return (found.record, try store.entries(of: id))
    }

    private func all(_ id: SessionID, _ range: TimelineRange, _ span: WallSpan, start: WallInstant) throws -> [ControlProtocol
        .TimelinePoint]
    {
        try store.readings(of: id, signals: range.signals).compactMap { timed in
            let reading = timed.reading
            guard span.contains(reading.received.wall), let value = reading.value else { return nil }
            return ControlProtocol.TimelinePoint(
                time: (reading.received.wall - start).inSeconds, at: reading.received.wall.utcText, signal: reading.signal, value: value,
                quality: reading.quality, source: reading.source, deviceTime: reading.deviceTime?.description)
        }
    }

    private func thinned(
        _ id: SessionID, _ range: TimelineRange, _ span: WallSpan, start: WallInstant, most: Int
    ) throws -> (points: [ControlProtocol.TimelinePoint], isThinned: Bool) {
        let series = try store.timeline(of: id, signals: range.signals, from: span.from, to: span.to, maxPoints: most)
        let points = series.flatMap { series in
            series.points.map { point in
                ControlProtocol.TimelinePoint(
                    time: (point.at.wall - start).inSeconds, at: point.at.wall.utcText, signal: series.signal, value: point.value,
                    quality: point.quality, source: series.source, deviceTime: nil)
            }
        }
        return (
            points.sorted { ($0.time, $0.signal.rawValue) < ($1.time, $1.signal.rawValue) }, series.contains { $0.points.count < $0.count }
        )
    }

    static func summary(_ record: SessionRecord) -> SessionSummary {
        SessionSummary(
            session: record.id, room: record.room, patient: record.patient, plan: record.plan, phase: record.phase,
            startedAt: record.started.wall.utcText, endedAt: record.closed?.wall.utcText)
    }

    /// Whether this is the entry into `dosing`, from which the session's clock runs.
    static func isFirstDose(_ entry: Entry) -> Bool {
        if case .phase(let change) = entry.draft.content { change.to == .dosing } else { false }
    }
}

/// A span of wall time, open where an end is nil.
private struct WallSpan {
    var from: WallInstant?
    var to: WallInstant?

    func contains(_ instant: WallInstant) -> Bool { (from.map { $0 <= instant } ?? true) && (to.map { instant <= $0 } ?? true) }
}
