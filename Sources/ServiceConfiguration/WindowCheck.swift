import AlertEngine
import VitalsModel

/// Whether a window can ever hold what a rule needs, given how often values come; nil where the plan does not say that.
struct WindowCheck {
    var window: Duration
    var period: Duration

    /// How many values fit into the window.
    var mostValues: Int { Int(min(window.nanoseconds / max(period.nanoseconds, 1) + 1, Int64(SampleHistory.most))) }

    /// The longest time that these values span.
    private var longestSpan: Duration { period * (mostValues - 1) }

    /// Why the window can never be full enough; nil when it can.
    var fault: String? {
        guard longestSpan * 5 < window * 4 else { return nil }
        let reason =
            mostValues == SampleHistory.most
            ? "only the last \(SampleHistory.most) values are kept" : "a value comes every \(DurationText.text(period))"
        return "can never alert: \(reason), so good values never span 80 % of \(DurationText.text(window))"
    }
}
