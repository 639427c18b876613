import AlertEngine
import VitalsModel

/// One session: readings, device words and people's actions in; entries out. Pure and deterministic; time is a parameter.
public struct SessionMachine: Sendable {
    /// The plan that rules it.
    public let plan: SessionPlan
    var engine: AlertEngine
    var kept: SessionState
    /// The cuffs that can be started from outside.
    let cuffs: RoomCuffs

    /// What a person's action came to.
    public typealias Outcome = Result<[EntryDraft], SessionRefusal>

    /// Opens a session. The answer holds its first entry.
    ///
    /// - Parameters:
    ///   - ranking: for each signal the sources, the preferred one first.
    ///   - cuffs: the cuffs that can be started from outside.
    public static func start(
        _ id: SessionID, room: RoomID, patient: String, plan: SessionPlan, ranking: [Signal: [SourceID]], cuffs: RoomCuffs = RoomCuffs(),
        by actor: Actor, at now: Moment
    ) -> (machine: SessionMachine, entries: [EntryDraft]) {
        let phase = plan.phases.first ?? .checkin
        let engine = AlertEngine(session: id, phase: phase, terms: Self.terms(plan, ranking, cuffs), at: now.boot)
        let state = SessionState(id: id, room: room, patient: patient, started: now, engine: engine.state, savedAt: now)
        var machine = SessionMachine(plan: plan, engine: engine, kept: state, cuffs: cuffs)
        if phase == .dosing {
            // A plan without the phases before it: the session begins with the first dose.
            machine.kept.firstDose = now
            _ = machine.engine.note(.firstDose, at: now.boot)
        }
        let start = SessionStart(patient: patient, plan: plan.id, planHash: plan.hash)
        // Before the machine is handed out, so that it has counted this entry: the next one must not bear the same event id.
        let first = machine.entry(.sessionStarted(start), by: actor, at: now)
        return (machine, [first])
    }

    /// Takes up a stored session after a restart (alarms.md, transition 24). The answer says each open episode once.
    public static func restore(
        _ state: SessionState, plan: SessionPlan, ranking: [Signal: [SourceID]], cuffs: RoomCuffs = RoomCuffs(), sameBoot: Bool,
        at now: Moment
    ) -> (machine: SessionMachine, entries: [EntryDraft]) {
        // Another boot has another clock: wall time is the only bridge between the two.
        let sinceSaved = max(.zero, now.wall - state.savedAt.wall)
        let offset: Duration = sameBoot ? .zero : (now.boot - sinceSaved) - state.savedAt.boot
        var kept = state
        kept.collector.shift(by: offset)
        kept.plausibility.shift(by: offset)
        kept.deviceClock.shift(by: offset)
        for index in kept.requests.indices { kept.requests[index].at = kept.requests[index].at + offset }
        kept.cuffDriver.restore(offset: offset, at: now.boot)
        kept.cuffStops.restore()
        for id in kept.sources.keys { kept.sources[id]?.state = .absent }
        var machine = SessionMachine(
            plan: plan, engine: AlertEngine(terms: Self.terms(plan, ranking, cuffs), state: state.engine), kept: kept, cuffs: cuffs)
        let transitions = machine.engine.restore(savedAt: state.savedAt.boot, offset: offset, now: now.boot)
        return (machine, machine.entries(transitions, at: now))
    }

    private init(plan: SessionPlan, engine: AlertEngine, kept: SessionState, cuffs: RoomCuffs) {
        self.plan = plan
        self.engine = engine
        self.kept = kept
        self.cuffs = cuffs
    }

    private static func terms(_ plan: SessionPlan, _ ranking: [Signal: [SourceID]], _ cuffs: RoomCuffs) -> AlertEngine.Terms {
        // Masked is what no other source of the room could give.
        let masked = ranking.filter { !$0.value.isEmpty && $0.value.allSatisfy(cuffs.sameArm.contains) }.keys
        return AlertEngine.Terms(
            rules: plan.rules, schedule: plan.cuff, response: plan.response,
            periods: Dictionary(plan.expected.map { ($0.signal, $0.period) }, uniquingKeysWith: { first, _ in first }), ranking: ranking,
            filters: plan.filters, masked: cuffs.sameArm.isEmpty ? [] : Set(masked).intersection(Self.pulseSignals))
    }

    /// What an oximeter loses when a cuff takes the pulse away.
    private static let pulseSignals: Set<Signal> = [.spo2, .pulseRate, .perfusionIndex]

