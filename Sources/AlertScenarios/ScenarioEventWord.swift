import VitalsModel

/// The words that an event of a scenario begins with, and how the rest of its line is read.
struct ScenarioEventWord: Sendable {
    typealias Reader = @Sendable (inout ScenarioWords) throws(ScenarioFault) -> ScenarioEvent.Kind

    let word: String
    let read: Reader

    /// Every word, in the order in which a fault lists them.
    static let all: [ScenarioEventWord] = [
        // What people do.
        ScenarioEventWord(word: "phase") { (words) throws(ScenarioFault) in .phase(try words.phase()) },
        ScenarioEventWord(word: "ack", read: acknowledgement),
        ScenarioEventWord(word: "note") { (words) throws(ScenarioFault) in .note(try words.text("a note")) },
        ScenarioEventWord(word: "pause") { (words) throws(ScenarioFault) in
            .pause(EpisodeID(try words.next("an episode")), try words.duration("how long the bell is silent"))
        },
        ScenarioEventWord(word: "shelve") { (words) throws(ScenarioFault) in
            .shelve(RuleID(try words.next("a rule")), try words.duration("how long"), reason: words.quoted() ?? "")
        },
        ScenarioEventWord(word: "unshelve") { (words) throws(ScenarioFault) in .unshelve(RuleID(try words.next("a rule"))) },
        ScenarioEventWord(word: "limit", read: limit),
        ScenarioEventWord(word: "baseline") { (words) throws(ScenarioFault) in .baseline(reason: words.quoted() ?? "") },
        ScenarioEventWord(word: "countersign", read: countersign),
        ScenarioEventWord(word: "withdraw") { (words) throws(ScenarioFault) in .withdraw(try words.count("the number of a request")) },
        ScenarioEventWord(word: "scale") { (words) throws(ScenarioFault) in
            .score(ScaleID(try words.next("a scale")), try words.number("the score"))
        },
        ScenarioEventWord(word: "call", read: call),
        ScenarioEventWord(word: "end") { (words) throws(ScenarioFault) in .end(reason: words.quoted()) },
        // What devices do.
        ScenarioEventWord(word: "dup") { (_) throws(ScenarioFault) in .duplicate },
        ScenarioEventWord(word: "source", read: source),
        ScenarioEventWord(word: "sensor", read: sensor),
        ScenarioEventWord(word: "cuff", read: cuff),
        // What happens to the daemon, and to nobody.
        ScenarioEventWord(word: "restart") { (words) throws(ScenarioFault) in try restart(&words, sameBoot: true) },
        ScenarioEventWord(word: "reboot") { (words) throws(ScenarioFault) in try restart(&words, sameBoot: false) },
        ScenarioEventWord(word: "system", read: system),
        ScenarioEventWord(word: "asleep") { (words) throws(ScenarioFault) in .asleep(try words.duration("how long nobody watched")) },
        ScenarioEventWord(word: "clockstep", read: deviceClock),
        ScenarioEventWord(word: "until") { (_) throws(ScenarioFault) in .until },
    ]

    /// Reads the event that begins with `word`.
    static func event(_ word: String, _ words: inout ScenarioWords) throws(ScenarioFault) -> ScenarioEvent.Kind {
        guard let found = all.first(where: { $0.word == word }) else {
            throw words.fault(
                "`\(word)` is no event; events are \(all.map(\.word).joined(separator: " ")); a series has a colon after its signal")
        }
        return try found.read(&words)
    }

    private static func acknowledgement(_ words: inout ScenarioWords) throws(ScenarioFault) -> ScenarioEvent.Kind {
        let note = words.quoted()
        guard note == nil, !words.isEmpty else { return .acknowledge(nil, note: note) }
        return .acknowledge(EpisodeID(try words.next("an episode")), note: words.quoted())
    }

