import AlertEngine
import VitalsModel

/// One thing that came into a session from outside: what a replay is fed with.
public struct ReplayInput: Sendable, Hashable {
    /// What can come.
    public enum Kind: Sendable, Hashable {
        /// A device sent a value.
        case reading(Reading)
        /// A source that measures these signals moved.
        case source(SourceTransition, signals: [Signal])
        /// A device said something of a signal.
        case signalCondition(SignalConditionChange)
        /// A cuff began or ended a measurement.
        case cuff(CuffChange)
        /// A person changed the phase.
        case phase(PhaseChange, by: Actor)
        /// A person answered an episode.
        case acknowledgement(EpisodeID, note: String?, by: Actor)
        /// A person wrote a note.
        case note(Note, by: Actor)
        /// The session told a cuff something, or missed something of it, by itself: its timer woke it then.
        case timer
        /// A person started or stopped a cuff.
        case cuffCommand(CuffCommand, by: Actor)
        /// A person silenced the bell of an alert.
        case audioPause(EpisodeID, Duration, by: Actor)
        /// A person shelved a rule.
        case shelf(RuleID, Duration, reason: String, by: Actor)
        /// A person took a shelf back.
        case unshelf(RuleID, by: Actor)
        /// A person called an alert, or took it back.
        case call(PersonsCallChange, by: Actor)
        /// A person rated the patient.
        case score(ScaleScore, by: Actor)
        /// A person changed limits.
        case override(RuleID, RuleOverride, reason: String, by: Actor)
        /// A second person agreed.
        case countersign(Int, by: Actor)
        /// A request was taken back.
        case withdrawal(Int, by: Actor)
        /// A person accepted the baseline.
        case baseline(reason: String, by: Actor)
        /// Something was wrong with Vigil itself.
        case system(SystemFaultChange)
        /// Vigil was not running until then.
        case gap(MonitorGap)
    }

    /// When it came.
    public var at: Moment
    /// What came.
    public var kind: Kind

    /// Creates an input.
    public init(at: Moment, kind: Kind) {
        self.at = at
        self.kind = kind
    }

    /// The inputs among what is stored of one session, in the order in which they came.
    ///
    /// The order is that of the boot clock. At one instant a time in which nobody watched comes first, and devices before people, the sources by name: the words of a source
    /// as they stand in the log, each after its readings with a lower sequence, then its remaining readings by sequence. Then
    /// comes what people did, as it stands in the log.
    ///
    /// - Parameters:
    ///   - readings: the stored readings of the session, in any order.
    ///   - entries: the log of the session in its order; entries that the session itself wrote are passed over.
    ///   - signalsOf: the signals that a source is configured to measure.
    public static func inputs(
        readings: [Reading], entries: [EntryDraft], signalsOf: (SourceID) -> [Signal]
    ) -> [ReplayInput] {
        let instants = Dictionary(grouping: readings, by: \.received.boot)
        let words = entries.indices.compactMap { index in
            isPartOfNext(index, of: entries) ? nil : input(of: entries[index], signalsOf: signalsOf)
        }
        let said = Dictionary(grouping: words, by: \.at.boot)
        return Set(instants.keys).union(said.keys).sorted().flatMap { instant in
            ordered(readings: instants[instant] ?? [], said: said[instant] ?? [])
        }
    }

    /// Whether an entry is a baseline that was accepted by leaving its phase: the phase change takes it again.
    private static func isPartOfNext(_ index: Int, of entries: [EntryDraft]) -> Bool {
        guard case .baseline = entries[index].content else { return false }
        let rest = entries[(index + 1)...].prefix { $0.at.boot == entries[index].at.boot }
        return rest.contains { entry in
            guard case .phase(let change) = entry.content else { return false }
            return change.from <= .baseline && change.to > .baseline
        }
    }

    /// The inputs of one instant in their order.
    private static func ordered(readings: [Reading], said: [ReplayInput]) -> [ReplayInput] {
        let words = Dictionary(grouping: said.filter { $0.origin != nil }) { $0.origin?.source }
        let values = Dictionary(grouping: readings) { Optional($0.source) }
        let sources = Set(words.keys).union(values.keys).compactMap { $0 }.sorted()
        let fromDevices = sources.flatMap { merged(readings: values[$0] ?? [], words: words[$0] ?? []) }
        let others = said.filter { $0.origin == nil }
        // A pause of Vigil itself was over before anything could come.
        return others.filter(\.isGap) + fromDevices + others.filter { !$0.isGap }
    }

    private var isGap: Bool {
        if case .gap = kind { true } else { false }
    }