    // MARK: State

    /// What a restart needs, as of `now`.
    public func state(at now: Moment) -> SessionState {
        var state = kept
        state.engine = engine.state
        state.savedAt = now
        return state
    }

    /// The session's name.
    public var id: SessionID { kept.id }
    /// Its room.
    public var room: RoomID { kept.room }
    /// The phase.
    public var phase: SessionPhase { engine.state.phase }
    /// Whether something is under way that a restart must not lose.
    public var isBusy: Bool { engine.isBusy || phase < .dosing }
    /// What the session keeps; the engine's part may be older than `state(at:)`.
    public var record: SessionState { kept }
    /// Whether a person has stopped the automatic cuff measurements.
    public var isCuffStopped: Bool { kept.cuffDriver.isSuspended }
    /// The engine, to look at.
    public var alerts: AlertEngine { engine }

    /// When `advance` has something to do; nil never.
    public mutating func nextDeadline() -> BootInstant? {
        guard phase.isOpen else { return nil }
        return [engine.nextDeadline(), cuffDeadline, cuffStopDeadline, requestDeadline].compactMap { $0 }.min()
    }

    // MARK: Devices

    /// Takes one reading. The answer also says how the reading is to be stored: nil is not (a resend, or no value).
    public mutating func receive(_ reading: Reading, at now: Moment) -> (entries: [EntryDraft], stored: Reading?) {
        guard phase.isOpen, !isResend(reading) else { return ([], nil) }
        var reading = reading
        // What waited in a queue while time went on counts, and is stored, as of now: a replay must find it there.
        if reading.received.boot < engine.state.evaluated { reading.received = reading.received.moved(to: engine.state.evaluated) }
        let stored = reading.value == nil ? nil : reading
        var before = cuffs.isEmpty && kept.requests.isEmpty ? [] : advance(to: now)
        if reading.signal.cadence == .intermittent {
            let (drafts, isLate) = checkTime(of: reading, at: now)
            before += drafts
            if isLate { return (before, stored) }
        }
        let (judged, doubt) = judge(reading, at: now)
        kept.collector.keep(judged, method: plan.baseline)
        let drafts = before + entries(engine.receive(judged, doubt: doubt), at: now)
        if judged.signal.cadence == .intermittent { repeatCuff(after: judged) }
        return (drafts, judged.value == nil ? nil : judged)
    }

    /// The reading with the quality that it deserves.
    private mutating func judge(_ reading: Reading, at now: Moment) -> (reading: Reading, doubt: ReadingDoubt) {
        var (judged, doubt) = kept.plausibility.judged(reading)
        if judged.quality == .valid, isPulseTaken(from: judged, at: now.boot) { judged.quality = .suspect }
        if judged.quality == .suspect, reading.quality == .valid { kept.implausible += 1 }
        return (judged, doubt)
    }

    /// Whether a cuff on the same arm takes the pulse away from the clip; not for longer than a monitor would let it
    /// (`MissingRule.longestMask`).
    private func isPulseTaken(from reading: Reading, at now: BootInstant) -> Bool {
        guard cuffs.sameArm.contains(reading.source), Self.pulseSignals.contains(reading.signal) else { return false }
        return kept.cuffDriver.measuring.values.contains { now - $0 < MissingRule.longestMask }
    }

    /// A value beyond a limit asks for another measurement soon, and so does one that is doubted only because it lies there.
    private mutating func repeatCuff(after reading: Reading) {
        let now = engine.state.evaluated
        let isDoubted =
            reading.quality == .suspect && reading.value.map { !engine.rulesBeyond($0, of: reading.signal, at: now).isEmpty } ?? false
        guard engine.wantsCuffRepeat || isDoubted else { return }
        kept.cuffDriver.valueIsBeyondLimit(at: now, repeatAfter: engine.cuffRepeatAfter)
    }

    /// Holds a cuff value's own time against ours. A late one is written down with what it would have raised, and decides nothing.
    private mutating func checkTime(of reading: Reading, at now: Moment) -> (entries: [EntryDraft], isLate: Bool) {
        switch kept.deviceClock.verdict(on: reading, at: now.boot) {
        case .live: return ([], false)
        case .stepped(let seconds):
            return ([entry(.deviceClock(DeviceClockStep(source: reading.source, step: seconds)), by: .engine, at: now)], false)
        case .late(let age):
            guard let value = reading.value, reading.quality == .valid else { return ([], true) }
            let beyond = engine.rulesBeyond(value, of: reading.signal, at: now.boot)
            let isUrgent = age < Self.lateButUrgent && beyond.contains { !$0.condition.canBeShelved || $0.priority == .high }
            let late = LateReading(
                source: reading.source, signal: reading.signal, value: value, age: age,
                isBackfill: kept.lastLate == now.boot, rules: beyond.map(\.id), announced: isUrgent, sequence: reading.sequence)
            kept.lastLate = now.boot
            return ([entry(.lateReading(late), by: .engine, at: now)], true)
        }
    }

