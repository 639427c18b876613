import ControlProtocol
import VitalsModel

/// What a follower remembers between two events and two connections: where it stands, and what it has told. Pure; the
/// connection is `EventFollower`'s business.
struct FollowerMemory: Sendable {
    /// How many events are remembered as told. Only those without a number need it, and those are few: a store that is late
    /// for longer fills its own reserve first.
    static let longestMemory = 10_000

    /// The last entry that was told, or after which the follower was asked to begin: nothing up to it is told again.
    private var lastTold: ResumeToken?
    /// Where the first state stood, for a follower that has told no entry yet.
    private var firstState: ResumeToken?
    private var told: Set<Occurrence> = []
    private var order: [Occurrence] = []
    private var oldest = 0

    /// An event and when it happened. A daemon that was killed before it could store an announcement gives its name again, to
    /// another event at another time.
    private struct Occurrence: Hashable {
        var event: EventID
        var boot: BootInstant

        init(_ line: EventLine) { (event, boot) = (line.entry.draft.event, line.entry.draft.at.boot) }
    }

    /// Creates the memory of a follower that begins after `token`.
    init(token: ResumeToken?) { lastTold = token }

    /// After which entry to resume; nil before the first state without a wish.
    var token: ResumeToken? { lastTold ?? firstState }

    /// What an event from the wire tells, in order; nothing when it is known already.
    mutating func receive(_ event: ServerSentEvent) -> [FollowerItem] {
        // Names of a later version are passed over: a stream may grow.
        guard let name = StreamEventName(rawValue: event.name) else { return [] }
        do {
            switch name {
            case .state: return receive(state: try decoded(ClinicState.self, event))
            case .entry: return receive(entry: try decoded(EventLine.self, event))
            case .current: return [.current]
            case .unrecorded: return receive(unrecorded: try decoded(EventLine.self, event))
            case .reading: return [.reading(try decoded(ReadingLine.self, event))]
            case .heartbeat: return [.heartbeat(try decoded(Heartbeat.self, event))]
            }
        } catch {
            // Passing it by keeps the follower alive; staying before it would meet it again on every connection.
            if name == .entry, let after = event.id.flatMap({ ResumeToken($0) }) { lastTold = after }
            return [.unreadable(event: event.name, why: ControlJSON.explanation(of: error))]
        }
    }

    private func decoded<Value: Decodable>(_ type: Value.Type, _ event: ServerSentEvent) throws -> Value {
        try ControlJSON.decode(type, from: event.data.utf8)
    }

    private mutating func receive(state: ClinicState) -> [FollowerItem] {
        guard let now = ResumeToken(state.token) else {
            return [.unreadable(event: "state", why: "\"\(state.token)\" is not a resume token"), .state(state)]
        }
        guard let before = token else {
            // The state may be a little younger than the place where the entries begin; those between are still to be told.
            firstState = now
            return [.state(state)]
        }
        // A number that went back is a copy of the file put in its place without `vigil store restore`.
        guard before.epoch != now.epoch || before.number > now.number else { return [.state(state)] }
        lastTold = now
        return [.epochChanged(from: before, to: now), .state(state)]
    }

    private mutating func receive(entry line: EventLine) -> [FollowerItem] {
        guard let number = line.entry.number else {
            return [.unreadable(event: "entry", why: "the entry \"\(line.entry.draft.event)\" has no number")]
        }
        let here = ResumeToken(epoch: line.entry.epoch, number: number)
        if let lastTold, lastTold.epoch == here.epoch, here.number <= lastTold.number { return [] }
        lastTold = here
        return remember(Occurrence(line)) ? [.entry(line)] : []
    }

    private mutating func receive(unrecorded line: EventLine) -> [FollowerItem] {
        remember(Occurrence(line)) ? [.unrecorded(line)] : []
    }

    /// Whether the event is new; the oldest one is forgotten for it when the memory is full.
    private mutating func remember(_ event: Occurrence) -> Bool {
        guard told.insert(event).inserted else { return false }
        if order.count < Self.longestMemory {
            order.append(event)
        } else {
            told.remove(order[oldest])
            order[oldest] = event
            oldest = (oldest + 1) % Self.longestMemory
        }
        return true
    }
}
