import AlertEngine
import ControlProtocol
import Dispatch
import Logging
import ServiceConfiguration
import SessionFlow
import SessionStore
import Locking
import VitalsModel

/// One room on its own queue: the session queue of DESIGN.md. A room holds at most one open session, so the room's queue is
/// the session's; the room's own share (last values, readings without a session) costs no further hop.
/// All `var`s belong to `queue`.
final class RoomRunner: @unchecked Sendable {
    let id: RoomID
    let configuration: RoomConfiguration
    private let queue: DispatchQueue
    private let clock: any MonitorClock
    private let recorder: Recorder
    private let faults: FaultListeners
    private let logger: Logger
    private let onReading: @Sendable (RoomID, [Reading]) -> Void
    /// The cuffs that can be started from outside, and how each is told.
    private let cuffs: RoomCuffs
    private let cuffCommands = Mutex<[SourceID: @Sendable (CuffCommand) -> Void]>([:])
    /// Bursts that wait for the queue; beyond `mostWaiting` events the readings of a burst are dropped and counted.
    private let waiting = Mutex((events: 0, dropped: 0))
    private static let mostWaiting = 100_000

    /// The open session, for those who must not wait for the queue.
    private let open = Mutex<SessionID?>(nil)
    private var machine: SessionMachine? {
        didSet { if machine?.id != oldValue?.id { open.withLock { $0 = machine?.id } } }
    }
    private var alarm: (any MonitorAlarm)?
    private var heartbeat: (any MonitorAlarm)?
    private var pressures = PressureTriple()
    private var gapWatch: GapWatch
    /// When the last pause of Vigil itself ended.
    private var gapEnd: BootInstant?
    private var failing = FailingSources()
    private var values = RoomValues()
    private var signalsOfSource: [SourceID: [Signal]]
    private var transitions: [SourceID: SourceTransition] = [:]
    private var measuring: [SourceID: CuffChange] = [:]
    private var lastEnd: BootInstant?
    private var ownEvents = 0
    private let ranking: [Signal: [SourceID]]
    private var snapshotAt = DispatchTime(uptimeNanoseconds: 0)

    init(
        _ configuration: RoomConfiguration, signals: [SourceID: [Signal]], cuffs: RoomCuffs, clock: any MonitorClock, recorder: Recorder,
        faults: FaultListeners, logger: Logger, onReading: @escaping @Sendable (RoomID, [Reading]) -> Void
    ) {
        id = configuration.id
        self.configuration = configuration
        signalsOfSource = signals
        self.cuffs = cuffs
        ranking = Dictionary(uniqueKeysWithValues: Signal.allCases.map { ($0, configuration.ranking(of: $0)) })
        self.clock = clock
        self.recorder = recorder
        self.faults = faults
        gapWatch = GapWatch(start: clock.now().boot)
        self.logger = logger
        self.onReading = onReading
        queue = DispatchQueue(label: "session.\(configuration.id)")
        queue.async {
            self.alarm = clock.makeAlarm(on: self.queue) { [weak self] in self?.alarmRang() }
            self.heartbeat = clock.makeAlarm(on: self.queue) { [weak self] in self?.beat() }
        }
    }

    // MARK: To the sources

    /// Tells how a source's cuff is commanded. To be called before the sources start.
    func connect(_ source: SourceID, command: @escaping @Sendable (CuffCommand) -> Void) {
        cuffCommands.withLock { $0[source] = command }
    }

    /// Carries out what the log is about to say: a cuff waits for no disk.
    private func carryOut(_ entries: [EntryDraft]) {
        for case .cuffOrder(let order) in entries.map(\.content) {
            for source in order.sources { cuffCommands.withLock { $0[source] }?(order.command) }
        }
    }

    // MARK: From the sources

    /// The room's open session, as of the last thing that the queue did.
    var openSession: SessionID? { open.withLock { $0 } }

    /// Takes one burst; returns at once.
    func post(_ burst: SourceBurst) {
        let accepted = waiting.withLock { waiting in
            guard waiting.events + burst.events.count <= Self.mostWaiting else {
                waiting.dropped += burst.events.count
                return false
            }
            waiting.events += burst.events.count
            return true
        }
        if accepted { queue.async { self.receive(burst) } }
    }

    /// Runs `body` when everything before it has been ruled on.
    func afterQueued(_ body: @escaping @Sendable () -> Void) { queue.async(execute: body) }