    /// A late value that is graver than a limit of high priority is told when it is younger than this, seconds (alarms.md section 6).
    private static let lateButUrgent = 120.0

    /// A device said something of a signal.
    public mutating func receive(_ change: SignalConditionChange, at now: Moment) -> [EntryDraft] {
        // Every signal measures until a device says otherwise; only what changes is worth a line.
        let key = "\(change.source) \(change.signal.rawValue)"
        guard phase.isOpen, kept.conditions[key, default: .measuring] != change.condition else { return [] }
        kept.conditions[key] = change.condition
        let before = advance(to: now) + entries(engine.receive(change.condition, of: change.signal, at: now.boot), at: now)
        return before + [entry(.signalCondition(change), by: .engine, at: now)]
    }

    /// A source that measures `signals` moved.
    public mutating func receive(_ change: SourceTransition, signals: [Signal], at now: Moment) -> [EntryDraft] {
        guard phase.isOpen else { return [] }
        var drafts = advance(to: now)
        kept.sources[change.source] = SourceStanding(signals: signals, state: change.to)
        if change.to == .lost || change.to == .absent {
            drafts += entries(engine.lose(change.source, at: now.boot), at: now)
            kept.cuffDriver.lose(change.source, at: now.boot)
        }
        for signal in signals {
            let states = kept.sources.values.filter { $0.signals.contains(signal) }.map(\.state)
            let best: SourceState = states.contains { $0 != .lost && $0 != .absent } ? .streaming : change.to
            drafts += entries(engine.receive(best, of: [signal], at: now.boot), at: now)
        }
        return drafts + [entry(.source(change), by: .engine, at: now)]
    }

    /// A cuff began or ended a measurement.
    public mutating func receive(_ change: CuffChange, at now: Moment) -> [EntryDraft] {
        guard phase.isOpen else { return [] }
        let before = advance(to: now)
        var said = [entry(.cuff(change), by: .engine, at: now)]
        switch change.state {
        case .measuring:
            kept.cuffDriver.begin(change.source, at: now.boot)
            kept.deviceClock.begin(change.source, at: now.boot)
        case .idle:
            kept.cuffDriver.end(change.source, failed: change.failure != nil, at: now.boot)
            said += endCuffStop(change.source, at: now)
        }
        return before + said
            + entries(engine.receive(change.state, failed: change.state == .idle && change.failure != nil, at: now.boot), at: now)
    }

    /// Time has passed.
    public mutating func advance(to now: Moment) -> [EntryDraft] {
        guard phase.isOpen else { return [] }
        var drafts: [EntryDraft] = []
        // What falls due before `now` happens in the order of its time, each at its own time.
        while let due = [cuffDeadline, cuffStopDeadline, requestDeadline].compactMap({ $0 }).min(), due <= now.boot {
            // After a pause of the machine nothing is done as if it had been done in time: a start that was due an hour ago is one
            // start now.
            let onTime = max(due, engine.state.evaluated)
            let instant = due != requestDeadline && now.boot - onTime > Self.lateness ? now.boot : onTime
            drafts += entries(engine.advance(to: instant), at: now)
            drafts += expireRequests(at: now.moved(to: instant))
            drafts += lookAtCuffStops(at: now.moved(to: instant))
            for var order in kept.cuffDriver.advance(to: instant, cuffTerms) {
                order.sources.removeAll { !cuffs.driven.contains($0) }
                if !order.sources.isEmpty { drafts.append(tell(order, by: .engine, at: now.moved(to: instant))) }
            }
        }
        return drafts + entries(engine.advance(to: now.boot), at: now)
    }

    // MARK: Cuffs that can be started

    /// How late a cuff may be told and still count as told in time.
    private static let lateness: Duration = .seconds(5)

    private var cuffDeadline: BootInstant? { cuffs.isEmpty ? nil : kept.cuffDriver.deadline(cuffTerms) }

