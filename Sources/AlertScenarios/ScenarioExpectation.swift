import VitalsModel

/// One line of what a scenario expects.
public struct ScenarioExpectation: Sendable, Hashable, CustomStringConvertible {
    /// What is expected.
    public enum Subject: Sendable, Hashable {
        /// A rule's alert moves.
        case alert(RuleID, AlertChange)
        /// Another entry is written, with these texts in its words.
        case entry(EntryKind, containing: [String])
        /// An action is refused, with this text in the reason.
        case refusal(String)
    }

    /// When, since the start.
    public var at: Duration
    /// What.
    public var subject: Subject
    /// What else must hold of an alert, as written: `priority medium`, `value 90` ...
    var terms: [ScenarioTerm] = []

    init(at: Duration, _ words: inout ScenarioWords) throws(ScenarioFault) {
        self.at = at
        if words.take("entry") != nil {
            subject = try Self.entry(&words)
            return
        }
        if words.take("refused") != nil {
            subject = .refusal(try words.text("why it is refused"))
            return
        }
        let rule = RuleID(try words.next("a rule"))
        let word = try words.next("what happens")
        guard let change = AlertChange(rawValue: word) else {
            throw words.fault("`\(word)` is no change; changes are \(AlertChange.allCases.map(\.rawValue).joined(separator: " "))")
        }
        subject = .alert(rule, change)
        while !words.isEmpty { terms.append(try ScenarioTerm(&words)) }
    }

    private static func entry(_ words: inout ScenarioWords) throws(ScenarioFault) -> Subject {
        let word = try words.next("a kind of entry")
        guard let kind = EntryKind(rawValue: word) else {
            throw words.fault("`\(word)` is no kind of entry; kinds are \(EntryKind.allCases.map(\.rawValue).joined(separator: " "))")
        }
        var texts: [String] = []
        while let text = words.quoted() { texts.append(text) }
        return .entry(kind, containing: texts)
    }

    /// The line as the file has it.
    public var description: String {
        let words =
            switch subject {
            case .alert(let rule, let change): [rule.rawValue, change.rawValue] + terms.map(\.description)
            case .entry(let kind, let texts): ["entry", kind.rawValue] + texts.map { "\"\($0)\"" }
            case .refusal(let text): ["refused \"\(text)\""]
            }
        return ([ScenarioTime.text(at)] + words).joined(separator: " ")
    }

    /// The kind of entry that is expected; nil where an alert is.
    var entryKind: EntryKind? {
        if case .entry(let kind, _) = subject { kind } else { nil }
    }

    /// Whether something at `time` is at the time that is expected.
    private func isAt(_ time: Duration) -> Bool {
        // A thousandth of a second is finer than anything that a scenario writes.
        abs((time - at).nanoseconds) < 1_000_000
    }

    /// Whether a transition is the one that is expected.
    func isMet(by transition: AlertTransition, at time: Duration) -> Bool {
        isAt(time) && subject == .alert(transition.rule, transition.change) && terms.allSatisfy { $0.holds(for: transition) }
    }

    /// Whether an alert is expected.
    var isAlert: Bool {
        if case .alert = subject { true } else { false }
    }

    /// Whether a refusal is the one that is expected.
    func isMet(by refusal: ScenarioRefusal) -> Bool {
        guard case .refusal(let text) = subject else { return false }
        return isAt(refusal.at) && refusal.words.contains(text)
    }

    /// Whether an entry is the one that is expected.
    func isMet(by content: EntryContent, at time: Duration) -> Bool {
        guard case .entry(let kind, let texts) = subject, kind == content.kind, isAt(time) else { return false }
        let words = EntryText.words(of: content)
        return texts.allSatisfy { words.contains($0) }
    }
}

/// One thing that an expected line says of the transition.
enum ScenarioTerm: Sendable, Hashable, CustomStringConvertible {
    case priority(AlertPriority)
    case handling(AlertHandling)
    case announced(Bool)
    case condition(AlertCondition)
    case end(EpisodeEnd)
    case episode(EpisodeID)
    case number(String, Double)
    case detail(String)

    init(_ words: inout ScenarioWords) throws(ScenarioFault) {
        if let text = words.quoted() {
            self = .detail(text)
            return
        }
        let word = try words.next("a word")
        if let priority = AlertPriority(rawValue: word) {
            self = .priority(priority)
        } else if let handling = AlertHandling(rawValue: word) {
            self = .handling(handling)
        } else {
            self = try Self.named(word, &words)
        }
    }

    private static func named(_ word: String, _ words: inout ScenarioWords) throws(ScenarioFault) -> ScenarioTerm {
        switch word {
        case "quiet": return .announced(false)
        case "aloud": return .announced(true)
        case "episode": return .episode(EpisodeID(try words.next("an episode")))
        case "to":
            let condition = try words.next("a condition")
            guard let condition = AlertCondition(rawValue: condition) else { throw words.fault("`\(condition)` is no condition") }
            return .condition(condition)
        case "end":
            let end = try words.next("an end")
            guard let end = EpisodeEnd(rawValue: end) else { throw words.fault("`\(end)` is no end of an episode") }
            return .end(end)
        case "value", "age", "limit", "peak", "duration", "baseline": return .number(word, try words.number(word))
        default: throw words.fault("`\(word)` says nothing of an alert")
        }
    }

    var description: String {
        switch self {
        case .priority(let priority): priority.rawValue
        case .handling(let handling): handling.rawValue
        case .announced(let isAloud): isAloud ? "aloud" : "quiet"
        case .condition(let condition): "to \(condition.rawValue)"
        case .end(let end): "end \(end.rawValue)"
        case .episode(let episode): "episode \(episode)"
        case .number(let name, let number): "\(name) \(number.shortText)"
        case .detail(let text): "\"\(text)\""
        }
    }

    func holds(for transition: AlertTransition) -> Bool {
        switch self {
        case .priority(let priority): return transition.priority == priority
        case .handling(let handling): return transition.handling == handling
        case .announced(let isAloud): return transition.announced == isAloud
        case .condition(let condition): return transition.condition == condition
        case .end(let end): return transition.end == end
        case .episode(let episode): return transition.episode == episode
        case .number(let name, let number): return Self.number(name, of: transition).map { abs($0 - number) < 0.05 } ?? false
        case .detail(let text): return transition.detail?.contains(text) ?? false
        }
    }

    private static func number(_ name: String, of transition: AlertTransition) -> Double? {
        switch name {
        case "value": transition.value
        case "age": transition.valueAge
        case "limit": transition.limit
        case "peak": transition.peak
        case "duration": transition.duration
        default: transition.baseline
        }
    }
}
