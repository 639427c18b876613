import AlertEngine
import VitalsModel

/// What people do to alerts and limits, and what Vigil finds wrong with itself.
extension SessionMachine {
    /// Does one action of a person on the engine; a refusal leaves no trace.
    private mutating func act(
        by actor: Actor, at now: Moment, _ body: (inout SessionMachine) throws(SessionRefusal) -> [EntryDraft]
    ) -> Outcome {
        guard phase.isOpen else { return .failure(.sessionIsOver(id, phase)) }
        var acting = self
        do throws(SessionRefusal) {
            // Only when nothing was refused, because the entries of `advance` would be lost with it.
            let drafts = try acting.advance(to: now) + body(&acting)
            self = acting
            return .success(drafts)
        } catch {
            return .failure(error)
        }
    }

    private static func checked<Answer>(_ body: () throws(EngineRefusal) -> Answer) throws(SessionRefusal) -> Answer {
        do throws(EngineRefusal) { return try body() } catch { throw .engine(error) }
    }

    private static func reason(_ text: String, for what: String) throws(SessionRefusal) {
        guard text.contains(where: { !$0.isWhitespace }) else { throw .reasonMissing(what) }
        guard text.count <= 4000 else { throw .noteLength(text.count) }
    }

    /// Silences the bell of one alert for a while.
    public mutating func pauseAudio(_ episode: EpisodeID, for duration: Duration, by actor: Actor, at now: Moment) -> Outcome {
        act(by: actor, at: now) { machine throws(SessionRefusal) in
            let transitions = try Self.checked { () throws(EngineRefusal) in
                try machine.engine.pauseAudio(episode, for: duration, at: now.boot)
            }
            return machine.entries(transitions, at: now, by: actor)
        }
    }

    /// Shelves a rule.
    public mutating func shelve(_ rule: RuleID, for duration: Duration, reason: String, by actor: Actor, at now: Moment) -> Outcome {
        act(by: actor, at: now) { machine throws(SessionRefusal) in
            try Self.reason(reason, for: "shelving")
            let transitions = try Self.checked { () throws(EngineRefusal) in
                try machine.engine.shelve(rule, for: duration, reason: reason, by: actor.name, at: now.boot)
            }
            let change = ShelfChange(rule: rule, state: .shelved, duration: duration.inSeconds, reason: reason)
            return [machine.entry(.shelf(change), by: actor, at: now)] + machine.entries(transitions, at: now)
        }
    }

    /// Takes a shelf back.
    public mutating func unshelve(_ rule: RuleID, by actor: Actor, at now: Moment) -> Outcome {
        act(by: actor, at: now) { machine throws(SessionRefusal) in
            let transitions = try Self.checked { () throws(EngineRefusal) in try machine.engine.unshelve(rule, at: now.boot) }
            return [machine.entry(.shelf(ShelfChange(rule: rule, state: .lifted)), by: actor, at: now)]
                + machine.entries(transitions, at: now)
        }
    }

    /// Calls an alert that no device can see, or takes it back.
    public mutating func call(_ call: PersonsCallChange, by actor: Actor, at now: Moment) -> Outcome {
        act(by: actor, at: now) { machine throws(SessionRefusal) in
            if call.isOn { try Self.reason(call.words, for: "calling an alert") }
            let transitions = try Self.checked { () throws(EngineRefusal) in try machine.engine.receive(call, at: now.boot) }
            return [machine.entry(.call(call), by: actor, at: now)] + machine.entries(transitions, at: now)
        }
    }

    /// Writes down a score.
    public mutating func score(_ score: ScaleScore, by actor: Actor, at now: Moment) -> Outcome {
        act(by: actor, at: now) { machine throws(SessionRefusal) in
            guard (-100...1000).contains(score.score) else { throw .scoreOutOfRange(score.scale, score.score) }
            let transitions = machine.engine.receive(score, at: now.boot)
            return [machine.entry(.scale(score), by: actor, at: now)] + machine.entries(transitions, at: now)
        }
    }

    // MARK: Limits and baseline

    /// Changes the limits of a rule for this session; where a high rule is loosened, asks for a second person first.
    public mutating func override(_ rule: RuleID, _ change: RuleOverride, reason: String, by actor: Actor, at now: Moment) -> Outcome {
        act(by: actor, at: now) { machine throws(SessionRefusal) in
            try Self.reason(reason, for: "a change of limits")
            let effect = try Self.checked { () throws(EngineRefusal) in try machine.engine.check(change, of: rule) }
            guard effect.needsWitness else { return try machine.put(change, on: rule, reason: reason, witness: nil, by: actor, at: now) }
            return [machine.request(.limit(rule, change), reason: reason, by: actor, at: now)]
        }
    }

    /// Accepts the baseline that the last readings give; after the first dose that needs a reason and a second person.
    public mutating func acceptBaseline(reason: String, by actor: Actor, at now: Moment) -> Outcome {
        act(by: actor, at: now) { machine throws(SessionRefusal) in
            let found = machine.kept.collector.baseline(of: machine.plan.baselineSignals, method: machine.plan.baseline, at: now.boot)
            if found.values.isEmpty { throw .noBaselineYet(found.missing) }
            let whole = found.filled(from: machine.engine.state.baseline)
            guard machine.kept.firstDose != nil else { return machine.accept(whole, by: actor, at: now) }
            try Self.reason(reason, for: "a new baseline after the first dose")
            return [machine.request(.baseline(whole), reason: reason, by: actor, at: now)]
        }
    }

