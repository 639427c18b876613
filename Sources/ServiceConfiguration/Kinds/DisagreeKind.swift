import AlertEngine
import VitalsModel

extension RuleKind {
    /// `disagree`: two sources of one thing that tell different numbers. Either the heart rate against the pulse rate (`against`), or
    /// one stream of two sources (`between: sources`). Values that were received within 3 s of each other are compared; where one
    /// is missing the rule says nothing. Both values are told: `heart_rate 80, pulse_rate 104`.
    ///
    /// | key | meaning | default |
    /// |---|---|---|
    /// | `against` or `between` | `pulse_rate` beside `heart_rate` or the other way round; or the word `sources` | one must be given |
    /// | `gap` | the distance that is still agreement | heart and pulse rate 20 (alarms.md section 6), SpO2 4 (our own), else must be given |
    /// | `deadband` | how much closer they must come to end the alert | a quarter of the gap |
    /// | `for` | how long they must disagree | 30 s |
    /// | `samples`, `clear_for`, `worsen` | as for every stream | 2, 10 s, never |
    ///
    /// The type is `technical`: which of both is wrong is not known.
    ///
    ///     - id: hr-pr-apart
    ///       kind: disagree
    ///       signal: heart_rate
    ///       against: pulse_rate
    ///       priority: low
    ///       title: Heart rate and pulse rate disagree
    ///       action: Feel the pulse; look at electrodes and clip.
    ///       reason: One of both is wrong, or beats do not reach the finger.
    static let disagree = RuleKind(
        word: DisagreeRule.kind, watching: .values, standardType: .technical,
        standardPhases: { _ in [.baseline, .dosing, .acute, .recovery] },
        standardOnDelay: .seconds(30),
        condition: { readDisagree($0) },
        limit: { ($0 as? DisagreeRule).map { RuleLimit(measure: .gap, number: $0.gap, side: .above) } },
        check: { placed, outline in checkDisagree(placed, outline) })

    private static func readDisagree(_ input: RuleInput) -> DisagreeRule? {
        let map = input.map
        let comparison = readComparison(input)
        let gapField = map.field("gap")
        let deadbandField = map.field("deadband")
        let gap = gapField == nil ? input.signals.first.flatMap { standardGap($0) } : gapField?.positiveNumber(upTo: 200)
        let deadband = deadbandField?.number(in: 0...200)
        guard isStream(input, "only streams are compared"), let signal = input.signals.first else { return nil }
        if gapField == nil, gap == nil { _ = map.required("gap", "the distance of both that is still agreement") }
        guard let comparison, let gap, deadbandField == nil || deadband != nil else { return nil }
        return DisagreeRule(signal: signal, comparison: comparison, gap: gap, deadband: deadband ?? gap / 4)
    }

    private static func standardGap(_ signal: Signal) -> Double? {
        switch signal {
        case .heartRate, .pulseRate: 20
        case .spo2: 4
        default: nil
        }
    }

    private static func readComparison(_ input: RuleInput) -> DisagreeRule.Comparison? {
        let map = input.map
        let (against, between) = (map.field("against"), map.field("between"))
        if against != nil, let between {
            between.error("a rule compares two things, and against is already given; make a second rule")
            return nil
        }
        if let between { return between.word(among: ["sources"]).map { _ in .sources } }
        guard let against else {
            map.log.error(
                "what it is compared with is missing: give against: pulse_rate, or between: sources", at: map.place, path: map.path.text)
            return nil
        }
        guard let other = against.choice(Signal.allCases), let signal = input.signals.first else { return nil }
        guard Set([signal, other]) == [.heartRate, .pulseRate] else {
            against.error(
                "\(other.rawValue) does not measure the same as \(signal.rawValue); only heart_rate and pulse_rate do; for two sources "
                    + "of one signal give between: sources")
            return nil
        }
        return .signal(other)
    }

    private static func checkDisagree(_ placed: PlacedRule, _ outline: PlanOutline) {
        guard let rule = placed.rule.condition as? DisagreeRule else { return }
        let range = PlausibleRange.of(rule.signal)
        if rule.gap >= range.upperBound - range.lowerBound {
            placed.error(
                "can never alert: plausible values of \(rule.signal.rawValue) lie between \(NumberText.text(range.lowerBound)) and "
                    + "\(NumberText.text(range.upperBound)), never further apart; make gap smaller", at: "gap")
        }
        if rule.deadband >= rule.gap {
            placed.error(
                "can never clear: deadband \(NumberText.text(rule.deadband)) is not smaller than the gap \(NumberText.text(rule.gap))",
                at: "deadband")
        }
        guard case .signal(let other) = rule.comparison else { return }
        checkPeriods(of: [rule.signal, other], placed, outline)
    }

    /// Values that come too seldom are hardly ever of one time.
    private static func checkPeriods(of signals: [Signal], _ placed: PlacedRule, _ outline: PlanOutline) {
        for signal in signals {
            guard let period = outline.period(ofAny: [signal]), period > DisagreeRule.togetherness else { continue }
            placed.error(
                "cannot be judged: \(signal.rawValue) comes every \(DurationText.text(period)), and only values within "
                    + "\(DurationText.text(DisagreeRule.togetherness)) of each other are compared; remove the rule",
                at: signal == placed.rule.condition.signals.first ? "signal" : "against")
            return
        }
    }
}
