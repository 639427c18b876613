import ControlProtocol
import VitalsModel

/// How a session departs from its plan, and what waits for a second person, each with what to type.
struct StandingLines {
    let session: SessionID

    /// `shelved: spo2-low-92 by anna, 8m more: cold hand; vigil unshelve s1 spo2-low-92`.
    func line(_ shelf: StandingShelf) -> String {
        let time = ScreenText.roughDuration(seconds: shelf.remaining)
        return line("shelved: \(shelf.rule) by \(shelf.by), \(time) more: \(shelf.reason); vigil unshelve \(session) \(shelf.rule)")
    }

    /// `limit changed: spo2-low-92 limit 90, after 15 s`.
    func line(_ limit: StandingLimit) -> String { line("limit changed: \(limit.rule) \(limit.change.words)") }

    /// `WAITS for a second person, 9m more: vigil countersign s1 1: ...`.
    func line(_ request: StandingRequest) -> String {
        let time = ScreenText.roughDuration(seconds: request.remaining)
        return line(
            "WAITS for a second person, \(time) more: vigil countersign \(session) \(request.request): \(request.words), "
                + "asked by \(request.by): \(request.reason)")
    }

    /// The number of changed limits, for the line of a session; nil for none.
    static func count(_ limits: [StandingLimit]) -> String? {
        limits.isEmpty ? nil : "\(limits.count) limit\(limits.count == 1 ? "" : "s") changed"
    }

    private func line(_ text: String) -> String { "  \(ScreenText.plain(text))" }
}