    private var cuffTerms: CuffDriver.Terms {
        CuffDriver.Terms(
            interval: engine.cuffInterval(at: engine.state.evaluated), phaseEntered: engine.state.phaseEntered,
            lastMeasured: engine.state.cuff.lastMeasured, repeatAfter: engine.cuffRepeatAfter,
            ready: cuffs.driven.filter(answers))
    }

    private func answers(_ source: SourceID) -> Bool { kept.sources[source]?.state == .streaming }

    /// A person starts a measurement, or stops it and the automatic ones.
    public mutating func command(_ command: CuffCommand, by actor: Actor, at now: Moment) -> Outcome {
        guard phase.isOpen else { return .failure(.sessionIsOver(id, phase)) }
        guard !cuffs.isEmpty else { return .failure(.noCuffToStart) }
        var acting = self
        var drafts = acting.advance(to: now)
        switch command {
        case .start:
            do throws(SessionRefusal) { drafts.append(try acting.startCuff(by: actor, at: now)) } catch { return .failure(error) }
        case .abort:
            let unstoppable = acting.kept.cuffDriver.measuring.keys.filter(cuffs.startOnly.contains).sorted()
            if let first = unstoppable.first, cuffs.driven.isEmpty { return .failure(.cuffTakesNoAbort(first)) }
            let hoses = unstoppable.map { "; \(SessionRefusal.cuffTakesNoAbort($0))" }.joined()
            drafts.append(acting.stopCuffs("asked for; no automatic measurement until the next start\(hoses)", by: actor, at: now))
        }
        // Only now, so that a refusal leaves no trace: the entries of `advance` would be lost with it.
        self = acting
        return .success(drafts)
    }

    private mutating func startCuff(by actor: Actor, at now: Moment) throws(SessionRefusal) -> EntryDraft {
        if let source = kept.cuffDriver.measuring.keys.min() ?? kept.cuffDriver.pending?.source { throw .cuffIsMeasuring(source) }
        guard let source = cuffs.all.first(where: answers) else { throw .cuffNotReady(cuffs.all) }
        kept.cuffDriver.start(source, at: now.boot)
        return tell(CuffOrder(command: .start, sources: [source], reason: "asked for"), by: actor, at: now)
    }

    private mutating func stopCuffs(_ reason: String, by actor: Actor, at now: Moment) -> EntryDraft {
        let running = kept.cuffDriver.stop().filter(cuffs.driven.contains)
        return tell(CuffOrder(command: .abort, sources: running, reason: reason), by: actor, at: now)
    }

    /// The entry by which cuffs are told something.
    private mutating func tell(_ order: CuffOrder, by actor: Actor, at now: Moment) -> EntryDraft {
        switch order.command {
        case .start: for source in order.sources { kept.cuffStops.start(source) }
        case .abort: kept.cuffStops.tell(order.sources, at: now.boot)
        }
        return entry(.cuffOrder(order), by: actor, at: now)
    }

    /// A cuff value that the source sends again is not a new measurement: it neither confirms nor refreshes.
    /// A measurement that gave no value is none, and the value that may follow under the same time counts.
    private mutating func isResend(_ reading: Reading) -> Bool {
        guard reading.signal.cadence == .intermittent, reading.value != nil, let time = reading.deviceTime else { return false }
        let key = "\(reading.source) \(reading.signal.rawValue)"
        guard kept.lastMeasured[key] != time else {
            kept.duplicates += 1
            return true
        }
        kept.lastMeasured[key] = time
        return false
    }

    // MARK: People

    /// Changes the phase, also to `closed` and `aborted`.
    public mutating func enter(_ next: SessionPhase, reason: String?, by actor: Actor, at now: Moment) -> Outcome {
        // What is open is counted as of now, and a refusal leaves no trace: entries of `advance` would be lost with it.
        var advanced = self
        var drafts = advanced.advance(to: now)
        if let refusal = PhaseFlow.refusal(from: phase, to: next, reason: reason, plan: plan, openAlerts: advanced.openEpisodeCount) {
            return .failure(refusal)
        }
        self = advanced
        let from = phase
        // Who leads the session out of the baseline accepts what nobody has accepted before.
        if from <= .baseline, next > .baseline, next.isOpen { drafts += takeBaseline(by: actor, at: now) }
        if next == .dosing, kept.firstDose == nil {
            kept.firstDose = now
            drafts += entries(engine.note(.firstDose, at: now.boot), at: now)
        }
        drafts.append(entry(.phase(PhaseChange(from: from, to: next, reason: reason)), by: actor, at: now))
        if next.isOpen {
            drafts += entries(engine.enter(next, at: now.boot), at: now)
        } else {
            if kept.cuffDriver.isBusy, !cuffs.isEmpty { drafts.append(stopCuffs("the session ends", by: .engine, at: now)) }
            drafts += entries(engine.endSession(at: now.boot), at: now, by: actor)
            _ = engine.enter(next, at: now.boot)
            kept.ended = now
        }
        return .success(drafts)
    }

