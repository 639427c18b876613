import VitalsModel

/// A stretch of time as a nurse reads it: `30 s`, `3 min`, `2.5 min`.
enum SpanText {
    /// Minutes from two of them on, and for one whole minute; else seconds.
    static func words(_ duration: Duration) -> String {
        let seconds = duration.inSeconds
        return seconds >= 120 || seconds == 60 ? "\((seconds / 60).shortText) min" : "\(seconds.shortText) s"
    }
}