    /// What one source reported at one instant, in its order.
    private static func merged(readings: [Reading], words: [ReplayInput]) -> [ReplayInput] {
        var waiting = readings.sorted { $0.sequence < $1.sequence }[...]
        var inputs: [ReplayInput] = []
        for word in words {
            let before = waiting.prefix { $0.sequence < word.origin?.sequence ?? 0 }
            waiting = waiting.dropFirst(before.count)
            inputs += before.map { ReplayInput(at: $0.received, kind: .reading($0)) } + [word]
        }
        return inputs + waiting.map { ReplayInput(at: $0.received, kind: .reading($0)) }
    }

    /// The source of a device's word and its count there; nil for what people did.
    private var origin: (source: SourceID, sequence: UInt64)? {
        switch kind {
        case .reading(let reading): (reading.source, reading.sequence)
        case .source(let change, _): (change.source, change.sequence)
        case .signalCondition(let change): (change.source, change.sequence)
        case .cuff(let change): (change.source, change.sequence)
        case .phase, .acknowledgement, .note, .cuffCommand, .timer, .audioPause, .shelf, .unshelf, .call, .score, .override, .countersign,
            .withdrawal, .baseline, .system, .gap:
            nil
        }
    }

    /// The input that an entry tells of; nil where the session wrote it by itself, or where it does not concern the session.
    private static func input(of entry: EntryDraft, signalsOf: (SourceID) -> [Signal]) -> ReplayInput? {
        let actor = entry.actor
        let kind: Kind
        switch entry.content {
        case .source(let change): kind = .source(change, signals: signalsOf(change.source))
        case .signalCondition(let change): kind = .signalCondition(change)
        case .cuff(let change): kind = .cuff(change)
        case .phase(let change): kind = .phase(change, by: entry.actor)
        case .note(let note): kind = .note(note, by: entry.actor)
        case .alert(let transition) where transition.change == .acknowledged:
            kind = .acknowledgement(transition.episode, note: transition.detail, by: entry.actor)
        case .cuffOrder(let order): kind = entry.actor == .engine ? .timer : .cuffCommand(order.command, by: entry.actor)
        case .alert(let transition) where transition.change == .audioPaused:
            kind = .audioPause(transition.episode, .nanoseconds(Int64((transition.pause ?? 0) * 1e9)), by: actor)
        case .shelf(let shelf) where shelf.state == .shelved:
            kind = .shelf(shelf.rule, .nanoseconds(Int64((shelf.duration ?? 0) * 1e9)), reason: shelf.reason ?? "", by: actor)
        case .shelf(let shelf) where shelf.state == .lifted: kind = .unshelf(shelf.rule, by: actor)
        case .call(let call): kind = .call(call, by: actor)
        case .scale(let score): kind = .score(score, by: actor)
        // With a witness it follows from the second person's word.
        case .limit(let limits) where limits.witness == nil:
            kind = .override(limits.rule, limits.change, reason: limits.reason, by: actor)
        case .baseline(let baseline) where baseline.witness == nil: kind = .baseline(reason: baseline.reason ?? "", by: actor)
        case .pending(let request): return input(of: request, entry)
        // The session found that out by itself: when a cuff was looked at, and when it said that it is at rest.
        case .system(let change) where change.fault == .cuffStuck:
            guard change.isOn else { return nil }
            kind = .timer
        case .system(let change): kind = .system(change)
        case .monitorGap(let gap): kind = .gap(gap)
        case .alert, .shelf, .limit, .baseline, .sessionStarted, .lateReading, .deviceClock, .clockStep, .daemon, .dropped, .store:
            return nil
        }
        return ReplayInput(at: entry.at, kind: kind)
    }
}

extension ReplayInput {
    /// The input that a request tells of.
    private static func input(of request: PendingChange, _ entry: EntryDraft) -> ReplayInput? {
        switch request.state {
        case .waiting:
            guard let rule = request.rule, let change = request.change else {
                return ReplayInput(at: entry.at, kind: .baseline(reason: request.reason, by: entry.actor))
            }
            return ReplayInput(at: entry.at, kind: .override(rule, change, reason: request.reason, by: entry.actor))
        case .countersigned: return ReplayInput(at: entry.at, kind: .countersign(request.request, by: entry.actor))
        case .withdrawn: return ReplayInput(at: entry.at, kind: .withdrawal(request.request, by: entry.actor))
        case .expired: return nil
        }
    }
}

/// Why stored inputs could not be replayed.
public enum ReplayFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// The first entry is no session start.
    case notASessionStart(EntryKind)
    /// An action that was accepted then is refused now: the plan or the log is not the one of that session.
    case refused(SessionRefusal, at: Moment)

    /// What happened and what to do.
    public var description: String {
        switch self {
        case .notASessionStart(let kind): "a replay begins with the entry session_started, not with \(kind.rawValue)"
        case .refused(let refusal, let at):
            "what was accepted at boot time \(at.boot.nanoseconds) ns is refused now (\(refusal)); replay with the session's own plan text"
        }
    }
}

