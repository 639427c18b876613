import AlertEngine
import VitalsModel

/// Reads one rule of a scenario, written as a sentence:
///
///     rule spo2-low: SpO2 below 92 for 20s, medium, deadband 1, clear 10s
///     rule deep: deep SpO2 below 85 for 5s, high
///     rule sbp-crit: SBP at_least 180, 2 readings within 6m, high
///     rule sbp-delta: SBP 40 above baseline, medium            (also `25% above`, `30 or 35% above`, `30 and 35% above`)
///     rule no-spo2: no SpO2 for 6s, medium, dosing_high_after 60s
///     rule cuff: cuff overdue, medium, 2 failures
struct ScenarioRuleText {
    private var words: ScenarioWords
    private var priority: AlertPriority = .medium
    private var type: AlertType?
    private var phases = Set(SessionPhase.allCases)
    private var family: String?
    private var latching: Latching?
    private var confirmation = Confirmation()
    private var worsenStep: Double?
    private var deadband = 0.0
    private var failures: Int?
    private var dosingHighAfter: Duration?
    private var missingPriorities: [SessionPhase: AlertPriority] = [:]

    /// What a sentence begins with, before its options are known.
    private enum Subject {
        case threshold([Signal], LimitSide, Double, countsLimit: Bool, isDeep: Bool)
        case delta([Signal], LimitSide, absolute: Double?, percent: Double?, DeltaRule.Mode)
        case missing([Signal], Duration)
        case cuffOverdue
    }

    static func rule(_ words: ScenarioWords) throws(ScenarioFault) -> AlertRule {
        var reader = ScenarioRuleText(words: words)
        return try reader.read()
    }

    private init(words: ScenarioWords) { self.words = words }

    private mutating func read() throws(ScenarioFault) -> AlertRule {
        let name = try words.next("the rule's id with a colon")
        guard name.hasSuffix(":") else { throw words.fault("write a colon after the rule's id: `rule \(name): ...`") }
        let id = RuleID(String(name.dropLast()))
        let subject = try subject()
        while !words.isEmpty { try option() }
        let condition = condition(of: subject)
        let type = type ?? (condition.side == nil ? .technical : .physiological)
        return AlertRule(
            id: id, title: id.rawValue, action: "Look at the patient", reason: "scenario", phases: phases, priority: priority, type: type,
            family: family, latching: latching ?? .standard(priority, type), confirmation: confirmation, worsenStep: worsenStep,
            condition: condition)
    }

    private mutating func subject() throws(ScenarioFault) -> Subject {
        if words.take("cuff") != nil {
            guard words.take("overdue") != nil else { throw words.fault("write `cuff overdue`") }
            return .cuffOverdue
        }
        if words.take("no") != nil {
            let signals = try signals()
            guard words.take("for") != nil else { throw words.fault("write `no SpO2 for 6s`") }
            return .missing(signals, try words.duration("how long"))
        }
        let isDeep = words.take("deep") != nil
        let signals = try signals()
        let word = try words.next("`below`, `above`, `at_least`, `at_most` or a distance")
        let subject: Subject
        switch word {
        case "below": subject = .threshold(signals, .below, try words.number("the limit"), countsLimit: false, isDeep: isDeep)
        case "above": subject = .threshold(signals, .above, try words.number("the limit"), countsLimit: false, isDeep: isDeep)
        case "at_most": subject = .threshold(signals, .below, try words.number("the limit"), countsLimit: true, isDeep: isDeep)
        case "at_least": subject = .threshold(signals, .above, try words.number("the limit"), countsLimit: true, isDeep: isDeep)
        default: subject = try distance(from: word, signals)
        }
        if words.take("for") != nil { confirmation.onDelay = try words.duration("the on-delay") }
        return subject
    }

    private mutating func signals() throws(ScenarioFault) -> [Signal] {
        var signals = [try words.signal()]
        while words.take("else") != nil { signals.append(try words.signal()) }
        return signals
    }

    private mutating func distance(from word: String, _ signals: [Signal]) throws(ScenarioFault) -> Subject {
        var distances = [word]
        var mode = DeltaRule.Mode.any
        if let join = words.take("or", "and") {
            mode = join == "or" ? .any : .all
            distances.append(try words.next("the second distance"))
        }
        guard let sideWord = words.take("above", "below"), let side = LimitSide(rawValue: sideWord), words.take("baseline") != nil else {
            throw words.fault("write a distance as `40 above baseline` or `25% below baseline`")
        }
        let percent = distances.first { $0.hasSuffix("%") }.flatMap { Double($0.dropLast()) }
        let absolute = distances.first { !$0.hasSuffix("%") }.flatMap { Double($0) }
        guard percent != nil || absolute != nil else { throw words.fault("`\(word)` is no distance") }
        return .delta(signals, side, absolute: absolute, percent: percent, mode)
    }

    private mutating func option() throws(ScenarioFault) {
        let word = try words.next("an option")
        if let priority = AlertPriority(rawValue: word) {
            self.priority = priority
        } else if let type = AlertType(rawValue: word) {
            self.type = type
        } else if Int(word) != nil {
            try countedOption(word)
        } else {
            try namedOption(word)
        }
    }

    private mutating func countedOption(_ word: String) throws(ScenarioFault) {
        guard let count = Int(word), (1...1000).contains(count) else { throw words.fault("`\(word)` is no count") }
        switch try words.next("what is counted") {
        case "readings", "reading": confirmation.readings = count
        case "samples", "sample": confirmation.minimumSamples = count
        case "clear_readings", "clear_reading": confirmation.clearReadings = count
        case "failures": failures = count
        case let other: throw words.fault("`\(word) \(other)`: readings, samples, clear_readings or failures are counted")
        }
    }

    private mutating func namedOption(_ word: String) throws(ScenarioFault) {
        switch word {
        case "within": confirmation.window = try words.duration("the window")
        case "clear": confirmation.offDelay = try words.duration("the off-delay")
        case "deadband": deadband = try words.number("the deadband")
        case "worsen": worsenStep = try words.number("the step")
        case "family": family = try words.next("the family's name")
        case "latching":
            let latchingWord = try words.next("always, brief or never")
            guard let latching = Latching(rawValue: latchingWord) else { throw words.fault("latching is always, brief or never") }
            self.latching = latching
        case "dosing_high_after": dosingHighAfter = try words.duration("the patience")
        case "phases":
            phases = []
            while let next = words.rest.first, SessionPhase(rawValue: next) != nil { phases.insert(try words.phase()) }
        case "in":
            let phase = try words.phase()
            let priorityWord = try words.next("a priority")
            guard let priority = AlertPriority(rawValue: priorityWord) else { throw words.fault("write `in dosing high`") }
            missingPriorities[phase] = priority
        default: throw words.fault("`\(word)` is no option of a rule")
        }
    }

    private func condition(of subject: Subject) -> any RuleCondition {
        switch subject {
        case .threshold(let signals, let side, let limit, let countsLimit, let isDeep):
            let threshold = ThresholdRule(signals: signals, side: side, limit: limit, countsLimit: countsLimit, deadband: deadband)
            return isDeep ? DeepRule(threshold) : threshold
        case .delta(let signals, let side, let absolute, let percent, let mode):
            return DeltaRule(signals: signals, side: side, absolute: absolute, percent: percent, mode: mode, deadband: deadband)
        case .missing(let signals, let stale):
            return MissingRule(
                signals: signals, stale: stale, priority: priority, priorities: missingPriorities, dosingHighAfter: dosingHighAfter)
        case .cuffOverdue: return CuffOverdueRule(priority: priority, failures: failures)
        }
    }
}
