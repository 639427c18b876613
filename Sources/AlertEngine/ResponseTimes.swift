import VitalsModel

/// When an alert that nobody answers rises, and when an answered one comes again (alarms.md, section 6, transitions 15, 17, 19).
public struct ResponseTimes: Sendable, Hashable {
    /// How long a silent source holds an episode before its outcome is `unknown`.
    public var hold: Duration
    /// How long an acknowledgement lasts, by priority; nil: to the end of the episode.
    public var reminder: [AlertPriority: Duration]
    /// After which times without an answer an alert escalates, by priority.
    public var escalation: [AlertPriority: [Duration]]

    /// Creates the times; the defaults are those of alarms.md.
    public init(
        hold: Duration = .seconds(600),
        reminder: [AlertPriority: Duration] = [.high: .seconds(120), .medium: .seconds(300)],
        escalation: [AlertPriority: [Duration]] = [.high: [.seconds(60), .seconds(180)], .medium: [.seconds(180), .seconds(600)]]
    ) {
        self.hold = hold
        self.reminder = reminder
        self.escalation = escalation
    }
}
