import SessionFlow
import VitalsModel

/// Runs a scenario on a virtual clock, with the session machine that also runs live.
public struct ScenarioRun: Sendable {
    /// What stands between a daemon that was killed and its successor: the stored state. A test puts its encoding here.
    public typealias Storage = @Sendable (SessionState) throws -> SessionState

    /// Every entry, in order.
    public private(set) var entries: [EntryDraft] = []
    /// Actions that the session refused, with the time: a scenario must not act in vain.
    public private(set) var refusals: [String] = []

    private let scenario: Scenario
    private let storage: Storage
    private var machine: SessionMachine
    /// What the boot clock is ahead of a clock that runs through restarts.
    private var clockOffset: Duration = .zero
    private var sequence: UInt64 = 0
    private var deafUntil: Duration = .zero

    private static let start = Moment(boot: BootInstant(seconds: 1000), wall: WallInstant(nanoseconds: 1_790_000_000_000_000_000))
    private static let nurse = Actor(name: "nurse", uid: 1000)

    /// Runs it to its last event.
    ///
    /// - Throws: what `storage` throws.
    public init(_ scenario: Scenario, storage: @escaping Storage = { $0 }) throws {
        self.scenario = scenario
        self.storage = storage
        (machine, entries) = SessionMachine.start(
            "s1", room: "room-1", patient: "P1", plan: scenario.plan, ranking: scenario.ranking, by: Self.nurse, at: Self.start)
        for event in scenario.events where event.at >= deafUntil { try take(event) }
        if let last = scenario.events.last { entries += machine.advance(to: moment(max(last.at, deafUntil))) }
    }

    private func moment(_ time: Duration) -> Moment {
        Moment(boot: Self.start.boot + time + clockOffset, wall: Self.start.wall + time)
    }

    private mutating func take(_ event: ScenarioEvent) throws {
        let now = moment(event.at)
        sequence += 1
        switch event.kind {
        case .reading(let signal, let value, let quality, let source, let measurement):
            let reading = Reading(
                source: source, signal: signal, value: value, quality: quality, received: now,
                deviceTime: measurement.map { DeviceTime(stored: "measurement \($0)") }, sequence: sequence)
            entries += machine.receive(reading, at: now).entries
        case .restart(let pause, let sameBoot): try restart(at: event.at, after: pause, sameBoot: sameBoot)
        case .source(let source, let state):
            let signals = Set(scenario.events.compactMap { Self.signal(of: $0, from: source) })
            let change = SourceTransition(source: source, from: .streaming, to: state, reason: "scenario", sequence: sequence)
            entries += machine.receive(change, signals: Signal.allCases.filter(signals.contains), at: now)
        case .sensor(let signal, let condition):
            let change = SignalConditionChange(source: "monitor", signal: signal, condition: condition, sequence: sequence)
            entries += machine.receive(change, at: now)
        case .cuff(let failed):
            let change = CuffChange(
                source: "monitor", state: failed ? .idle : .measuring, failure: failed ? "no pulse found" : nil, sequence: sequence)
            entries += machine.receive(change, at: now)
        case .until: entries += machine.advance(to: now)
        case .phase, .acknowledge, .note, .end: act(event, at: now)
        }
    }

    private mutating func act(_ event: ScenarioEvent, at now: Moment) {
        let outcome: SessionMachine.Outcome
        switch event.kind {
        case .phase(let phase): outcome = machine.enter(phase, reason: nil, by: Self.nurse, at: now)
        case .acknowledge(let episode, let note): outcome = machine.acknowledge(episode, note: note, by: Self.nurse, at: now)
        case .note(let text): outcome = machine.write(text, by: Self.nurse, at: now)
        case .end(let reason): outcome = machine.enter(.closed, reason: reason, by: Self.nurse, at: now)
        default: return
        }
        switch outcome {
        case .success(let drafts): entries += drafts
        case .failure(let refusal): refusals.append("\(ScenarioTime.text(event.at)) refused: \(refusal)")
        }
    }

    /// The daemon dies with what is stored at that moment; readings in the pause reach nobody.
    private mutating func restart(at time: Duration, after pause: Duration, sameBoot: Bool) throws {
        entries += machine.advance(to: moment(time))
        let stored = try storage(machine.state(at: moment(time)))
        // A machine that booted again counts from near zero.
        if !sameBoot { clockOffset = .seconds(20) - (Self.start.boot - BootInstant(nanoseconds: 0)) - time - pause }
        deafUntil = time + pause
        let (restored, drafts) = SessionMachine.restore(
            stored, plan: scenario.plan, ranking: scenario.ranking, sameBoot: sameBoot, at: moment(deafUntil))
        machine = restored
        entries += drafts
    }

    private static func signal(of event: ScenarioEvent, from source: SourceID) -> Signal? {
        guard case .reading(let signal, _, _, source, _) = event.kind else { return nil }
        return signal
    }
}

extension ScenarioRun {
    /// What differs from what the scenario expects, one line each with a mark: `-` expected and missing, `+` not expected,
    /// ` ` as expected. Empty when all is as expected.
    public func differences() -> [String] {
        let actual = transitions()
        var lines = refusals.map { "! \($0)" }
        lines += compared(with: actual)
        for silence in scenario.silences {
            for (at, transition) in actual where transition.announced && silence.contains(at) {
                lines.append("! not silent: \(Self.line(at, transition))")
            }
        }
        return lines.contains { !$0.hasPrefix(" ") } ? lines : []
    }

    /// What happened, with the time since the start by the clock that runs through restarts.
    private func transitions() -> [(Duration, AlertTransition)] {
        entries.compactMap { draft in
            guard case .alert(let transition) = draft.content, transition.announced || scenario.expectsEverything else { return nil }
            return (draft.at.wall - Self.start.wall, transition)
        }
    }

    private func compared(with actual: [(Duration, AlertTransition)]) -> [String] {
        var lines: [String] = []
        var next = actual[...]
        for expectation in scenario.expectations {
            let place = next.firstIndex { expectation.isMet(by: $0.1, at: $0.0) }
            guard let place else {
                lines.append("- \(expectation)")
                continue
            }
            lines += next[..<place].map { "+ \(Self.line($0.0, $0.1))" }
            lines.append("  \(expectation)")
            next = next[(place + 1)...]
        }
        return lines + next.map { "+ \(Self.line($0.0, $0.1))" }
    }

    /// A transition in the words that a scenario would expect it with.
    private static func line(_ at: Duration, _ transition: AlertTransition) -> String {
        var words = [ScenarioTime.text(at), transition.rule.rawValue, transition.change.rawValue, transition.priority.rawValue]
        words += ["to \(transition.condition.rawValue)", transition.handling.rawValue, transition.announced ? "aloud" : "quiet"]
        let numbers = [
            ("value", transition.value), ("age", transition.valueAge), ("limit", transition.limit), ("peak", transition.peak),
            ("duration", transition.duration),
        ]
        words += numbers.compactMap { name, number in number.map { "\(name) \($0.shortText)" } }
        words += [transition.end.map { "end \($0.rawValue)" }, transition.detail.map { "\"\($0)\"" }].compactMap { $0 }
        return (words + ["episode \(transition.episode)"]).joined(separator: " ")
    }
}