/// Runs a stored session again: the same inputs, the same plan, the same entries.
///
/// Equal are all entries apart from numbers, hashes and wall times (wall times are derived from the clock pair of the next input).
/// Not promised over a restart of the daemon in the middle: what was lost with it (readings of the pause, time that no timer saw) is
/// no input, and `restored` entries are not repeated. Two sources that report in the same nanosecond are taken in the order of
/// their names.
public enum SessionReplay {
    /// Replays a session.
    ///
    /// - Parameters:
    ///   - plan: the plan from the session's own text.
    ///   - ranking: for each signal the sources, the preferred one first.
    ///   - cuffs: the cuffs that could be started from outside.
    ///   - start: the entry `session_started`.
    ///   - inputs: what came in, in order; see `ReplayInput.inputs`.
    ///   - end: to which moment time goes on after the last input; nil to the last input.
    /// - Returns: the entries in the order of the log, the session start first.
    /// - Throws: `ReplayFault`.
    public static func run(
        plan: SessionPlan, ranking: [Signal: [SourceID]], cuffs: RoomCuffs = RoomCuffs(), start: EntryDraft, inputs: [ReplayInput],
        until end: Moment? = nil
    ) throws(ReplayFault) -> [EntryDraft] {
        guard case .sessionStarted(let payload) = start.content, let id = start.session, let room = start.room else {
            throw .notASessionStart(start.content.kind)
        }
        var (machine, entries) = SessionMachine.start(
            id, room: room, patient: payload.patient, plan: plan, ranking: ranking, cuffs: cuffs, by: start.actor, at: start.at)
        for input in inputs { entries += try take(input, into: &machine) }
        if let end { entries += machine.advance(to: end) }
        return entries
    }

    private static func take(_ input: ReplayInput, into machine: inout SessionMachine) throws(ReplayFault) -> [EntryDraft] {
        switch input.kind {
        case .reading(let reading): return machine.receive(reading, at: input.at).entries
        case .source(let change, let signals): return machine.receive(change, signals: signals, at: input.at)
        case .signalCondition(let change): return machine.receive(change, at: input.at)
        case .cuff(let change): return machine.receive(change, at: input.at)
        case .phase(let change, let actor):
            return try accepted(machine.enter(change.to, reason: change.reason, by: actor, at: input.at), at: input.at)
        case .acknowledgement(let episode, let note, let actor):
            return try accepted(machine.acknowledge(episode, note: note, by: actor, at: input.at), at: input.at)
        case .note(let note, let actor): return try accepted(machine.write(note.text, by: actor, at: input.at), at: input.at)
        case .timer: return machine.advance(to: input.at)
        case .system(let change): return machine.receive(change, at: input.at)
        case .gap(let gap): return machine.receive(gap, at: input.at)
        case .audioPause, .shelf, .unshelf, .call, .score, .override, .countersign, .withdrawal, .baseline:
            return try accepted(act(input, on: &machine), at: input.at)
        case .cuffCommand(let command, let actor): return try accepted(machine.command(command, by: actor, at: input.at), at: input.at)
        }
    }

    /// What people did to alerts and limits.
    private static func act(_ input: ReplayInput, on machine: inout SessionMachine) -> SessionMachine.Outcome {
        let now = input.at
        return switch input.kind {
        case .audioPause(let episode, let duration, let actor): machine.pauseAudio(episode, for: duration, by: actor, at: now)
        case .shelf(let rule, let duration, let reason, let actor):
            machine.shelve(rule, for: duration, reason: reason, by: actor, at: now)
        case .unshelf(let rule, let actor): machine.unshelve(rule, by: actor, at: now)
        case .call(let call, let actor): machine.call(call, by: actor, at: now)
        case .score(let score, let actor): machine.score(score, by: actor, at: now)
        case .override(let rule, let change, let reason, let actor):
            machine.override(rule, change, reason: reason, by: actor, at: now)
        case .countersign(let number, let actor): machine.countersign(number, by: actor, at: now)
        case .withdrawal(let number, let actor): machine.withdraw(number, by: actor, at: now)
        case .baseline(let reason, let actor): machine.acceptBaseline(reason: reason, by: actor, at: now)
        default: .success([])
        }
    }

    private static func accepted(_ outcome: SessionMachine.Outcome, at moment: Moment) throws(ReplayFault) -> [EntryDraft] {
        switch outcome {
        case .success(let entries): return entries
        case .failure(let refusal): throw .refused(refusal, at: moment)
        }
    }
}