    private func receive(_ burst: SourceBurst) {
        dispatchPrecondition(condition: .onQueue(queue))
        noticeGap(at: burst.at)
        let at = afterGap(burst.at)
        var output = RoomOutput()
        let dropped = waiting.withLock { waiting in
            waiting.events -= burst.events.count
            defer { waiting.dropped = 0 }
            return waiting.dropped
        }
        if dropped > 0 { say(dropped: dropped, at: at, into: &output) }
        // The pressures of one measurement come together, and each is judged by the others before a rule sees it.
        let readings = pressures.judged(burst.events.compactMap { if case .reading(let reading) = $0 { reading } else { nil } })
        var judged = readings.makeIterator()
        for event in burst.events {
            if case .reading = event, let reading = judged.next() {
                receive(.reading(reading), at: at, into: &output)
            } else {
                receive(event, at: at, into: &output)
            }
        }
        emit(output)
        if !readings.isEmpty { onReading(id, readings) }
        armAlarm()
    }

    private func say(dropped count: Int, at now: Moment, into output: inout RoomOutput) {
        output.entries.append(ownEntry(.dropped(DroppedCount(queue: "session.\(id)", count: count)), at: now))
        let fault = SystemFaultChange(fault: .dropped, isOn: true, detail: "\(count) at session.\(id)")
        output.entries += machine?.receive(fault, at: now) ?? []
    }

    private func receive(_ event: SourceEvent, at now: Moment, into output: inout RoomOutput) {
        switch event {
        case .reading(let reading):
            values.note(reading)
            if machine != nil {
                guard let (entries, stored) = machine?.receive(reading, at: now) else { return }
                output.entries += entries
                if let stored { output.readings.append(StoredReading(room: id, session: machine?.id, reading: stored)) }
            } else if reading.value != nil {
                output.readings.append(StoredReading(room: id, session: nil, reading: reading))
            }
        case .signalCondition(let change):
            values.note(change)
            output.entries += machine?.receive(change, at: now) ?? []
        case .transition(let transition):
            transitions[transition.source] = transition
            values.note(transition)
            if transition.to == .lost || transition.to == .absent { measuring[transition.source] = nil }
            let signals = signalsOfSource[transition.source] ?? []
            output.entries += machine?.receive(transition, signals: signals, at: now) ?? [ownEntry(.source(transition), at: now)]
            if let fault = failing.note(transition, at: now.boot) { output.entries += machine?.receive(fault, at: now) ?? [] }
        case .cuff(let change):
            measuring[change.source] = change.state == .measuring ? change : nil
            output.entries += machine?.receive(change, at: now) ?? []
        }
    }

    // MARK: Time

    private func alarmRang() {
        dispatchPrecondition(condition: .onQueue(queue))
        let now = clock.now()
        noticeGap(at: now)
        if let entries = machine?.advance(to: now) { emit(RoomOutput(entries: entries)) }
        armAlarm()
    }

    /// Each second of a session.
    private func beat() {
        dispatchPrecondition(condition: .onQueue(queue))
        guard machine != nil else { return }
        let now = clock.now()
        noticeGap(at: now)
        if let fault = failing.change(at: now.boot) { emit(RoomOutput(entries: machine?.receive(fault, at: now) ?? [])) }
        heartbeat?.set(now.boot + GapWatch.beat)
        armAlarm()
    }

    /// From here on a silence of the room's own clock is a gap.
    private func beginToWatch(at now: Moment) {
        gapWatch = GapWatch(start: now.boot)
        heartbeat?.set(now.boot + GapWatch.beat)
    }

    /// Tells the session, before anything else of this moment, that nobody watched until now.
    private func noticeGap(at now: Moment) {
        guard machine != nil, let gap = gapWatch.gap(at: now.boot) else { return }
        logger.warning("room \(id): nobody watched for \(gap.duration.shortText) s")
        gapEnd = now.boot
        emit(RoomOutput(entries: machine?.receive(gap, at: now) ?? []))
    }

    /// What was read before the end of a pause, and waited in a queue, comes into the log at its end: time does not go back there.
    private func afterGap(_ moment: Moment) -> Moment {
        gapEnd.map { moment.boot < $0 ? moment.moved(to: $0) : moment } ?? moment
    }

    // MARK: Vigil itself

    /// Something went wrong with Vigil itself, or is over; returns at once.
    func post(_ fault: SystemFaultChange) {
        queue.async {
            let now = self.clock.now()
            self.noticeGap(at: now)
            guard let entries = self.machine?.receive(fault, at: now) else { return }
            self.emit(RoomOutput(entries: entries))
            self.armAlarm()
        }
    }

