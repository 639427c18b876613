import VitalsModel

/// Notices that Vigil itself was not running: a room with a session looks at its clock each second, so that a long silence of
/// that is ours, not the devices'.
struct GapWatch: Sendable {
    /// How often the room looks.
    static let beat: Duration = .seconds(1)
    /// What is longer than this is a gap: less is the machine being busy, and no rule on missing data is as quick.
    static let longestSilence: Duration = .seconds(5)

    private var last: BootInstant

    /// Creates a watch; what lies before `start` is no gap.
    init(start: BootInstant) { last = start }

    /// The room lives at `now`: the gap that this ends, if there was one.
    mutating func gap(at now: BootInstant) -> MonitorGap? {
        let silence = now - last
        last = max(last, now)
        return silence > Self.longestSilence ? MonitorGap(duration: silence.inSeconds) : nil
    }
}
