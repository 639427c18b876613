import AlertEngine
import VitalsModel

extension RuleKind {
    /// `timer`: a duty by the clock; advisory, in all phases of the plan.
    ///
    /// Events are `session_start`, `first_dose`, `cuff` (a measurement that gave values), `phase acute` (its first beginning) and
    /// `scale moaas` (a score). A rule has one of three duties:
    /// - `awaits` an event, which is `due` so long after `since` (1 min to 24 h); it counts from `opens` (default 0) after it on.
    /// - `awaits` an event `every` so often, first so long after `since`.
    /// - `not_before`: the session enters none of the rule's `phases`, which must be given, before that time after `since`.
    ///
    /// `grace`: so long after it was due the alert rises to `raise_to` (default: one step). Without it only the plan's escalation
    /// raises it.
    ///
    ///     - id: pressure-at-40-min
    ///       kind: timer
    ///       title: Blood pressure 40 min after the dose
    ///       since: first_dose
    ///       awaits: cuff
    ///       opens: 35 min
    ///       due: 50 min
    ///       grace: 10 min
    ///       raise_to: medium
    ///       priority: low
    ///       action: Measure the blood pressure.
    ///       reason: Esketamine REMS monitoring form (clinical.md section 5, rems-40).
    static let timer = RuleKind(
        word: TimerRule.kind, watching: .time, standardType: .advisory, standardPhases: RuleKind.everyPhase,
        condition: { readTimer($0) },
        check: { placed, outline in (placed.rule.condition as? TimerRule).map { checkTimer($0, placed, outline) } })

    private static let times: ClosedRange<Duration> = .seconds(60) ... .seconds(24 * 3600)

    private static func readTimer(_ input: RuleInput) -> TimerRule? {
        let map = input.map
        map.refuse("signal", because: "the rule watches the clock, not a value")
        let sinceField = map.required("since", "the event that the time is counted from, as in first_dose")
        let since = sinceField?.event(in: input.outline)
        let notBefore = map.field("not_before")
        let duty = notBefore == nil ? readAwaited(input) : readNotBefore(notBefore, map)
        let rise = readRise(map, priority: input.priority, isPossible: notBefore == nil)
        guard let since, let duty, rise.isSound else { return nil }
        if case .once = duty, since == .cuff || since.scale != nil {
            // With the next one the clock would start again, and a duty that nobody did would look done.
            sinceField?.error("\(since.rawValue) happens again and again; a duty with \"due\" is counted from what happens once")
            return nil
        }
        return TimerRule(since: since, duty: duty, priority: input.priority, rise: rise.rise)
    }

    private static func readNotBefore(_ field: Field?, _ map: MapReader) -> TimerRule.Duty? {
        for key in ["awaits", "opens", "due", "every"] {
            map.refuse(key, because: "the rule gives not_before, and waits for nothing; make a second rule")
        }
        _ = map.required("phases", "the phases that must not begin before not_before")
        return field?.duration(in: times).map { .notBefore($0) }
    }

    private static func readAwaited(_ input: RuleInput) -> TimerRule.Duty? {
        let map = input.map
        let awaitsField = map.required("awaits", "the event that is awaited, as in cuff; or give not_before")
        let awaited = awaitsField?.event(in: input.outline)
        if awaited == .sessionStart {
            awaitsField?.error("the session has started before any rule asks; await something else")
            for key in ["opens", "due", "every"] { _ = map.field(key) }
            return nil
        }
        let everyField = map.field("every")
        return everyField == nil ? readOnce(awaited, map) : readAgain(awaited, everyField, map)
    }

    private static func readOnce(_ awaited: SessionEvent?, _ map: MapReader) -> TimerRule.Duty? {
        let opensField = map.field("opens")
        let opens = opensField?.duration(in: .zero ... .seconds(24 * 3600))
        let due = map.required("due", "how long after \"since\" it is due, as in 50 min; or give every")?.duration(in: times)
        guard let awaited, let due, opensField == nil || opens != nil else { return nil }
        if let opens, opens >= due {
            opensField?.error(
                "nothing can be done in time: it counts from \(DurationText.text(opens)) on and is due at \(DurationText.text(due))")
            return nil
        }
        if opens != nil, awaited != .cuff, awaited.scale == nil {
            opensField?.error("\(awaited.rawValue) happens once, and too early would be never; use not_before for what must not come early")
            return nil
        }
        return .once(awaited, opens: opens ?? .zero, due: due)
    }

    private static func readAgain(_ awaited: SessionEvent?, _ field: Field?, _ map: MapReader) -> TimerRule.Duty? {
        for key in ["opens", "due"] { map.refuse(key, because: "with \"every\" it is due again and again, without a window") }
        guard let awaited, let every = field?.duration(in: times) else { return nil }
        guard awaited == .cuff || awaited.scale != nil else {
            field?.error("\(awaited.rawValue) happens once; give due instead")
            return nil
        }
        return .again(awaited, every: every)
    }

    private static func readRise(
        _ map: MapReader, priority: AlertPriority, isPossible: Bool
    ) -> (rise: TimerRule.Rise?, isSound: Bool) {
        guard isPossible else {
            for key in ["grace", "raise_to"] { map.refuse(key, because: "the rule gives not_before, and nothing falls due") }
            return (nil, true)
        }
        guard let graceField = map.field("grace") else {
            map.refuse("raise_to", because: "it says how the alert rises after \"grace\", which is missing")
            return (nil, true)
        }
        let target = map.field("raise_to")
        let raised = target.map { $0.choice(AlertPriority.allCases) } ?? priority.raised
        guard let grace = graceField.duration(in: times), let raised else { return (nil, false) }
        guard raised > priority else {
            (target ?? graceField).error("is not above the rule's own priority \(priority.rawValue)")
            return (nil, false)
        }
        return (TimerRule.Rise(after: grace, priority: raised), true)
    }

    // MARK: Against the plan

    private static func checkTimer(_ rule: TimerRule, _ placed: PlacedRule, _ outline: PlanOutline) {
        guard outline.phases != nil else { return }
        if let first = rule.since.phase, placed.rule.phases.allSatisfy({ $0 < first }), !placed.rule.phases.isEmpty {
            placed.error("can never alert: it is armed only before \(rule.since.words)", at: "phases")
        }
        switch rule.duty {
        case .once(let awaited, _, _): checkAwaited(awaited, rule, placed, outline)
        case .again(let awaited, _): checkAwaited(awaited, rule, placed, outline)
        case .notBefore: break
        }
    }

    private static func checkAwaited(_ awaited: SessionEvent, _ rule: TimerRule, _ placed: PlacedRule, _ outline: PlanOutline) {
        if awaited == rule.since {
            placed.error("waits for the event that it is counted from", at: "awaits")
        } else if let phase = awaited.phase, let first = rule.since.phase, phase < first {
            placed.error("could never end: \(awaited.words) comes before \(rule.since.words)", at: "awaits")
        } else if awaited == .cuff, outline.cuff.steps.isEmpty {
            placed.warning("waits for a cuff measurement, and the plan has no cuff.intervals; will people measure by hand?", at: "awaits")
        }
    }
}

extension SessionEvent {
    /// The phase whose beginning it is; that of the first dose is `dosing`.
    fileprivate var phase: SessionPhase? {
        if self == .firstDose { return .dosing }
        return isPhase ? SessionPhase(rawValue: String(rawValue.dropFirst("phase ".count))) : nil
    }
}
