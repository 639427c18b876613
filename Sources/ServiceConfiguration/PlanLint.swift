import AlertEngine
import SessionFlow
import VitalsModel

/// Looks at a plan as a whole: rules that can never alert, that contradict each other, or that leave a gap.
///
/// What makes the plan other than it reads is an error; what a clinic might want but should know is a warning.
struct PlanLint {
    /// From which on-delay a high alert deserves a question.
    static let longHighDelay: Duration = .seconds(60)

    var outline: PlanOutline
    var rules: RuleList
    var log: FaultLog

    /// Reports what it finds.
    func run() {
        for placed in rules.rules {
            placed.kind.check(placed, outline)
            checkPhases(placed)
            checkWindow(placed)
            checkGravity(placed)
        }
        checkFamilies()
        CompositeLint(list: rules).run()
        InhibitionLint(list: rules).run()
        // Without all rules a gap may be one of the rules that could not be read.
        if rules.isComplete { checkCoverage() }
    }

    private func checkPhases(_ placed: PlacedRule) {
        guard placed.rule.phases.isEmpty, outline.phases != nil, placed.kind.word != CuffOverdueRule.kind else { return }
        placed.error("can never alert: it is armed in no phase of this plan; give phases", at: "phases")
    }

    /// n readings need n - 1 intervals; the window that counts is the larger of the rule's and one interval with its grace.
    private func checkWindow(_ placed: PlacedRule) {
        let confirmation = placed.rule.confirmation
        guard let window = confirmation.window, confirmation.readings > 2 else { return }
        for step in outline.cuff.steps where placed.rule.phases.contains(step.phase) {
            let needed = step.every * (confirmation.readings - 1)
            let effective = max(window, step.every + outline.cuff.grace(for: step.every))
            guard needed > effective else { continue }
            placed.error(
                "can never alert in \(step.phase.rawValue): \(confirmation.readings) readings every "
                    + "\(DurationText.text(step.every)) take \(DurationText.text(needed)), more than \(DurationText.text(effective))",
                at: "within")
            return
        }
    }

    private func checkGravity(_ placed: PlacedRule) {
        guard placed.rule.priority == .high else { return }
        if placed.rule.confirmation.onDelay > Self.longHighDelay {
            placed.warning(
                "a high alert is to be answered at once, and this one waits \(DurationText.text(placed.rule.confirmation.onDelay))",
                at: "for")
        }
        if placed.rule.latching == .never, placed.rule.type == .physiological {
            placed.warning("a high alert that ends before anybody looks leaves nothing on the screen", at: "latching")
        }
    }

    /// Within a family every later rule must be graver and deeper than the earlier ones of the same phases.
    private func checkFamilies() {
        let families = Dictionary(grouping: rules.rules.filter { $0.rule.family != nil }) { $0.rule.family ?? "" }
        for (name, members) in families {
            for index in members.indices.dropFirst() {
                checkOrder(members[index], after: members[index - 1], in: name)
            }
        }
    }

    private func checkOrder(_ later: PlacedRule, after earlier: PlacedRule, in family: String) {
        let (rule, before) = (later.rule, earlier.rule)
        let isOneThing = later.limit.map { limit in earlier.limit.map { limit.isOfOneThing(with: $0) } ?? true } ?? true
        guard rule.condition.signals == before.condition.signals, rule.condition.side == before.condition.side, isOneThing,
            later.limit?.score?.scale == earlier.limit?.score?.scale, later.limit?.score?.side == earlier.limit?.score?.side
        else {
            later.error(
                "watches something else than \(before.id) of the same family \(family); give it another family", at: "family")
            return
        }
        guard !rule.phases.isDisjoint(with: before.phases) else { return }
        if let limit = later.limit, let limitBefore = earlier.limit, limit.isDeeper(than: limitBefore) == false {
            later.error(
                "family \(family) is out of order: \(rule.id) must lie deeper than \(before.id) "
                    + "(\(NumberText.text(limitBefore.number))) before it, and is at \(NumberText.text(limit.number))", at: "family")
        }
        if rule.priority < before.priority {
            later.error(
                "family \(family) is out of order: \(rule.id) is \(rule.priority.rawValue), less urgent than \(before.id) "
                    + "(\(before.priority.rawValue)) before it", at: "priority")
        }
        for phase in before.phases.subtracting(rule.phases).sorted() {
            later.warning("is not armed in \(phase.rawValue), where the milder \(before.id) is", at: "phases")
        }
    }

    /// What the plan awaits must be missed when it does not come.
    private func checkCoverage() {
        for expected in outline.expected {
            let signal = expected.value.signal
            let watching = rules.rules.filter { $0.rule.condition.signals.contains(signal) }
            if watching.isEmpty {
                expected.field.warning("\(signal.rawValue) is expected, but no rule watches it")
            } else if !watching.contains(where: { $0.kind.watching == .values }) {
                expected.field.warning(
                    "\(signal.rawValue) is expected, but no rule holds its values against a limit; add one, as of kind \(ThresholdRule.kind)"
                )
            } else if !watching.contains(where: { $0.kind.watching == .presence }) {
                expected.field.warning(
                    "\(signal.rawValue) is expected, but nothing tells when it stays away; add a rule of kind \(MissingRule.kind)")
            }
        }
        if let cuff = outline.cuffField { checkCuffCoverage(cuff) }
    }

    private func checkCuffCoverage(_ cuff: Field) {
        if !rules.rules.contains(where: { $0.kind.word == CuffOverdueRule.kind }) {
            cuff.warning("nothing tells when a measurement is overdue; add a rule of kind \(CuffOverdueRule.kind)")
        }
        if !rules.rules.contains(where: { $0.rule.condition.signals.contains { $0.cadence == .intermittent } }) {
            cuff.warning("the cuff is scheduled, but no rule holds a pressure against a limit; add one, as of kind \(ThresholdRule.kind)")
        }
    }
}