    private static func limit(_ words: inout ScenarioWords) throws(ScenarioFault) -> ScenarioEvent.Kind {
        let rule = RuleID(try words.next("a rule"))
        var change = RuleOverride()
        while let word = words.take("to", "after", "priority", "off") {
            switch word {
            case "to": change.limit = try words.number("the new limit")
            case "after": change.onDelay = try words.duration("the new delay").inSeconds
            case "priority": change.priority = try words.priority()
            default: change.isOff = true
            }
        }
        return .limit(rule, change, reason: words.quoted() ?? "")
    }

    private static func countersign(_ words: inout ScenarioWords) throws(ScenarioFault) -> ScenarioEvent.Kind {
        let number = try words.count("the number of a request")
        guard words.take("by") != nil else { throw words.fault("write `countersign 1 by doctor`") }
        let name = try words.next("who countersigns")
        return .countersign(number, by: name == ScenarioRun.nurse.name ? ScenarioRun.nurse : Actor(name: name, uid: 1001))
    }

    private static func call(_ words: inout ScenarioWords) throws(ScenarioFault) -> ScenarioEvent.Kind {
        let rule = RuleID(try words.next("a rule"))
        if words.take("over") != nil { return .call(rule, words: nil) }
        return .call(rule, words: try words.text("what the person says"))
    }

    private static func system(_ words: inout ScenarioWords) throws(ScenarioFault) -> ScenarioEvent.Kind {
        let word = try words.next("what is wrong")
        guard let fault = SystemFault(rawValue: word) else {
            throw words.fault("`\(word)` is no such fault: \(SystemFault.allCases.map(\.rawValue).joined(separator: " "))")
        }
        guard let state = words.take("on", "off") else { throw words.fault("write `system \(word) on \"words\"`, or off") }
        return .system(fault, isOn: state == "on", words: words.quoted() ?? "")
    }

    private static func deviceClock(_ words: inout ScenarioWords) throws(ScenarioFault) -> ScenarioEvent.Kind {
        let source = SourceID(try words.next("a source"))
        let word = try words.next("by how much")
        guard let sign = word.first, sign == "+" || sign == "-", let step = ScenarioTime.duration(String(word.dropFirst())) else {
            throw words.fault("write `clockstep \(source) +1h` or -1h, not `\(word)`")
        }
        return .deviceClock(source, sign == "-" ? -step.inSeconds : step.inSeconds)
    }

    private static func restart(_ words: inout ScenarioWords, sameBoot: Bool) throws(ScenarioFault) -> ScenarioEvent.Kind {
        .restart(after: words.isEmpty ? .zero : try words.duration("how long it was down"), sameBoot: sameBoot)
    }

    private static func source(_ words: inout ScenarioWords) throws(ScenarioFault) -> ScenarioEvent.Kind {
        let source = SourceID(try words.next("a source"))
        let word = try words.next("a state")
        guard let state = SourceState(rawValue: word) else {
            throw words.fault("`\(word)` is no state of a source: absent, opening, negotiating, streaming, stale or lost")
        }
        return .source(source, state)
    }

    private static func sensor(_ words: inout ScenarioWords) throws(ScenarioFault) -> ScenarioEvent.Kind {
        let signal = try words.signal()
        let word = try words.next("what the device says")
        guard let condition = SignalCondition(rawValue: word) else {
            throw words.fault("`\(word)` is no word of a device: measuring, sensor_off, poor_signal, unavailable or demo")
        }
        return .sensor(signal, condition)
    }

    private static func cuff(_ words: inout ScenarioWords) throws(ScenarioFault) -> ScenarioEvent.Kind {
        switch words.take("measuring", "failed", "idle") {
        case "measuring": .cuff(.measuring, failed: false)
        case "failed": .cuff(.idle, failed: true)
        case "idle": .cuff(.idle, failed: false)
        default: throw words.fault("write `cuff measuring`, `cuff failed` or `cuff idle`")
        }
    }
}
