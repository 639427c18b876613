import SessionFlow
import VitalsModel

/// Runs a scenario on a virtual clock, with the session machine that also runs live.
public struct ScenarioRun: Sendable {
    /// What stands between a daemon that was killed and its successor: the stored state. A test puts its encoding here.
    public typealias Storage = @Sendable (SessionState) throws -> SessionState

    /// Every entry, in order.
    public private(set) var entries: [EntryDraft] = []
    /// Actions that the session refused: what a scenario does not expect to be refused must not be.
    public private(set) var refusals: [ScenarioRefusal] = []

    let scenario: Scenario
    private let storage: Storage
    private var machine: SessionMachine
    /// What the boot clock is ahead of a clock that runs through restarts.
    private var clockOffset: Duration = .zero
    private var sequence: UInt64 = 0
    private var deafUntil: Duration = .zero
    private var lastReading: Reading?
    /// By how much the devices' own clocks are set.
    private var deviceClocks: [SourceID: Double] = [:]
    private var deviceTimes: [Int: DeviceTime] = [:]

    static let start = Moment(boot: BootInstant(seconds: 1000), wall: WallInstant(nanoseconds: 1_790_000_000_000_000_000))
    static let nurse = Actor(name: "nurse", uid: 1000)

    /// Runs it to its last event.
    ///
    /// - Throws: what `storage` throws.
    public init(_ scenario: Scenario, storage: @escaping Storage = { $0 }) throws {
        self.scenario = scenario
        self.storage = storage
        (machine, entries) = SessionMachine.start(
            "s1", room: "room-1", patient: "P1", plan: scenario.plan, ranking: scenario.ranking, by: Self.nurse, at: Self.start)
        begin()
        for event in scenario.events where event.at >= deafUntil { try take(event) }
        if let last = scenario.events.last { entries += machine.advance(to: moment(max(last.at, deafUntil))) }
    }

    /// Brings the session to where the scenario begins: the phase first, since entering one may take a baseline of its own.
    private mutating func begin() {
        if let phase = scenario.phase { keep(machine.enter(phase, reason: nil, by: Self.nurse, at: Self.start), at: .zero) }
        if let baseline = scenario.baseline { entries += machine.accept(baseline, by: Self.nurse, at: Self.start) }
    }

    private func moment(_ time: Duration) -> Moment {
        Moment(boot: Self.start.boot + time + clockOffset, wall: Self.start.wall + time)
    }

    // MARK: Events

    private mutating func take(_ event: ScenarioEvent) throws {
        let now = moment(event.at)
        let nurse = Self.nurse
        sequence += 1
        switch event.kind {
        case .reading(let signal, let value, let quality, let source, let measurement, let late):
            let deviceTime = deviceTime(of: measurement, from: source, measured: event.at - late)
            receive(
                Reading(
                    source: source, signal: signal, value: value, quality: quality, received: now, deviceTime: deviceTime,
                    sequence: sequence))
        case .pause, .shelve, .unshelve, .limit, .baseline, .countersign, .withdraw, .score, .call:
            keep(act(event.kind, at: now), at: event.at)
        case .system(let fault, let isOn, let words):
            entries += machine.receive(SystemFaultChange(fault: fault, isOn: isOn, detail: words), at: now)
        case .asleep(let duration): entries += machine.receive(MonitorGap(duration: duration.inSeconds), at: now)
        case .deviceClock(let source, let seconds): deviceClocks[source, default: 0] += seconds
        case .duplicate: receiveAgain(at: event.at)
        case .phase(let phase): keep(machine.enter(phase, reason: nil, by: nurse, at: now), at: event.at)
        case .acknowledge(let episode, let note): keep(machine.acknowledge(episode, note: note, by: nurse, at: now), at: event.at)
        case .note(let text): keep(machine.write(text, by: nurse, at: now), at: event.at)
        case .end(let reason): keep(machine.enter(.closed, reason: reason, by: nurse, at: now), at: event.at)
        case .restart(let pause, let sameBoot): try restart(at: event.at, after: pause, sameBoot: sameBoot)
        case .source(let source, let state): move(source, to: state, at: now)
        case .sensor(let signal, let condition):
            let change = SignalConditionChange(source: "monitor", signal: signal, condition: condition, sequence: sequence)
            entries += machine.receive(change, at: now)
        case .cuff(let state, let failed):
            let change = CuffChange(source: "monitor", state: state, failure: failed ? "no pulse found" : nil, sequence: sequence)
            entries += machine.receive(change, at: now)
        case .until: entries += machine.advance(to: now)
        }
    }

