import AlertEngine
import AlertScenarios
import MonitorTesting
import SessionFlow
import VitalsModel

/// One random thing that happens in a session.
struct RandomStep {
    enum Kind {
        case reading(Signal, Double?, ReadingQuality, SourceID, DeviceTime?)
        /// Answers the n-th of the open episodes, or all of low and medium priority.
        case acknowledge(ordinal: Int?)
        case phase(SessionPhase)
        case note
        case source(SourceID, SourceState)
        case sensor(Signal, SignalCondition)
        case cuff(CuffState, failed: Bool)
        /// What people do to the bell, to rules and to limits.
        case practice(RandomPractice)
        case system(SystemFault, isOn: Bool)
        /// Vigil was not running for so long until then.
        case gap(Duration)
    }

    /// Since the start.
    var at: Duration
    var kind: Kind

    /// Until when time passes before it: to the beginning of a pause of Vigil itself.
    var timePassesTo: Duration {
        if case .gap(let duration) = kind { at - duration } else { at }
    }

    /// The device that it comes from; nil for people; nameless, and so before all, for a pause of Vigil itself.
    var source: SourceID? {
        switch kind {
        case .reading(_, _, _, let source, _), .source(let source, _): source
        case .sensor, .cuff: "monitor"
        case .gap: ""
        case .acknowledge, .phase, .note, .practice, .system: nil
        }
    }
}

/// What people do to the bell, to rules and to limits.
enum RandomPractice {
    case pause(ordinal: Int, Duration)
    case shelve(RuleID, Duration)
    case unshelve(RuleID)
    case limit(RuleID, RuleOverride)
    case countersign(Int, by: Actor)
    case withdraw(Int)
    case score(Double)
    case call(isOn: Bool)
    case baseline
}

/// A random session: short on-delays and values near the limits, so that much happens in few steps.
enum RandomSession {
    static let plan = """
        rule spo2-94: SpO2 below 94 for 6s, low, deadband 1, clear 4s, family spo2, worsen 3
        rule spo2-90: SpO2 below 90 for 3s, medium, 2 samples, deadband 1, clear 4s, family spo2, worsen 2
        rule spo2-85: deep SpO2 below 85 for 2s, high, deadband 1, clear 4s, family spo2
        rule hr-high: HR else PR above 110 for 4s, high, deadband 3, clear 3s
        rule hr-delta: HR else PR 20 or 30% above baseline for 5s, low, phases dosing acute
        rule hr-acute: HR at_least 100, medium, phases acute, clear 5s
        rule sbp-crit: SBP at_least 180, 2 readings within 6m, high, deadband 5
        rule sbp-high: SBP at_least 160, medium, deadband 5, 2 clear_readings, worsen 10
        rule sbp-delta: SBP 25% above baseline, medium, phases dosing acute recovery
        rule no-spo2: no SpO2 for 6s, low, in acute medium, dosing_high_after 30s
        rule no-hr: no HR else PR for 6s, medium
        rule cuff-late: cuff overdue, medium, 2 failures
        phases baseline dosing acute recovery discharge
        stream SpO2 every 1s
        stream HR every 1s
        stream SBP every 5m
        cuff baseline every 3m
        cuff dosing every 5m lasting 10m
        cuff dosing every 10m
        cuff acute every 5m
        cuff recovery every 15m
        hold 5m
        remind high 20s
        remind medium 40s
        escalate high 15s 40s
        escalate medium 30s
        prefer SpO2 monitor finger
        """

    /// The plan, with what its short lines cannot say: bounds, an inhibition, and what people see.
    static func scenario() throws -> Scenario {
        var scenario = try Scenario(plan)
        let bounds: [RuleID: OverrideBounds] = [
            "spo2-94": OverrideBounds(limit: 91...96, onDelay: .seconds(1)...(.seconds(30))),
            "spo2-90": OverrideBounds(limit: 86...93, onDelay: nil),
            "hr-high": OverrideBounds(limit: 100...130, onDelay: .seconds(2)...(.seconds(20))),
            "sbp-high": OverrideBounds(limit: 150...175, onDelay: nil),
        ]
        for index in scenario.plan.rules.indices {
            scenario.plan.rules[index].bounds = bounds[scenario.plan.rules[index].id]
            if scenario.plan.rules[index].id == "no-hr" { scenario.plan.rules[index].inhibits = ["no-spo2"] }
        }
        scenario.plan.rules += [
            manual("moaas-low", .score("moaas", side: .below, limit: 3, countsLimit: true), .medium),
            manual("moaas-deep", .score("moaas", side: .below, limit: 1, countsLimit: true), .high), manual("called", .call, .high),
        ]
        return scenario
    }

