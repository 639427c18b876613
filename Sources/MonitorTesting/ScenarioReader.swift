import AlertEngine
import SessionFlow
import VitalsModel

/// Reads a scenario line by line.
struct ScenarioReader {
    private enum Section { case plan, given, expect }

    private var section = Section.plan
    private var rules: [AlertRule] = []
    private var phases: [SessionPhase] = [.acute, .recovery, .discharge]
    private var expected: [ExpectedSignal] = []
    private var steps: [CuffSchedule.Step] = []
    private var response = ResponseTimes(reminder: [:], escalation: [:])
    private var ranking: [Signal: [SourceID]] = [:]
    private var events: [ScenarioEvent] = []
    private var expectations: [ScenarioExpectation] = []
    private var silences: [ClosedRange<Duration>] = []
    private var expectsEverything = false

    mutating func read(_ given: ScenarioWords) throws(ScenarioFault) {
        var words = given
        if words.take("given") != nil {
            section = .given
        } else if words.take("expect") != nil {
            section = .expect
            expectsEverything = words.take("everything") != nil
        } else {
            switch section {
            case .plan: try readPlanLine(&words)
            case .given: try readEvent(&words)
            case .expect: try readExpectation(&words)
            }
        }
        if !words.isEmpty { throw words.fault("`\(words.rest.joined(separator: " "))` is not understood here") }
    }

    /// The scenario, its events by time; at one time in the order of the file.
    func scenario() -> Scenario {
        let plan = SessionPlan(
            id: "scenario", version: 1, title: "Scenario", route: "none", phases: phases, expected: expected,
            cuff: CuffSchedule(steps: steps, graceMinimum: .seconds(60), graceShare: 0.2), baseline: BaselineMethod(),
            response: response, rules: rules, text: "", hash: "")
        let ordered = events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
        return Scenario(
            plan: plan, ranking: ranking, events: ordered, expectations: expectations, silences: silences,
            expectsEverything: expectsEverything)
    }

    // MARK: Plan

    private mutating func readPlanLine(_ words: inout ScenarioWords) throws(ScenarioFault) {
        switch try words.next("a line of the plan") {
        case "rule":
            rules.append(try ScenarioRuleText.rule(words))
            words = ScenarioWords("", line: words.line)
        case "phases":
            phases = []
            while !words.isEmpty { phases.append(try words.phase()) }
        case "stream":
            let signal = try words.signal()
            guard words.take("every") != nil else { throw words.fault("write `stream SpO2 every 1s`") }
            expected.append(ExpectedSignal(signal: signal, period: try words.duration("the period")))
        case "cuff":
            let phase = try words.phase()
            guard words.take("every") != nil else { throw words.fault("write `cuff acute every 5m`") }
            let interval = try words.duration("the interval")
            let lasting: Duration? = words.take("lasting") == nil ? nil : try words.duration("how long")
            steps.append(CuffSchedule.Step(phase: phase, every: interval, lasting: lasting))
        case "hold": response.hold = try words.duration("the hold time")
        case "remind": response.reminder[try priority(&words)] = try words.duration("the reminder time")
        case "escalate":
            let priority = try priority(&words)
            while !words.isEmpty { response.escalation[priority, default: []].append(try words.duration("an escalation time")) }
        case "prefer":
            let signal = try words.signal()
            while !words.isEmpty { ranking[signal, default: []].append(SourceID(try words.next("a source"))) }
        case let other:
            throw words.fault("`\(other)` is no line of a plan; write rule, phases, stream, cuff, hold, remind, escalate or prefer")
        }
    }

    private func priority(_ words: inout ScenarioWords) throws(ScenarioFault) -> AlertPriority {
        let word = try words.next("a priority")
        guard let priority = AlertPriority(rawValue: word) else { throw words.fault("`\(word)` is no priority: low, medium or high") }
        return priority
    }

    // MARK: Given

    private mutating func readEvent(_ words: inout ScenarioWords) throws(ScenarioFault) {
        let at = try time(&words)
        let word = try words.next("a series or an event")
        if word.hasSuffix(":") || words.rest.first == "from" {
            events += try ScenarioSeries.events(head: word, &words, from: at, measured: measurements)
            return
        }
        events.append(ScenarioEvent(at: at, kind: try event(word, &words)))
    }

    /// How many cuff measurements there have been.
    private var measurements: Int {
        events.reduce(0) { count, event in
            guard case .reading(_, _, _, _, let measurement?) = event.kind else { return count }
            return max(count, measurement)
        }
    }

