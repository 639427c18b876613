import AlertEngine
import VitalsModel

extension RuleKind {
    /// `manual`: what only people see; physiological, in all phases of the plan.
    ///
    /// - `scale` with one of `at_most`, `at_least`, `above`, `below`: the last score of that scale lies beyond the limit. It ends with
    ///   the next score inside, without deadband. A scale that got worse while it alerts is told by a graver rule of the same family:
    ///   give `grades`, the gravest last.
    /// - or `called: true`: a person calls it by its id, with words of their own, and takes it back.
    ///
    ///       - id: moaas
    ///         kind: manual
    ///         title: Deeply sedated
    ///         scale: moaas
    ///         grades:
    ///           - {at_most: 3, priority: medium}
    ///           - {at_most: 1, priority: high}
    ///         action: Wake the patient; check the airway; stop the infusion.
    ///         reason: Alert at 3, high at 1 (clinical.md section 4).
    static let manual = RuleKind(
        word: ManualRule.kind, watching: .time, standardType: .physiological, standardPhases: RuleKind.everyPhase,
        condition: { readManual($0) }, limit: { ($0 as? ManualRule).flatMap(scoreLimit) })

    private static func readManual(_ input: RuleInput) -> ManualRule? {
        let map = input.map
        map.refuse("signal", because: "a person gives what the rule watches, no device")
        map.refuse("deadband", because: "the next score inside the limit ends the alert")
        let (scale, called) = (map.field("scale"), map.field("called"))
        switch (scale, called) {
        case (let scale?, nil): return readScore(scale, input)
        case (nil, let called?): return readCall(called, input)
        case (_?, let called?):
            for key in limitKeys { _ = map.field(key.word) }
            called.error("a rule either watches a scale or is called by name; make two rules")
        case (nil, nil):
            for key in limitKeys { _ = map.field(key.word) }
            map.log.error("the input is missing: give scale with a limit, or called: true", at: map.place, path: map.path.text)
        }
        return nil
    }

    private static func readCall(_ field: Field, _ input: RuleInput) -> ManualRule? {
        for key in limitKeys { input.map.refuse(key.word, because: "a call has no score") }
        guard case .scalar(let word, isQuoted: false) = field.node.content, ["true", "yes", "on"].contains(word.lowercased()) else {
            field.error("write called: true, or remove the rule")
            return nil
        }
        return ManualRule(input: .call, priority: input.priority)
    }

    private static func readScore(_ field: Field, _ input: RuleInput) -> ManualRule? {
        let given = limitKeys.compactMap { key in input.map.field(key.word).map { (key: key, field: $0) } }
        guard let first = given.first else {
            let (place, path) = (input.map.place, input.map.path.text)
            input.map.log.error("the limit is missing: give one of above, below, at_least, at_most", at: place, path: path)
            return nil
        }
        for second in given.dropFirst() {
            second.field.error("a rule has one limit, and \(first.key.word) is already given; make a second rule for the other side")
        }
        // The scores that a session takes at all.
        guard let scale = field.text().flatMap({ KnownScale.read($0, in: field) }), let limit = first.field.number(in: -100...1000),
            given.count == 1, isWithin(scale, limit, first.key.side, countsLimit: first.key.counts, first.field)
        else { return nil }
        return ManualRule(
            input: .score(scale, side: first.key.side, limit: limit, countsLimit: first.key.counts), priority: input.priority)
    }

    /// Refuses a limit that no score of the scale crosses, or every one.
    private static func isWithin(_ scale: ScaleID, _ limit: Double, _ side: LimitSide, countsLimit: Bool, _ field: Field) -> Bool {
        guard let range = KnownScale.range(of: scale) else { return true }
        let (worst, best) = side == .above ? (range.upperBound, range.lowerBound) : (range.lowerBound, range.upperBound)
        let words = "\(scale) runs from \(NumberText.text(range.lowerBound)) to \(NumberText.text(range.upperBound))"
        if !side.isBeyond(worst, limit, countingLimit: countsLimit) {
            field.error("can never alert: \(words)")
        } else if side.isBeyond(best, limit, countingLimit: countsLimit) {
            field.error("always alerts: \(words)")
        } else {
            return true
        }
        return false
    }

    private static func scoreLimit(_ rule: ManualRule) -> RuleLimit? {
        guard case .score(let scale, let side, let limit, _) = rule.input else { return nil }
        return RuleLimit(measure: .score(scale), number: limit, side: side)
    }
}
