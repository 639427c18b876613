import VitalsModel

/// Reads a scenario line by line.
struct ScenarioReader {
    private enum Section { case plan, given, expect }

    private var section = Section.plan
    private var plan = ScenarioPlanReader()
    private var events: [ScenarioEvent] = []
    private var expectations: [ScenarioExpectation] = []
    private var silences: [ClosedRange<Duration>] = []
    private var expectsEverything = false

    mutating func read(_ line: String, number: Int, plans: Scenario.Plans) throws(ScenarioFault) {
        if section == .plan, plan.takeBlock(line, number: number) { return }
        var words = ScenarioWords(String(line.prefix { $0 != "#" }), line: number)
        if words.isEmpty { return }
        if words.take("given") != nil {
            section = .given
        } else if words.take("expect") != nil {
            section = .expect
            expectsEverything = words.take("everything") != nil
        } else {
            switch section {
            case .plan: try plan.read(&words, plans: plans)
            case .given: try readEvent(&words)
            case .expect: try readExpectation(&words)
            }
        }
        if !words.isEmpty { throw words.fault("`\(words.rest.joined(separator: " "))` is not understood here") }
    }

    /// The scenario, its events by time; at one time in the order of the file.
    func scenario() throws(ScenarioFault) -> Scenario {
        let ordered = events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
        return Scenario(
            beginning: try plan.beginning(), events: ordered, expectations: expectations, silences: silences,
            expectsEverything: expectsEverything, hasExpectations: section == .expect)
    }

    // MARK: Given

    private mutating func readEvent(_ words: inout ScenarioWords) throws(ScenarioFault) {
        let at = try time(&words)
        let word = try words.next("a series or an event")
        if word.hasSuffix(":") || words.rest.first == "from" {
            events += try ScenarioSeries.events(head: word, &words, from: at, measured: measurements)
            return
        }
        events.append(ScenarioEvent(at: at, kind: try ScenarioEventWord.event(word, &words)))
    }

    /// How many cuff measurements there have been.
    private var measurements: Int {
        events.reduce(0) { count, event in
            guard case .reading(_, _, _, _, let measurement?, _) = event.kind else { return count }
            return max(count, measurement)
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
