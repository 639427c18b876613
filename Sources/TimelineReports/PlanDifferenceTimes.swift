import AlertEngine
import SessionFlow
import VitalsModel

/// What changed in a plan beside its rules: phases, streams, cuff, baseline and response.
struct PlanTimesComparison {
    var old: SessionPlan
    var new: SessionPlan

    /// The changes, one for each field.
    var changes: [PlanChange] { ([phases] + streams + filters + cuff + baseline + response).compactMap { $0 } }

    private var phases: PlanChange? {
        func words(_ plan: SessionPlan) -> String { plan.phases.map(\.rawValue).joined(separator: ", ") }
        return old.phases == new.phases ? nil : PlanChange("phases", "\(words(old)) -> \(words(new))", .neutral)
    }

    private var streams: [PlanChange?] {
        Signal.allCases.map { signal in
            let periods = [old, new].map { plan in plan.expected.first { $0.signal == signal }?.period }
            guard periods[0] != periods[1] else { return nil }
            let words = periods.map { $0.map { "every \($0.exactText)" } ?? "not at all" }
            return .of(
                "expected streams", "\(signal.title) \(words[0]) -> \(words[1])", pairs: [(periods[0], periods[1])], effect: .noticesLater)
        }
    }

    /// A wider median sees a change later, and a stray value less.
    private var filters: [PlanChange?] {
        Signal.allCases.map { signal in
            let widths = [old, new].map { $0.filters[signal] ?? 1 }
            guard widths[0] != widths[1] else { return nil }
            return .of(
                "filter", "\(signal.title) \(PlanWords.filter(widths[0])) -> \(PlanWords.filter(widths[1]))",
                pairs: [(widths[0], widths[1])], effect: .alertsLater)
        }
    }

    // MARK: Cuff

    private var cuff: [PlanChange?] {
        SessionPhase.allCases.map(intervals) + [
            .of("cuff", "grace at least", old.cuff.graceMinimum, new.cuff.graceMinimum, effect: .noticesLater, text: \.exactText),
            .of("cuff", "grace as a share of the interval", old.cuff.graceShare, new.cuff.graceShare, effect: .noticesLater) {
                "\(($0 * 100).shortText) %"
            },
            .of(
                "cuff", "repeated after a value beyond a limit by", old.cuff.repeatAfter, new.cuff.repeatAfter, effect: .noticesLater,
                text: \.exactText),
        ]
    }

    /// The intervals of one phase: looser where none is shorter at any time of it.
    private func intervals(_ phase: SessionPhase) -> PlanChange? {
        let steps = [old, new].map { $0.cuff.steps.filter { $0.phase == phase } }
        guard steps[0] != steps[1] else { return nil }
        let times = [.zero] + steps.flatMap { $0.compactMap(\.lasting) }
        let pairs = times.map { (old: old.cuff.interval(in: phase, elapsed: $0), new: new.cuff.interval(in: phase, elapsed: $0)) }
        return .of("cuff", "\(phase.rawValue) \(words(steps[0])) -> \(words(steps[1]))", pairs: pairs, effect: .noticesLater)
    }

    private func words(_ steps: [CuffSchedule.Step]) -> String {
        guard !steps.isEmpty else { return "no measurements" }
        return steps.map { step in "every \(step.every.exactText)" + (step.lasting.map { " until \($0.exactText)" } ?? "") }
            .joined(separator: ", then ")
    }

    // MARK: Baseline

    private var baseline: [PlanChange?] {
        let (before, after) = (old.baseline, new.baseline)
        return [
            .of("baseline", "cuff readings", before.cuffReadings, after.cuffReadings, effect: nil) { "\($0)" },
            .of("baseline", "cuff readings within", before.cuffWithin, after.cuffWithin, effect: nil, text: \.exactText),
            .of("baseline", "spread of cuff readings", before.cuffSpread, after.cuffSpread, effect: nil) { "\($0.exactText) mmHg" },
            .of("baseline", "window of streams", before.streamWindow, after.streamWindow, effect: nil, text: \.exactText),
            .of("baseline", "good data of streams", before.streamMinimum, after.streamMinimum, effect: nil, text: \.exactText),
        ]
    }

    // MARK: Response

    private var response: [PlanChange?] {
        let priorities = AlertPriority.allCases.reversed()
        return priorities.map(escalation) + priorities.map(reminder) + [
            .of("response", "a silent source holds an alert", old.response.hold, new.response.hold, effect: nil, text: \.exactText)
        ]
    }

    private func escalation(_ priority: AlertPriority) -> PlanChange? {
        let steps = [old, new].map { $0.response.escalation[priority] ?? [] }
        guard steps[0] != steps[1] else { return nil }
        let words = steps.map { $0.isEmpty ? "never" : "after \(PlanWords.sequence($0.map(\.exactText)))" }
        let pairs = (0..<max(steps[0].count, steps[1].count)).map { index in
            (old: steps[0].dropFirst(index).first, new: steps[1].dropFirst(index).first)
        }
        return .of("response", "\(priority.rawValue) escalates \(words[0]) -> \(words[1])", pairs: pairs, effect: .callsLater)
    }

    private func reminder(_ priority: AlertPriority) -> PlanChange? {
        let times = [old, new].map { $0.response.reminder[priority] }
        guard times[0] != times[1] else { return nil }
        let words = times.map { $0.map { "after \($0.exactText)" } ?? "never" }
        let text = "\(priority.rawValue), once acknowledged, comes again \(words[0]) -> \(words[1])"
        return .of("response", text, pairs: [(times[0], times[1])], effect: .callsLater)
    }
}
