import AlertEngine
import SessionFlow
import VitalsModel

/// Reads what stands before `given`: the plan, and how its session begins.
///
/// The plan comes as short lines, as the blocks of a plan file, or as a plan file that is named.
struct ScenarioPlanReader {
    /// What the lines before `given` come to.
    struct Beginning {
        var plan: SessionPlan
        var ranking: [Signal: [SourceID]]
        /// The phase that the session is brought into at once; nil for the plan's first.
        var phase: SessionPhase?
        /// The baseline that is accepted at once.
        var baseline: Baseline?
    }

    private var rules: [(rule: AlertRule, line: Int)] = []
    private var phases: [SessionPhase]?
    private var expected: [(signal: ExpectedSignal, line: Int)] = []
    private var steps: [(step: CuffSchedule.Step, line: Int)] = []
    private var blocks = ScenarioBlocks()
    private var named: SessionPlan?
    /// The line of the first of each short line, by its word.
    private var firstLines: [String: Int] = [:]

    private var hold: Duration?
    private var reminder: [AlertPriority: Duration] = [:]
    private var escalation: [AlertPriority: [Duration]] = [:]
    private var ranking: [Signal: [SourceID]] = [:]
    private var start: SessionPhase?
    private var baseline: [BaselineValue] = []
    private var chosen: [String] = []

    // MARK: Lines

    /// Takes a line that belongs to a block of a plan file.
    mutating func takeBlock(_ text: String, number: Int) -> Bool { blocks.take(text, number: number) }

    mutating func read(_ words: inout ScenarioWords, plans: Scenario.Plans) throws(ScenarioFault) {
        let word = try words.next("a line of the plan")
        if firstLines[word] == nil { firstLines[word] = words.line }
        switch word {
        case "plan": try readPlanName(&words, plans)
        case "rule":
            rules.append((try ScenarioRuleText.rule(words), words.line))
            words = ScenarioWords("", line: words.line)
        case "phases":
            phases = []
            while !words.isEmpty { phases?.append(try words.phase()) }
        case "stream": try readStream(&words)
        case "cuff": try readStep(&words)
        default: try readTerm(word, &words)
        }
    }

    private mutating func readTerm(_ word: String, _ words: inout ScenarioWords) throws(ScenarioFault) {
        switch word {
        case "hold": hold = try words.duration("the hold time")
        case "remind": reminder[try words.priority()] = try words.duration("the reminder time")
        case "escalate":
            let priority = try words.priority()
            while !words.isEmpty { escalation[priority, default: []].append(try words.duration("an escalation time")) }
        case "prefer":
            let signal = try words.signal()
            while !words.isEmpty { ranking[signal, default: []].append(SourceID(try words.next("a source"))) }
        case "phase": start = try words.phase()
        case "rules":
            guard !words.isEmpty else { throw words.fault("name rules: `rules spo2-low-92 spo2-low-88`; a block of rules has a colon") }
            while !words.isEmpty { chosen.append(try words.next("a rule")) }
        case "baseline":
            guard !words.isEmpty else { throw words.fault("write `baseline SBP 120 HR 70`; the method is a block with a colon") }
            while !words.isEmpty { try readBaselineValue(&words) }
        default:
            throw words.fault(
                "`\(word)` is no line of a plan; write plan, rule, rules, phases, phase, stream, cuff, baseline, hold, remind, escalate or "
                    + "prefer; a block of a plan file has a colon after its key, and its lines are indented")
        }
    }

    private mutating func readPlanName(_ words: inout ScenarioWords, _ plans: Scenario.Plans) throws(ScenarioFault) {
        guard named == nil else { throw words.fault("a scenario has one plan; remove this line") }
        let name = try words.next("the id or the file of a plan")
        do throws(ScenarioPlanFault) {
            named = try plans(name)
        } catch {
            throw ScenarioFault(line: words.line, what: error.what, cause: error.cause)
        }
    }

    private mutating func readStream(_ words: inout ScenarioWords) throws(ScenarioFault) {
        let signal = try words.signal()
        guard words.take("every") != nil else { throw words.fault("write `stream SpO2 every 1s`") }
        expected.append((ExpectedSignal(signal: signal, period: try words.duration("the period")), words.line))
    }

    private mutating func readStep(_ words: inout ScenarioWords) throws(ScenarioFault) {
        let phase = try words.phase()
        guard words.take("every") != nil else { throw words.fault("write `cuff acute every 5m`") }
        let interval = try words.duration("the interval")
        let lasting: Duration? = words.take("lasting") == nil ? nil : try words.duration("how long")
        steps.append((CuffSchedule.Step(phase: phase, every: interval, lasting: lasting), words.line))
    }

