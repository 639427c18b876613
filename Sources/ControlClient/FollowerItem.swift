import ControlProtocol
import VitalsModel

/// One thing that a follower is told.
public enum FollowerItem: Sendable, Hashable {
    /// The whole state: first on every connection.
    case state(ClinicState)
    /// A numbered entry that was not told before.
    case entry(EventLine)
    /// The entries before now are all told; what follows is live.
    case current
    /// An announcement that waits for its number, because the store is late. It is not told again once it has one.
    case unrecorded(EventLine)
    /// A reading.
    case reading(ReadingLine)
    /// The daemon lives.
    case heartbeat(Heartbeat)
    /// The stream broke off or fell silent. Told once; `back` ends it.
    case lost(FollowerLoss)
    /// The stream is there again, after so long without a word. `state` comes next, then what was missed.
    case back(after: Duration)
    /// The store behind the daemon is another one, or an older copy: the numbers of before mean nothing any more.
    case epochChanged(from: ResumeToken, to: ResumeToken)
    /// The daemon sent something that this version cannot read.
    case unreadable(event: String, why: String)
}

/// Why a stream is lost.
public struct FollowerLoss: Sendable, Hashable {
    /// How long nothing has been heard.
    public var silence: Duration
    /// Why, in words.
    public var reason: String

    /// Creates a loss.
    public init(silence: Duration, reason: String) {
        self.silence = silence
        self.reason = reason
    }
}