    /// The second person agrees; never the first one.
    public mutating func countersign(_ number: Int, by actor: Actor, at now: Moment) -> Outcome {
        act(by: actor, at: now) { machine throws(SessionRefusal) in
            let request = try machine.takeRequest(number)
            // Neither by another name for the same login nor by the same name.
            guard request.by.uid != actor.uid, request.by.name != actor.name else { throw .ownRequest(number, by: request.by.name) }
            let agreed = machine.settled(request, .countersigned, by: actor, at: now)
            switch request.change {
            case .limit(let rule, let change):
                return [agreed]
                    + (try machine.put(change, on: rule, reason: request.reason, witness: actor.name, by: request.by, at: now))
            case .baseline(let shown):
                var agreedOn = shown
                (agreedOn.reason, agreedOn.witness) = (request.reason, actor.name)
                return [agreed] + machine.accept(agreedOn, by: request.by, at: now)
            }
        }
    }

    /// Anybody takes a request back that nobody has countersigned.
    public mutating func withdraw(_ number: Int, by actor: Actor, at now: Moment) -> Outcome {
        act(by: actor, at: now) { machine throws(SessionRefusal) in
            [machine.settled(try machine.takeRequest(number), .withdrawn, by: actor, at: now)]
        }
    }

    private mutating func put(
        _ change: RuleOverride, on rule: RuleID, reason: String, witness: String?, by actor: Actor, at now: Moment
    ) throws(SessionRefusal) -> [EntryDraft] {
        var (transitions, limits) = try Self.checked { () throws(EngineRefusal) in
            try engine.override(rule, change, at: now.boot)
        }
        (limits.reason, limits.witness) = (reason, witness)
        return [entry(.limit(limits), by: actor, at: now)] + entries(transitions, at: now)
    }

    // MARK: Requests that wait for a second person

    /// How long a request waits.
    public static let longestRequest: Duration = .seconds(600)

    /// When the oldest request has waited long enough.
    var requestDeadline: BootInstant? { kept.requests.first.map { $0.at + Self.longestRequest } }

    private mutating func request(_ change: PendingRequest.Change, reason: String, by actor: Actor, at now: Moment) -> EntryDraft {
        kept.requestCount += 1
        let request = PendingRequest(number: kept.requestCount, change: change, reason: reason, by: actor, at: now.boot)
        kept.requests.append(request)
        return settled(request, .waiting, by: actor, at: now)
    }

    private mutating func takeRequest(_ number: Int) throws(SessionRefusal) -> PendingRequest {
        guard let index = kept.requests.firstIndex(where: { $0.number == number }) else {
            throw .unknownRequest(number, waiting: kept.requests.map(\.number))
        }
        return kept.requests.remove(at: index)
    }

    private mutating func settled(_ request: PendingRequest, _ state: PendingChange.State, by actor: Actor, at now: Moment) -> EntryDraft {
        var (rule, change): (RuleID?, RuleOverride?)
        if case .limit(let wanted, let override) = request.change { (rule, change) = (wanted, override) }
        let settled = PendingChange(
            request: request.number, state: state, words: request.words, reason: request.reason, rule: rule, change: change)
        return entry(.pending(settled), by: actor, at: now)
    }

    /// What nobody countersigned in time is over.
    mutating func expireRequests(at now: Moment) -> [EntryDraft] {
        var drafts: [EntryDraft] = []
        while let oldest = kept.requests.first, oldest.at + Self.longestRequest <= now.boot {
            kept.requests.removeFirst()
            drafts.append(settled(oldest, .expired, by: .engine, at: now))
        }
        return drafts
    }

    // MARK: Vigil itself

    /// Something went wrong with Vigil itself, or is over.
    public mutating func receive(_ change: SystemFaultChange, at now: Moment) -> [EntryDraft] {
        guard phase.isOpen else { return [] }
        let before = advance(to: now)
        return before + [entry(.system(change), by: .engine, at: now)] + entries(engine.receive(change, at: now.boot), at: now)
    }

    /// What is wrong with Vigil itself until it is said to be over.
    public var standingFaults: [SystemFault] {
        SystemFault.allCases.filter { fault in engine.state.facts.faults[fault].map { $0.until == nil } ?? false }
    }

    /// Vigil itself was not running until now: nobody saw what happened meanwhile.
    public mutating func receive(_ gap: MonitorGap, at now: Moment) -> [EntryDraft] {
        guard phase.isOpen, gap.duration > 0 else { return [] }
        let start = now.boot - .nanoseconds(Int64(gap.duration * 1e9))
        let before = advance(to: now.moved(to: max(start, engine.state.evaluated)))
        let transitions = engine.skip(from: start, to: now.boot)
        let said = entry(.monitorGap(gap), by: .engine, at: now)
        let fault = SystemFaultChange(fault: .monitorGap, isOn: true, detail: "for \(gap.duration.shortText) s")
        return before + [said] + entries(transitions, at: now) + entries(engine.receive(fault, at: now.boot), at: now) + advance(to: now)
    }
}
