import DeviceProtocols
import VitalsModel

/// Where a source stands, and the numbered events that come of what its device says and of what happens to its port.
struct SourceProgress {
    let source: SourceID
    private(set) var state = SourceState.absent
    /// Why it stands there, in words.
    private(set) var reason = "not opened yet"
    /// When it came to stand there; nil before anything was tried.
    private(set) var since: Moment?
    private var sequence: UInt64 = 0

    init(source: SourceID) { self.source = source }

    /// Goes to another state; nil where it stands there already, and only the reason is another.
    mutating func move(to next: SourceState, _ why: String, at now: Moment) -> SourceTransition? {
        if next == state, since != nil {
            reason = why
            return nil
        }
        return transition(to: next, why, at: now)
    }

    /// Says why, in the same state or in another; nil where just that was said last.
    mutating func say(_ next: SourceState, _ why: String, at now: Moment) -> SourceTransition? {
        next == state && why == reason && since != nil ? nil : transition(to: next, why, at: now)
    }

    private mutating func transition(to next: SourceState, _ why: String, at now: Moment) -> SourceTransition {
        sequence += 1
        let transition = SourceTransition(source: source, from: state, to: next, reason: why, sequence: sequence)
        if next != state || since == nil { since = now }
        (state, reason) = (next, why)
        return transition
    }

    /// What a burst of the device comes to, in order. A reading says by itself that the device sends.
    mutating func events(of burst: [DeviceEvent], at now: Moment) -> [SourceEvent] {
        var events: [SourceEvent] = []
        events.reserveCapacity(burst.count)
        for event in burst {
            if case .reading = event, let began = move(to: .streaming, "readings come", at: now) { events.append(.transition(began)) }
            if let next = self.event(of: event, at: now) { events.append(next) }
        }
        return events
    }

    private mutating func event(of event: DeviceEvent, at now: Moment) -> SourceEvent? {
        if case .link(let link, let why) = event { return move(to: SourceState(link), why, at: now).map { .transition($0) } }
        sequence += 1
        switch event {
        case .reading(let decoded):
            return .reading(
                Reading(
                    source: source, signal: decoded.signal, value: decoded.value, quality: decoded.quality, received: now,
                    deviceTime: decoded.deviceTime, sequence: sequence))
        case .signalCondition(let signal, let condition):
            return .signalCondition(SignalConditionChange(source: source, signal: signal, condition: condition, sequence: sequence))
        case .cuff(let cuff, let failure):
            return .cuff(CuffChange(source: source, state: cuff, failure: failure, sequence: sequence))
        case .link:
            return nil
        }
    }
}

extension SourceState {
    /// The state of a source whose port is open, by its link.
    fileprivate init(_ link: LinkState) {
        switch link {
        case .negotiating: self = .negotiating
        case .streaming: self = .streaming
        case .stale: self = .stale
        }
    }
}
