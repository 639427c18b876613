import AlertEngine
import VitalsModel

/// Runs a plan over a session of the record, as it would have run live: the same `SessionMachine`, the session's own readings,
/// phases and device states, but the alerts of another plan.
///
/// People's answers (acknowledgements, shelves, changed limits) are left out, since they answered other alerts: nobody acknowledges, nothing is repeated and nothing rises, as in
/// `PlanBacktest`; an episode that waits to be seen is seen at once. Cuffs are not told anything: they measured when they measured.
/// The baseline is taken anew by the plan's method from the same readings at the same moment, which gives the recorded one where the
/// method is the same.
public struct SessionBacktest {
    /// What one session came to.
    public struct Outcome: Sendable {
        /// The episodes in the order in which they were raised, in seconds since the start of the session.
        public var episodes: [PlanBacktest.Episode]
        /// The sum of this session alone.
        public var summary: PlanBacktest.Summary
        /// What of the session the plan does not take, in words: phases that it does not have, calls that it has no rule for.
        public var departures: [String]
    }

    private var machine: SessionMachine
    private var log: EpisodeLog
    private var summary = PlanBacktest.Summary()
    private var departures: [String] = []
    private let start: Moment
    private var last: Moment

    /// Runs a session.
    ///
    /// - Parameters:
    ///   - plan: the plan to try.
    ///   - noData: whether rules on missing data run.
    ///   - start: the entry `session_started`.
    ///   - inputs: what came in, in order; see `ReplayInput.inputs`. Answers, changes of limits, notes and orders to cuffs among it
    ///     are passed over.
    /// - Throws: `ReplayFault`, when `start` is no session start.
    public static func run(
        plan: SessionPlan, noData: Bool = true, start: EntryDraft, inputs: [ReplayInput]
    ) throws(ReplayFault) -> Outcome {
        guard case .sessionStarted(let payload) = start.content, let id = start.session, let room = start.room else {
            throw .notASessionStart(start.content.kind)
        }
        var plan = plan
        plan.response = ResponseTimes(hold: plan.response.hold, reminder: [:], escalation: [:])
        if !noData { plan.rules.removeAll { $0.condition.side == nil } }
        let begun = SessionMachine.start(
            id, room: room, patient: payload.patient, plan: plan, ranking: [:], by: start.actor, at: start.at)
        var run = SessionBacktest(machine: begun.machine, start: start.at)
        for input in inputs { run.take(input) }
        return run.outcome
    }

    private init(machine: SessionMachine, start: Moment) {
        self.machine = machine
        self.start = start
        last = start
        log = EpisodeLog(zero: start.boot, firstTime: 0)
    }

    private var outcome: Outcome {
        var summary = summary
        let engine = machine.alerts
        let episodes = log.finished(by: engine)
        summary.files = 1
        summary.end = (last.boot - start.boot).inSeconds
        summary.hours = summary.end / 3600
        summary.fleeting = engine.fleeting
        for episode in episodes { summary.byPriority[episode.priority, default: 0] += 1 }
        return Outcome(episodes: episodes, summary: summary, departures: departures)
    }

    private mutating func take(_ input: ReplayInput) {
        guard machine.phase.isOpen else { return }
        if input.at.boot > last.boot { last = input.at }
        switch input.kind {
        case .reading(let reading): take(reading, at: input.at)
        case .source(let change, let signals): note(machine.receive(change, signals: signals, at: input.at))
        case .signalCondition(let change): note(machine.receive(change, at: input.at))
        case .cuff(let change): note(machine.receive(change, at: input.at))
        case .phase(let change, let actor): enter(change, by: actor, at: input.at)
        case .system(let change): note(machine.receive(change, at: input.at))
        case .gap(let gap): note(machine.receive(gap, at: input.at))
        case .call, .score, .baseline, .countersign: observe(input)
        case .acknowledgement, .note, .timer, .cuffCommand, .audioPause, .shelf, .unshelf, .override, .withdrawal: break
        }
    }

    /// What people saw of the patient, and the baseline that they accepted.
    private mutating func observe(_ input: ReplayInput) {
        let outcome: SessionMachine.Outcome
        switch input.kind {
        case .call(let call, let actor): outcome = machine.call(call, by: actor, at: input.at)
        case .score(let score, let actor): outcome = machine.score(score, by: actor, at: input.at)
        case .baseline(let reason, let actor): outcome = machine.acceptBaseline(reason: reason, by: actor, at: input.at)
        case .countersign(_, let actor):
            // Changes of limits are left out, so the only request that can wait here is one for a baseline, whatever its number was.
            guard let waiting = machine.record.requests.last?.number else { return }
            outcome = machine.countersign(waiting, by: actor, at: input.at)
        default: return
        }
        note(outcome, of: "what people observed", at: input.at)
    }

    private mutating func note(_ outcome: SessionMachine.Outcome, of what: String, at moment: Moment) {
        switch outcome {
        case .success(let entries): note(entries)
        case .failure(.alreadyThere): break
        case .failure(let refusal): departures.append("\((moment.boot - start.boot).inSeconds.shortText) s: \(what) not taken: \(refusal)")
        }
    }

    private mutating func take(_ reading: Reading, at moment: Moment) {
        let result = machine.receive(reading, at: moment)
        if result.stored == nil { summary.rejected += 1 } else { summary.readings += 1 }
        note(result.entries)
    }

    private mutating func enter(_ change: PhaseChange, by actor: Actor, at moment: Moment) {
        // Alerts that nobody acknowledges here may be open, so the end always gives a reason.
        let outcome = machine.enter(change.to, reason: change.reason ?? "back-test", by: actor, at: moment)
        note(outcome, of: "the phase \(change.to.rawValue)", at: moment)
    }

    private mutating func note(_ entries: [EntryDraft]) {
        for entry in entries {
            guard case .alert(let transition) = entry.content,
                let unseen = log.note(TimedTransition(at: entry.at.boot, transition: transition), by: machine.alerts)
            else { continue }
            // After the end of the session nobody answers any more; a refusal then leaves the episode as it is.
            if case .success(let seen) = machine.acknowledge(unseen, note: nil, by: .engine, at: entry.at) { note(seen) }
        }
    }
}

/// The inputs of a session that went on over a restart of the machine, on one clock.
extension SessionBacktest {
    /// Moves a moment to the boot clock of `start` by way of the wall clock, the only one that two boots share. A step of the wall
    /// clock between them is then a step here.
    public static func onClock(of start: Moment, _ moment: Moment) -> Moment {
        Moment(boot: start.boot + (moment.wall - start.wall), wall: moment.wall)
    }
}