    private mutating func readBaselineValue(_ words: inout ScenarioWords) throws(ScenarioFault) {
        let signal = try words.signal()
        guard !baseline.contains(where: { $0.signal == signal }) else { throw words.fault("\(signal.label) has a baseline already") }
        baseline.append(BaselineValue(signal: signal, value: try words.number("the baseline of \(signal.label)"), count: 1))
    }

    // MARK: The plan

    /// The plan and the beginning, when all lines are read.
    func beginning() throws(ScenarioFault) -> Beginning {
        try refuseMixtures()
        var plan: SessionPlan
        if let named {
            plan = named
        } else if blocks.firstLine != nil {
            plan = try blocks.plan(ScenarioBlocks.Rest(phases: phases, expected: expected, steps: steps))
        } else {
            plan = shortPlan()
        }
        try choose(in: &plan)
        if let hold { plan.response.hold = hold }
        plan.response.reminder.merge(reminder) { $1 }
        plan.response.escalation.merge(escalation) { $1 }
        let values = baseline.sorted { $0.signal.ordinal < $1.signal.ordinal }
        return Beginning(
            plan: plan, ranking: ranking, phase: try phase(in: plan),
            baseline: values.isEmpty ? nil : Baseline(values: values, missing: []))
    }

    /// A plan comes from one place only.
    private func refuseMixtures() throws(ScenarioFault) {
        let own = ["rule", "phases", "stream", "cuff"].compactMap { firstLines[$0] } + [blocks.firstLine].compactMap { $0 }
        if named != nil, let line = own.min() {
            throw ScenarioFault(line: line, what: "the plan that the scenario names has this already; remove the line, or name no plan")
        }
        for (word, key) in [("rule", "rules"), ("phases", "phases"), ("stream", "expect"), ("cuff", "cuff")] {
            if let line = firstLines[word], let block = blocks.keys[key] {
                throw ScenarioFault(line: line, what: "`\(word)` beside the block `\(key):` on line \(block); keep one of the two")
            }
        }
        if let rule = firstLines["rule"], let block = blocks.firstLine {
            throw ScenarioFault(
                line: rule, what: "`rule` beside the block on line \(block); write the rules as a block `rules:`, as in a plan file")
        }
    }

    private func shortPlan() -> SessionPlan {
        SessionPlan(
            id: "scenario", version: 1, title: "Scenario", route: "none", phases: phases ?? [.acute, .recovery, .discharge],
            expected: expected.map(\.signal), cuff: CuffSchedule(steps: steps.map(\.step), graceMinimum: .seconds(60), graceShare: 0.2),
            baseline: BaselineMethod(), response: ResponseTimes(reminder: [:], escalation: [:]), rules: rules.map(\.rule), text: "",
            hash: "")
    }

    /// Keeps only the rules that `rules` names, and those of their families: which one of a family is announced depends on all.
    private func choose(in plan: inout SessionPlan) throws(ScenarioFault) {
        guard !chosen.isEmpty else { return }
        var families: Set<String> = []
        for word in chosen {
            let found = plan.rules.filter { $0.id.rawValue == word || $0.family == word }
            guard !found.isEmpty else {
                throw ScenarioFault(
                    line: firstLines["rules"] ?? 1,
                    what: "plan \(plan.id) has no rule `\(word)`; its rules are \(plan.rules.map(\.id.rawValue).joined(separator: " "))")
            }
            families.formUnion(found.compactMap(\.family))
        }
        plan.rules.removeAll { rule in !chosen.contains(rule.id.rawValue) && !(rule.family.map(families.contains) ?? false) }
    }

    /// The phase to begin in. Blocks without phases have all of them, and begin where the short lines do.
    private func phase(in plan: SessionPlan) throws(ScenarioFault) -> SessionPhase? {
        let hasPhases = named != nil || phases != nil || blocks.firstLine == nil || blocks.keys["phases"] != nil
        guard let phase = start ?? (hasPhases ? nil : .acute), phase != plan.phases.first else { return nil }
        guard plan.phases.contains(phase) else {
            throw ScenarioFault(
                line: firstLines["phase"] ?? 1,
                what: "plan \(plan.id) has no phase \(phase.rawValue); its phases are \(plan.phases.map(\.rawValue).joined(separator: " "))"
            )
        }
        return phase
    }
}