    private static func manual(_ id: RuleID, _ input: ManualRule.Input, _ priority: AlertPriority) -> AlertRule {
        AlertRule(
            id: id, title: id.rawValue, action: "Look at the patient", reason: "", phases: [.acute, .dosing, .recovery],
            priority: priority, type: .physiological, family: input == .call ? nil : "moaas", latching: .standard(priority, .physiological),
            confirmation: Confirmation(offDelay: .zero), condition: ManualRule(input: input, priority: priority))
    }

    static let signalsOf: [SourceID: [Signal]] = [
        "monitor": [.heartRate, .spo2, .nibpSystolic], "finger": [.spo2, .pulseRate],
    ]

    static func steps(_ count: Int, using random: inout SeededRandom) -> [RandomStep] {
        var steps: [RandomStep] = []
        var at: Duration = .zero
        var phases: [SessionPhase] = [.dosing, .acute, .recovery, .discharge]
        while steps.count < count {
            at += pause(using: &random)
            let choice = Int.random(in: 0..<100, using: &random)
            switch choice {
            case 0..<70: steps += burst(from: &at, using: &random)
            case 70..<80:
                let ordinal = Bool.random(using: &random) ? Int.random(in: 0..<4, using: &random) : nil
                steps.append(RandomStep(at: at, kind: .acknowledge(ordinal: ordinal)))
            case 80..<84 where !phases.isEmpty: steps.append(RandomStep(at: at, kind: .phase(phases.removeFirst())))
            case 84..<85: steps.append(RandomStep(at: at, kind: .note))
            case 85..<88:
                let kind = rare(using: &random)
                // Nothing comes and no timer rings while Vigil is not running.
                if case .gap(let duration) = kind { at += duration }
                steps.append(RandomStep(at: at, kind: kind))
            case 88..<90: steps.append(RandomStep(at: at, kind: .practice(practice(using: &random))))
            case 90..<92:
                let state: SourceState = [.absent, .opening, .streaming, .stale, .lost].randomElement(using: &random) ?? .lost
                steps.append(RandomStep(at: at, kind: .source(Bool.random(using: &random) ? "monitor" : "finger", state)))
            case 92..<95: steps.append(RandomStep(at: at, kind: .sensor(.spo2, Bool.random(using: &random) ? .sensorOff : .poorSignal)))
            default:
                let failed = Bool.random(using: &random)
                let kind: RandomStep.Kind = Bool.random(using: &random) ? .cuff(.measuring, failed: false) : .cuff(.idle, failed: failed)
                steps.append(RandomStep(at: at, kind: kind))
            }
        }
        // At one instant in the order that a replay takes them in: devices by name, then people.
        return steps.enumerated().sorted { one, other in
            (one.element.at, one.element.source ?? "~", one.offset) < (other.element.at, other.element.source ?? "~", other.offset)
        }.map(\.element)
    }

