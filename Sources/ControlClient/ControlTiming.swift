/// How long the client waits, and for what. Machine time: none of these scales with a demonstration.
public struct ControlTiming: Sendable, Hashable {
    /// Until the socket must have been connected.
    public var connect: Duration
    /// Until an answer must have begun, and between its parts.
    public var answer: Duration
    /// How long an event stream may be silent before it counts as lost. The daemon sends a heartbeat each second; the default
    /// of 4 s keeps the promise that a follower says so within 5 s.
    public var silence: Duration
    /// The pause before the first attempt to reconnect; it doubles with each further one.
    public var firstPause: Duration
    /// The longest pause between two attempts.
    public var longestPause: Duration

    /// Creates a timing.
    public init(connect: Duration, answer: Duration, silence: Duration, firstPause: Duration, longestPause: Duration) {
        self.connect = connect
        self.answer = answer
        self.silence = silence
        self.firstPause = firstPause
        self.longestPause = longestPause
    }

    /// What a console uses.
    public static let standard = ControlTiming(
        connect: .seconds(2), answer: .seconds(10), silence: .seconds(4), firstPause: .milliseconds(100), longestPause: .seconds(2))
}