    private func event(_ word: String, _ words: inout ScenarioWords) throws(ScenarioFault) -> ScenarioEvent.Kind {
        switch word {
        case "phase": return .phase(try words.phase())
        case "ack":
            let episode = words.rest.first.map { !$0.hasPrefix("\"") } == true ? EpisodeID(try words.next("an episode")) : nil
            return .acknowledge(episode, note: words.quoted())
        case "note": return .note(words.quoted() ?? "")
        case "restart", "reboot":
            let pause: Duration = words.isEmpty ? .zero : try words.duration("how long it was down")
            return .restart(after: pause, sameBoot: word == "restart")
        case "end": return .end(reason: words.quoted())
        case "source":
            let source = SourceID(try words.next("a source"))
            let state = try words.next("a state")
            guard let state = SourceState(rawValue: state) else { throw words.fault("`\(state)` is no state of a source") }
            return .source(source, state)
        case "sensor":
            let signal = try words.signal()
            let condition = try words.next("what the device says")
            guard let condition = SignalCondition(rawValue: condition) else { throw words.fault("`\(condition)` is no word of a device") }
            return .sensor(signal, condition)
        case "cuff":
            guard let state = words.take("failed", "measuring") else { throw words.fault("write `cuff failed` or `cuff measuring`") }
            return .cuff(failed: state == "failed")
        case "until": return .until
        default: throw words.fault("`\(word)` is no event; a series has a colon after its signal")
        }
    }

    // MARK: Expect

    private mutating func readExpectation(_ words: inout ScenarioWords) throws(ScenarioFault) {
        if words.take("nothing") != nil { return }
        if words.take("silence") != nil {
            let from = try time(&words)
            let to = try time(&words)
            guard from <= to else { throw words.fault("a silence ends after it begins") }
            silences.append(from...to)
            return
        }
        let at = try time(&words)
        expectations.append(try ScenarioExpectation(at: at, &words))
    }

    private func time(_ words: inout ScenarioWords) throws(ScenarioFault) -> Duration {
        let word = try words.next("a time")
        guard let time = ScenarioTime.sinceStart(word) else { throw words.fault("a line begins with a time like 1:30, not `\(word)`") }
        return time
    }
}

/// Reads the values of one series.
private enum ScenarioSeries {
    static func events(
        head: String, _ words: inout ScenarioWords, from start: Duration, measured: Int
    ) throws(ScenarioFault) -> [ScenarioEvent] {
        var source: SourceID = "monitor"
        var name = head
        if words.take("from") != nil {
            let word = try words.next("a source with a colon")
            guard word.hasSuffix(":") else { throw words.fault("write a colon after the source: `SpO2 from oximeter: 97`") }
            source = SourceID(String(word.dropLast()))
        } else {
            name = String(head.dropLast())
        }
        let parts = name.split(separator: "@")
        guard let first = parts.first, let signal = ScenarioWords.signal(String(first)) else {
            throw words.fault("`\(name)` is no signal; signals are \(Signal.allCases.map(\.label).joined(separator: " "))")
        }
        var period: Duration = .seconds(1)
        if parts.count == 2 {
            guard let written = ScenarioTime.duration(String(parts[1])) else { throw words.fault("`\(parts[1])` is no period like 5m") }
            period = written
        }
        return try values(&words, signal, source, every: period, from: start, measured: measured)
    }

    private static func values(
        _ words: inout ScenarioWords, _ signal: Signal, _ source: SourceID, every period: Duration, from start: Duration, measured: Int
    ) throws(ScenarioFault) -> [ScenarioEvent] {
        var (events, at, measurement): ([ScenarioEvent], Duration, Int) = ([], start, measured)
        while !words.isEmpty {
            if words.take("gap") != nil {
                at += try words.duration("how long the gap is")
                continue
            }
            let isResend = words.take("resend") != nil
            let quality = words.take("suspect", "demo", "invalid").flatMap { ReadingQuality(rawValue: $0) } ?? .valid
            let word = try words.next("a value")
            let parts = word.split(separator: "x")
            guard (1...2).contains(parts.count), let value = Double(parts[0]), let count = parts.count == 2 ? Int(parts[1]) : 1,
                (1...100_000).contains(count)
            else { throw words.fault("a value is a number or `97x10`, not `\(word)`") }
            for _ in 0..<count {
                if !isResend { measurement += 1 }
                let given = quality == .invalid ? nil : value
                let counted = signal.cadence == .intermittent ? measurement : nil
                events.append(ScenarioEvent(at: at, kind: .reading(signal, given, quality, source, measurement: counted)))
                at += period
            }
        }
        return events
    }
}