    private static func rare(using random: inout SeededRandom) -> RandomStep.Kind {
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            // A cuff that does not stop is found by the session itself.
            let told = SystemFault.allCases.filter { $0 != .cuffStuck }
            return .system(told.randomElement(using: &random) ?? .diskLow, isOn: Bool.random(using: &random))
        case 1: return .gap(.seconds(Int.random(in: 5...40, using: &random)))
        default: return .practice(practice(using: &random))
        }
    }

    private static func practice(using random: inout SeededRandom) -> RandomPractice {
        let rules: [RuleID] = ["spo2-94", "spo2-90", "spo2-85", "hr-high", "sbp-high", "no-spo2", "called"]
        let rule = rules.randomElement(using: &random) ?? "spo2-94"
        let person = Bool.random(using: &random) ? SessionDriver.doctor : SessionDriver.nurse
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return .pause(ordinal: Int.random(in: 0..<4, using: &random), .seconds(Int.random(in: 1...130, using: &random)))
        case 1...2: return .shelve(rule, .seconds(Int.random(in: 5...600, using: &random)))
        case 3: return .unshelve(rule)
        case 4...5: return .limit(rule, override(using: &random))
        case 6: return .countersign(Int.random(in: 1...3, using: &random), by: person)
        case 7: return .score(Double(Int.random(in: 0...5, using: &random)))
        case 8: return .call(isOn: Bool.random(using: &random))
        default: return Bool.random(using: &random) ? .baseline : .withdraw(Int.random(in: 1...3, using: &random))
        }
    }

    private static func override(using random: inout SeededRandom) -> RuleOverride {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: RuleOverride(isOff: true)
        case 1: RuleOverride()
        case 2: RuleOverride(onDelay: Double(Int.random(in: 0...32, using: &random)))
        case 3: RuleOverride(priority: AlertPriority.allCases.randomElement(using: &random))
        default: RuleOverride(limit: [85, 88, 91, 92, 93, 95, 105, 120, 155, 170].randomElement(using: &random))
        }
    }

    /// Often nothing, mostly some seconds, seldom longer than the hold time.
    private static func pause(using random: inout SeededRandom) -> Duration {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<4: .zero
        case 4..<16: .milliseconds(Int.random(in: 1...4000, using: &random))
        case 16..<19: .seconds(Int.random(in: 4...40, using: &random))
        default: .seconds(Int.random(in: 60...900, using: &random))
        }
    }

    private static func burst(from at: inout Duration, using random: inout SeededRandom) -> [RandomStep] {
        let signal: Signal = [.spo2, .spo2, .heartRate, .pulseRate, .nibpSystolic].randomElement(using: &random) ?? .spo2
        let bands: [Signal: [Double]] = [
            .spo2: [97, 93.5, 93, 91, 90, 89, 86, 84, 40], .heartRate: [80, 99, 100, 108, 109, 112, 130, 400], .pulseRate: [82, 105, 115],
            .nibpSystolic: [120, 150, 157, 161, 172, 178, 181, 190, 300],
        ]
        let source: SourceID =
            signal == .pulseRate || (signal == .spo2 && Int.random(in: 0..<3, using: &random) == 0) ? "finger" : "monitor"
        let isCuff = signal.cadence == .intermittent
        var steps: [RandomStep] = []
        for _ in 0..<(isCuff ? 1 : Int.random(in: 1...8, using: &random)) {
            let value = bands[signal]?.randomElement(using: &random)
            let quality = Int.random(in: 0..<12, using: &random)
            let judged: ReadingQuality = quality == 0 ? .suspect : quality == 1 ? .demo : quality == 2 ? .invalid : .valid
            let time = isCuff ? DeviceTime(stored: "\(Int.random(in: 0..<60, using: &random))") : nil
            steps.append(
                RandomStep(at: at, kind: .reading(signal, judged == .invalid ? nil : value, judged, source, time)))
            // Half of the bursts stay at one instant here and there, as a frame with several values does.
            at += Int.random(in: 0..<6, using: &random) == 0 ? .zero : .milliseconds(1000)
        }
        return steps
    }
}

/// Runs random steps through a session machine, as the live service does: timers first, then the input.
struct SessionDriver {
    static let start = Moment(boot: BootInstant(seconds: 5000), wall: WallInstant(nanoseconds: 1_790_000_000_000_000_000))
    static let nurse = Actor(name: "nurse", uid: 1000)
    static let doctor = Actor(name: "doctor", uid: 1001)

    let plan: SessionPlan
    let ranking: [Signal: [SourceID]]
    /// The cuffs that can be driven.
    let cuffs: RoomCuffs
    private(set) var machine: SessionMachine
    private(set) var entries: [EntryDraft]
    private(set) var stored: [Reading] = []
    /// What was found wrong on the way.
    private(set) var faults: [String] = []
    private var sequence: UInt64 = 0

    init(_ scenario: Scenario, cuffs: RoomCuffs = RoomCuffs()) {
        self.cuffs = cuffs
        plan = scenario.plan
        ranking = scenario.ranking
        (machine, entries) = SessionMachine.start(
            "s1", room: "r1", patient: "P1", plan: plan, ranking: ranking, cuffs: cuffs, by: Self.nurse, at: Self.start)
    }

    static func moment(_ at: Duration) -> Moment { start.moved(to: start.boot + at) }

    /// One step at its time, without any timer before it.
    mutating func take(_ step: RandomStep) {
        let now = Self.moment(step.at)
        sequence += 1
        switch step.kind {
        case .reading(let signal, let value, let quality, let source, let time):
            let reading = Reading(
                source: source, signal: signal, value: value, quality: quality, received: now, deviceTime: time, sequence: sequence)
            let (drafts, kept) = machine.receive(reading, at: now)
            entries += drafts
            stored += [kept].compactMap { $0 }
        case .source(let source, let state):
            let change = SourceTransition(source: source, from: .opening, to: state, reason: "random", sequence: sequence)
            entries += machine.receive(change, signals: RandomSession.signalsOf[source] ?? [], at: now)
        case .sensor(let signal, let condition):
            let change = SignalConditionChange(source: "monitor", signal: signal, condition: condition, sequence: sequence)
            entries += machine.receive(change, at: now)
        case .cuff(let state, let failed):
            let change = CuffChange(source: "monitor", state: state, failure: failed ? "leak" : nil, sequence: sequence)
            entries += machine.receive(change, at: now)
        case .system(let fault, let isOn):
            entries += machine.receive(SystemFaultChange(fault: fault, isOn: isOn, detail: "random"), at: now)
        case .gap(let duration): entries += machine.receive(MonitorGap(duration: duration.inSeconds), at: now)
        // People try much that is refused; a refusal must leave no trace, which the comparisons show.
        case .practice(let practice): if case .success(let drafts) = act(practice, at: now) { entries += drafts }
        case .acknowledge, .phase, .note: act(step, at: now)
        }
    }