    /// A fault that was there when the daemon ended is over, unless it is there now.
    private func endPastFaults(of machine: inout SessionMachine, at now: Moment) -> [EntryDraft] {
        let standing = faults.standing.map(\.fault)
        return machine.standingFaults.filter { $0 != .cuffStuck && !standing.contains($0) }.flatMap { fault in
            machine.receive(SystemFaultChange(fault: fault, isOn: false, detail: "vigild was started again"), at: now)
        }
    }

    private func armAlarm() { alarm?.set(machine?.nextDeadline()) }

    // MARK: To the store and the followers

    private func emit(_ output: RoomOutput, sessions: [SessionRecord] = [], then: (@Sendable (ActionResult) -> Void)? = nil) {
        dispatchPrecondition(condition: .onQueue(queue))
        carryOut(output.entries)
        var batch = StoreBatch(sessions: sessions, takeovers: output.takeovers, readings: output.readings, entries: output.entries)
        if output.entries.isEmpty, then == nil {
            if isSnapshotDue, let snapshot = snapshot() { batch.snapshots = [snapshot] }
            if !batch.readings.isEmpty || !batch.snapshots.isEmpty { recorder.keep(batch) }
            return
        }
        if let snapshot = snapshot() { batch.snapshots = [snapshot] }
        batch.closes = output.closes
        recorder.record(batch, then: then)
    }

    /// Between entries, unconfirmed breaches and running delays are written once a second of machine time.
    private var isSnapshotDue: Bool {
        guard machine?.isBusy == true else { return false }
        let now = DispatchTime.now()
        guard now.uptimeNanoseconds &- snapshotAt.uptimeNanoseconds > 1_000_000_000 else { return false }
        return true
    }

    private func snapshot() -> SessionSnapshot? {
        guard let machine else { return nil }
        snapshotAt = .now()
        do {
            var state = machine.state(at: clock.now())
            state.bootID = clock.bootID
            return SessionSnapshot(session: machine.id, state: try ControlJSON.encode(state))
        } catch {
            logger.error("session \(machine.id): its state cannot be written, a restart would lose it: \(error)")
            return nil
        }
    }

    private func ownEntry(_ content: EntryContent, at now: Moment) -> EntryDraft {
        ownEvents += 1
        let event = EventID("\(id)@\(clock.bootID.prefix(8))-\(now.boot.nanoseconds)-\(ownEvents)")
        return EntryDraft(event: event, session: nil, room: id, at: now, actor: .engine, content: content)
    }

    // MARK: People

    /// Opens a session in this room.
    func start(_ id: SessionID, ordinal: Int, _ request: StartSession, plan: SessionPlan, by actor: Actor) async throws -> SessionSummary {
        try await onQueue { answer in
            if let machine = self.machine {
                throw ErrorBody(
                    code: "room_busy", error: "room \(self.id) holds session \(machine.id)",
                    expected: "end it first: vigil session end \(machine.id)")
            }
            let now = self.clock.now()
            var (machine, entries) = SessionMachine.start(
                id, room: self.id, patient: request.patient, plan: plan, ranking: self.ranking, cuffs: self.cuffs, by: actor, at: now)
            entries += self.present(to: &machine, at: now)
            self.machine = machine
            self.logger.notice("session \(id) started in room \(self.id)")
            let record = SessionRecord(
                id: id, ordinal: ordinal, room: self.id, plan: plan.id, planHash: plan.hash, planText: plan.text, patient: request.patient,
                startedBoot: self.clock.bootID, started: now, phase: machine.phase)
            let summary = self.summary(of: machine.state(at: now))
            let takeovers = self.takeover(request, session: id, at: now)
            self.emit(RoomOutput(entries: entries, takeovers: takeovers), sessions: [record]) { _ in answer(summary) }
            self.beginToWatch(at: now)
            self.armAlarm()
        }
    }

    /// The last minutes of the room's own readings, but none from before its last session ended.
    private func takeover(_ request: StartSession, session: SessionID, at now: Moment) -> [ReadingTakeover] {
        let minutes = min(max(request.takeOverMinutes ?? 0, 0), 10)
        guard minutes > 0 else { return [] }
        let wanted = now.boot - .seconds(minutes * 60)
        return [ReadingTakeover(room: self.id, session: session, since: lastEnd.map { max($0, wanted) } ?? wanted)]
    }

    /// Tells a new session what the devices have said so far.
    private func present(to machine: inout SessionMachine, at now: Moment) -> [EntryDraft] {
        var entries = (faults.standing + [failing.standing].compactMap { $0 }).flatMap { machine.receive($0, at: now) }
        for (source, transition) in transitions.sorted(by: { $0.key < $1.key }) {
            entries += machine.receive(transition, signals: signalsOfSource[source] ?? [], at: now)
            for change in values.conditions(of: source) { entries += machine.receive(change, at: now) }
            if let change = measuring[source] { entries += machine.receive(change, at: now) }
        }
        return entries
    }