    /// What a person does to alerts and limits.
    private mutating func act(_ kind: ScenarioEvent.Kind, at now: Moment) -> SessionMachine.Outcome {
        let nurse = Self.nurse
        return switch kind {
        case .pause(let episode, let duration): machine.pauseAudio(episode, for: duration, by: nurse, at: now)
        case .shelve(let rule, let duration, let reason): machine.shelve(rule, for: duration, reason: reason, by: nurse, at: now)
        case .unshelve(let rule): machine.unshelve(rule, by: nurse, at: now)
        case .limit(let rule, let change, let reason): machine.override(rule, change, reason: reason, by: nurse, at: now)
        case .baseline(let reason): machine.acceptBaseline(reason: reason, by: nurse, at: now)
        case .countersign(let number, let person): machine.countersign(number, by: person, at: now)
        case .withdraw(let number): machine.withdraw(number, by: nurse, at: now)
        case .score(let scale, let score): machine.score(ScaleScore(scale: scale, score: score, note: nil), by: nurse, at: now)
        case .call(let rule, let words):
            machine.call(PersonsCallChange(rule: rule, isOn: words != nil, words: words ?? ""), by: nurse, at: now)
        default: .success([])
        }
    }

    /// The device's own time of a measurement: its clock was right when the session began.
    private mutating func deviceTime(of measurement: Int?, from source: SourceID, measured: Duration) -> DeviceTime? {
        guard let measurement else { return nil }
        if let known = deviceTimes[measurement] { return known }
        let wall = Self.start.wall + measured + .nanoseconds(Int64((deviceClocks[source] ?? 0) * 1e9))
        let hundredths = Int(wall.nanoseconds / 10_000_000 % 100)
        let text = wall.utcSecondsText + (hundredths > 0 ? ".\(hundredths < 10 ? "0" : "")\(hundredths)" : "")
        deviceTimes[measurement] = DeviceTime(stored: text)
        return deviceTimes[measurement]
    }

    /// Keeps what a person's action came to.
    private mutating func keep(_ outcome: SessionMachine.Outcome, at time: Duration) {
        switch outcome {
        case .success(let drafts): entries += drafts
        case .failure(let refusal): refusals.append(ScenarioRefusal(at: time, words: refusal.description))
        }
    }

    private mutating func receive(_ reading: Reading) {
        lastReading = reading
        entries += machine.receive(reading, at: reading.received).entries
    }

    /// The last reading comes once more: received now, measured when it was.
    private mutating func receiveAgain(at time: Duration) {
        guard var reading = lastReading else {
            refusals.append(ScenarioRefusal(at: time, words: "dup: no reading came before it; write a series first"))
            return
        }
        reading.received = moment(time)
        reading.sequence = sequence
        receive(reading)
    }

    private mutating func move(_ source: SourceID, to state: SourceState, at now: Moment) {
        let signals = Set(scenario.events.compactMap { $0.measured?.source == source ? $0.measured?.signal : nil })
        let change = SourceTransition(source: source, from: .streaming, to: state, reason: "scenario", sequence: sequence)
        entries += machine.receive(change, signals: Signal.allCases.filter(signals.contains), at: now)
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
}

/// An action that was refused.
public struct ScenarioRefusal: Sendable, Hashable {
    /// When, since the start.
    public var at: Duration
    /// Why, and what to do.
    public var words: String
}
