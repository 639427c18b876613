import MonitorTesting
import VitalsModel

/// Asks again and again until there is an answer, and gives it. The guest is emulated, and slow while other programs run: the
/// limits of waiting are no requirement, unless a test says so.
func eventually<Answer>(
    _ what: String, within limit: Duration = .seconds(90), every interval: Duration = .milliseconds(200),
    isolation: isolated (any _Concurrency.Actor)? = #isolation, _ look: () async throws -> Answer?
) async throws -> Answer {
    try await MonitorTesting.eventually(what, within: limit, every: interval, look)
}

extension Duration {
    /// Seconds with two digits, for the figures that a test prints.
    var text: String {
        let hundredths = (nanoseconds + 5_000_000) / 10_000_000
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) s"
    }
}