    mutating func takeBaseline(by actor: Actor, at now: Moment) -> [EntryDraft] {
        let found = kept.collector.baseline(of: plan.baselineSignals, method: plan.baseline, at: now.boot)
        guard let accepted = engine.state.baseline else { return accept(found, by: actor, at: now) }
        let whole = accepted.filled(from: found)
        return whole.values.count > accepted.values.count ? accept(whole, by: actor, at: now) : []
    }

    /// Takes a baseline that was not measured in this session.
    public mutating func accept(_ baseline: Baseline, by actor: Actor, at now: Moment) -> [EntryDraft] {
        guard phase.isOpen else { return [] }
        let drafts = advance(to: now) + [entry(.baseline(baseline), by: actor, at: now)]
        return drafts + entries(engine.accept(baseline, at: now.boot), at: now)
    }

    /// Answers one episode, or all of low and medium priority.
    public mutating func acknowledge(_ episode: EpisodeID?, note: String?, by actor: Actor, at now: Moment) -> Outcome {
        guard phase.isOpen else { return .failure(.sessionIsOver(id, phase)) }
        var acting = self
        var drafts = acting.advance(to: now)
        let open = acting.engine.openEpisodes(at: now.boot)
        let chosen =
            episode.map { [$0] } ?? open.filter { $0.announced && $0.priority < .high && $0.handling != .acknowledged }.map(\.episode)
        for id in chosen {
            do throws(EngineRefusal) {
                drafts += acting.entries(try acting.engine.acknowledge(id, note: note, at: now.boot), at: now, by: actor)
            } catch {
                return .failure(.engine(error))
            }
        }
        // Only now, so that a refusal leaves no trace: the entries so far would be lost with it.
        self = acting
        return .success(drafts)
    }

    /// Writes a note; also on a closed session.
    public mutating func write(_ text: String, by actor: Actor, at now: Moment) -> Outcome {
        guard (1...4000).contains(text.count) else { return .failure(.noteLength(text.count)) }
        return .success(advance(to: now) + [entry(.note(Note(text: text)), by: actor, at: now)])
    }

    private var openEpisodeCount: Int { engine.state.machines.lazy.filter(\.isOpen).count }

    // MARK: Entries

    mutating func entry(_ content: EntryContent, by actor: Actor, at now: Moment) -> EntryDraft {
        kept.eventCount += 1
        return EntryDraft(event: EventID("\(id)!\(kept.eventCount)"), session: id, room: room, at: now, actor: actor, content: content)
    }

    /// The entries of what the engine did, in the order of time.
    mutating func entries(_ transitions: [TimedTransition], at now: Moment, by actor: Actor = .engine) -> [EntryDraft] {
        let ends = engine.takeEndedShelves()
        guard !ends.isEmpty else { return transitions.map { draft($0, at: now, by: actor) } }
        var drafts: [EntryDraft] = []
        var rest = transitions[...]
        for end in ends {
            // The shelf ends, and then its rule speaks.
            let earlier = rest.prefix { $0.came(before: end) }
            rest = rest.dropFirst(earlier.count)
            drafts += earlier.map { draft($0, at: now, by: actor) }
            drafts.append(entry(.shelf(ShelfChange(rule: end.rule, state: end.state)), by: .engine, at: now.moved(to: end.at)))
        }
        return drafts + rest.map { draft($0, at: now, by: actor) }
    }

    private func draft(_ timed: TimedTransition, at now: Moment, by actor: Actor) -> EntryDraft {
        let transition = timed.transition
        let isAnswer = transition.change == .acknowledged || transition.change == .audioPaused
        let isActed = isAnswer || (actor != .engine && transition.change == .closed)
        return EntryDraft(
            event: EventID("\(transition.episode)#\(transition.transition)"), session: id, room: room, at: now.moved(to: timed.at),
            actor: isActed ? actor : .engine, content: .alert(transition))
    }
}
