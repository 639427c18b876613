import VitalsModel

/// The zone in which a screen shows times. The offset is asked for each moment, because a night may hold a change to
/// daylight saving time.
public struct LocalClock: Sendable {
    private let secondsEastOfUTC: @Sendable (WallInstant) -> Int

    /// Creates a clock from the offset at a moment, seconds east of UTC.
    public init(secondsEastOfUTC: @escaping @Sendable (WallInstant) -> Int) { self.secondsEastOfUTC = secondsEastOfUTC }

    /// UTC itself.
    public static let utc = LocalClock { _ in 0 }

    /// The time of day: `10:44:30`.
    public func time(_ instant: WallInstant) -> String { String(shifted(instant).dropFirst(11)) }

    /// The date and the time of day: `2026-11-22 10:44:30`.
    public func dateAndTime(_ instant: WallInstant) -> String {
        let text = shifted(instant)
        return "\(text.prefix(10)) \(text.dropFirst(11))"
    }

    /// The offset as ISO 8601 writes it: `+01:00`.
    public func offset(_ instant: WallInstant) -> String {
        let seconds = secondsEastOfUTC(instant)
        let minutes = abs(seconds) / 60
        return "\(seconds < 0 ? "-" : "+")\(ScreenText.padded(minutes / 60)):\(ScreenText.padded(minutes % 60))"
    }

    private func shifted(_ instant: WallInstant) -> String {
        (instant + .seconds(secondsEastOfUTC(instant))).utcSecondsText
    }
}
