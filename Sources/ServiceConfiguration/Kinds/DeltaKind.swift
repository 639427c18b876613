import AlertEngine
import VitalsModel

extension RuleKind {
    /// `delta`: a distance from this person's own baseline, on one side: `baseline_plus`, `baseline_plus_percent`, or
    /// `baseline_minus`, `baseline_minus_percent`; with both, `mode` says whether `any` or `all` must be exceeded.
    static let delta = RuleKind(
        word: DeltaRule.kind, watching: .values, standardType: .physiological,
        standardPhases: { _ in [.dosing, .acute, .recovery, .discharge] },
        condition: { readDelta($0) },
        limit: { ($0 as? DeltaRule).flatMap(distance) },
        check: { placed, outline in checkDelta(placed, outline) })

    private static func readDelta(_ input: RuleInput) -> DeltaRule? {
        let deadband = input.map.field("deadband")?.number(in: 0...100) ?? input.signals.first.map(StandardDeadband.of) ?? 0
        let plus = readDistances(input.map, "baseline_plus", percentUpTo: 300)
        // 100 % below the baseline is nothing at all.
        let minus = readDistances(input.map, "baseline_minus", percentUpTo: 99)
        let mode = readMode(input.map, isNeeded: (plus?.isPair ?? false) || (minus?.isPair ?? false))
        guard plus == nil || minus == nil else {
            minus?.field.error("a rule has one side, and baseline_plus is already given; make a second rule for the other side")
            return nil
        }
        guard let found = plus ?? minus else {
            input.map.log.error(
                "the distance is missing: give baseline_plus, baseline_plus_percent, baseline_minus or baseline_minus_percent",
                at: input.map.place, path: input.map.path.text)
            return nil
        }
        guard !found.isBroken else { return nil }
        return DeltaRule(
            signals: input.signals, side: plus != nil ? .above : .below, absolute: found.absolute, percent: found.percent,
            mode: mode, deadband: deadband)
    }

    /// The distances of one side.
    private struct Distances {
        var absolute: Double?
        var percent: Double?
        var isPair: Bool
        var isBroken: Bool
        var field: Field
    }

    private static func readDistances(_ map: MapReader, _ key: String, percentUpTo highest: Double) -> Distances? {
        let fields = [map.field(key), map.field("\(key)_percent")]
        guard let field = fields.compactMap({ $0 }).first else { return nil }
        let absolute = fields[0]?.positiveNumber(upTo: 200)
        let percent = fields[1]?.positiveNumber(upTo: highest)
        let isBroken = (fields[0] != nil && absolute == nil) || (fields[1] != nil && percent == nil)
        return Distances(
            absolute: absolute, percent: percent, isPair: fields[0] != nil && fields[1] != nil, isBroken: isBroken, field: field)
    }

    private static func readMode(_ map: MapReader, isNeeded: Bool) -> DeltaRule.Mode {
        guard isNeeded else {
            map.refuse("mode", because: "it chooses between two distances, and this rule gives one")
            return .any
        }
        return map.required("mode", "any (the first of both distances) or all (the farther one)")?
            .choice([DeltaRule.Mode.any, .all]) ?? .any
    }

    private static func distance(_ rule: DeltaRule) -> RuleLimit? {
        guard let side = rule.side else { return nil }
        switch (rule.absolute, rule.percent) {
        case (let absolute?, nil): return RuleLimit(measure: .distance, number: absolute, side: side)
        case (nil, let percent?): return RuleLimit(measure: .percent, number: percent, side: side)
        case (let absolute?, _?): return RuleLimit(measure: .mixed, number: absolute, side: side)
        case (nil, nil): return nil
        }
    }

    private static func checkDelta(_ placed: PlacedRule, _ outline: PlanOutline) {
        guard let rule = placed.rule.condition as? DeltaRule else { return }
        if let phases = outline.phases, !phases.contains(.baseline) {
            placed.error("can never alert: this plan has no phase baseline in which a baseline is taken", at: "kind")
        }
        if let smallest = rule.absolute, rule.deadband >= smallest {
            placed.error(
                "the clear limit would lie on the other side of the baseline: deadband \(NumberText.text(rule.deadband)) is not "
                    + "smaller than the distance \(NumberText.text(smallest))", at: "deadband")
        }
    }
}