    private mutating func act(_ practice: RandomPractice, at now: Moment) -> SessionMachine.Outcome {
        let nurse = Self.nurse
        switch practice {
        case .pause(let ordinal, let duration):
            var ahead = machine
            _ = ahead.advance(to: now)
            let open = ahead.alerts.openEpisodes(at: now.boot).map(\.episode)
            guard !open.isEmpty else { return .success([]) }
            return machine.pauseAudio(open[ordinal % open.count], for: duration, by: nurse, at: now)
        case .shelve(let rule, let duration): return machine.shelve(rule, for: duration, reason: "random", by: nurse, at: now)
        case .unshelve(let rule): return machine.unshelve(rule, by: nurse, at: now)
        case .limit(let rule, let change): return machine.override(rule, change, reason: "random", by: nurse, at: now)
        case .countersign(let number, let person): return machine.countersign(number, by: person, at: now)
        case .withdraw(let number): return machine.withdraw(number, by: nurse, at: now)
        case .score(let score): return machine.score(ScaleScore(scale: "moaas", score: score, note: nil), by: nurse, at: now)
        case .call(let isOn): return machine.call(PersonsCallChange(rule: "called", isOn: isOn, words: "chest pain"), by: nurse, at: now)
        case .baseline: return machine.acceptBaseline(reason: "random", by: nurse, at: now)
        }
    }

    private mutating func act(_ step: RandomStep, at now: Moment) {
        let outcome: SessionMachine.Outcome
        switch step.kind {
        case .acknowledge(let ordinal):
            var ahead = machine
            _ = ahead.advance(to: now)
            let open = ahead.alerts.openEpisodes(at: now.boot).map(\.episode)
            guard let ordinal else {
                outcome = machine.acknowledge(nil, note: nil, by: Self.nurse, at: now)
                break
            }
            guard !open.isEmpty else { return }
            outcome = machine.acknowledge(open[ordinal % open.count], note: "seen", by: Self.nurse, at: now)
        case .phase(let phase): outcome = machine.enter(phase, reason: nil, by: Self.nurse, at: now)
        default: outcome = machine.write("note", by: Self.nurse, at: now)
        }
        switch outcome {
        case .success(let drafts): entries += drafts
        case .failure(let refusal): faults.append("refused: \(refusal)")
        }
    }

    /// Time passes at once.
    mutating func advance(to at: Duration) {
        entries += machine.advance(to: Self.moment(at))
        checkDeadline(at)
    }

    /// Time passes as the live service lets it: an alarm at each deadline, and now and then one too many.
    mutating func advanceByAlarms(to at: Duration, using random: inout SeededRandom) {
        let end = Self.moment(at).boot
        while let deadline = machine.nextDeadline(), deadline <= end {
            entries += machine.advance(to: Self.start.moved(to: max(deadline, machine.alerts.state.evaluated)))
            if let next = machine.nextDeadline(), next <= deadline {
                faults.append("after advancing to \(deadline) the next deadline is \(next)")
                return
            }
        }
        let before = machine.alerts.state.evaluated
        if before < end, Bool.random(using: &random) {
            let between = BootInstant(nanoseconds: Int64.random(in: before.nanoseconds...end.nanoseconds, using: &random))
            entries += machine.advance(to: Self.start.moved(to: between))
        }
        advance(to: at)
    }

    private mutating func checkDeadline(_ at: Duration) {
        if let next = machine.nextDeadline(), next <= Self.moment(at).boot {
            faults.append("after advancing to \(at) the next deadline lies in the past: \(next)")
        }
    }

    mutating func end(at: Duration) {
        switch machine.enter(.closed, reason: "end", by: Self.nurse, at: Self.moment(at)) {
        case .success(let drafts): entries += drafts
        case .failure(let refusal): faults.append("refused: \(refusal)")
        }
    }

    /// Goes on with a machine that was stored and read again; the entries of the restart are added.
    mutating func restart(from state: SessionState, at: Duration) -> [EntryDraft] {
        let (restored, drafts) = SessionMachine.restore(
            state, plan: plan, ranking: ranking, cuffs: cuffs, sameBoot: true, at: Self.moment(at))
        machine = restored
        entries += drafts
        return drafts
    }
}