    /// Takes up a stored session after a restart. To be called before the sources start.
    func restore(_ state: SessionState, plan: SessionPlan, sameBoot: Bool) {
        queue.async {
            let now = self.clock.now()
            var (machine, entries) = SessionMachine.restore(
                state, plan: plan, ranking: self.ranking, cuffs: self.cuffs, sameBoot: sameBoot, at: now)
            entries += self.endPastFaults(of: &machine, at: now)
            self.machine = machine
            self.beginToWatch(at: now)
            self.emit(RoomOutput(entries: entries))
            self.armAlarm()
        }
    }

    /// Lets a person act on the open session; nil when it is not here.
    func act(
        on session: SessionID, _ body: @escaping @Sendable (inout SessionMachine, Moment) -> SessionMachine.Outcome
    ) async throws -> ActionResult? {
        try await onQueue { answer in
            let now = self.clock.now()
            self.noticeGap(at: now)
            guard self.machine?.id == session, var machine = self.machine else { return answer(nil) }
            switch body(&machine, now) {
            case .failure(let refusal):
                throw ErrorBody(code: "refused", error: refusal.description, expected: "")
            case .success(let entries):
                self.machine = machine
                let closes = machine.phase.isOpen ? [] : [SessionClose(session: session, phase: machine.phase, at: now)]
                let record = self.phaseRecord(machine, at: now)
                self.emit(RoomOutput(entries: entries, closes: closes), sessions: record) { answer($0) }
                if !machine.phase.isOpen {
                    self.machine = nil
                    self.lastEnd = now.boot
                    self.logger.notice("session \(session) is \(machine.phase.rawValue)")
                }
                self.armAlarm()
            }
        }
    }

    private func phaseRecord(_ machine: SessionMachine, at now: Moment) -> [SessionRecord] {
        guard machine.phase.isOpen else { return [] }
        let state = machine.record
        return [
            SessionRecord(
                id: state.id, ordinal: Int(state.id.rawValue.dropFirst()) ?? 0, room: id, plan: machine.plan.id,
                planHash: machine.plan.hash, planText: machine.plan.text, patient: state.patient, startedBoot: clock.bootID,
                started: state.started, phase: machine.phase)
        ]
    }

    // MARK: State

    /// The room as it is now; the sources' counters are added by the caller.
    func state() async throws -> RoomState {
        try await onQueue { answer in
            let now = self.clock.now()
            answer(
                RoomState(
                    room: self.id, sources: [], values: self.values.current(at: now.boot),
                    session: self.machine.map { self.detail($0, at: now) }))
        }
    }

    private func detail(_ machine: SessionMachine, at now: Moment) -> SessionDetail {
        let record = machine.record
        return SessionDetail(
            summary: summary(of: machine.state(at: now)), sinceFirstDose: record.firstDose.map { (now.wall - $0.wall).inSeconds },
            baseline: machine.alerts.state.baseline, episodes: machine.alerts.openEpisodes(at: now.boot),
            notEvaluable: machine.alerts.notEvaluable(at: now.boot),
            cuffDue: machine.isCuffStopped ? nil : machine.alerts.cuffDue(at: now.boot).map { ($0 - now.boot).inSeconds },
            isCuffStopped: machine.isCuffStopped, shelves: machine.standingShelves(at: now.boot), limits: machine.standingLimits,
            requests: machine.standingRequests(at: now.boot))
    }

    private func summary(of state: SessionState) -> SessionSummary {
        SessionSummary(
            session: state.id, room: id, patient: state.patient, plan: machine?.plan.id ?? "", phase: state.phase,
            startedAt: state.started.wall.utcText, endedAt: state.ended?.wall.utcText)
    }

    /// Runs `body` on the queue; it calls `answer` once, now or when the store has answered, or throws.
    private func onQueue<Answer: Sendable>(
        _ body: @escaping @Sendable (@escaping @Sendable (Answer) -> Void) throws -> Void
    ) async throws -> Answer {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                do {
                    try body { continuation.resume(returning: $0) }
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }
}

/// What one step of a room gives to the store.
struct RoomOutput: Sendable {
    var entries: [EntryDraft] = []
    var readings: [StoredReading] = []
    var takeovers: [ReadingTakeover] = []
    var closes: [SessionClose] = []
}
