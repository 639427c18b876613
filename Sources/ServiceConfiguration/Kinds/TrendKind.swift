import AlertEngine
import VitalsModel

extension RuleKind {
    /// `trend`: a stream that falls or rises too fast, before it reaches a limit. The slope is the median of those
    /// between both halves of a window's good values (a quarter of them may be wrong); it is told with the values from which and to
    /// which it leads, `from 97 to 91 in 3 min`.
    ///
    /// | key | meaning | default |
    /// |---|---|---|
    /// | `falls` or `rises` | the slope that alerts, in the signal's unit per minute | must be given |
    /// | `over` | the window, 1 to 10 min (alarms.md section 6 has 3 to 5) | 3 min |
    /// | `points` | how many good values the window must hold; they must also span 80 % of it | 10 |
    /// | `deadband` | how much flatter the slope must be to end the alert | half of the slope |
    /// | `for` | how long the slope must stay so steep | 0 s, since the window is delay enough |
    /// | `samples`, `clear_for`, `worsen` | as for every stream | 1 (with `for`: 2), 10 s, never |
    ///
    /// A change twice as steep as the slope alerts after half of the window, one just as steep after three quarters of it. Only values
    /// of one signal and one source make a slope. With too few of them the rule says nothing.
    ///
    ///     - id: spo2-falling
    ///       kind: trend
    ///       signal: spo2
    ///       falls: 1.5
    ///       over: 3 min
    ///       priority: medium
    ///       title: SpO2 falling
    ///       action: Look at the patient.
    ///       reason: A steady fall of 1.5 % a minute reaches 92 within minutes.
    static let trend = RuleKind(
        word: TrendRule.kind, watching: .values, standardType: .physiological, standardPhases: RuleKind.attended,
        standardOnDelay: .zero,
        condition: { readTrend($0) },
        limit: { condition in
            guard let rule = condition as? TrendRule, let side = rule.side else { return nil }
            return RuleLimit(measure: .slope, number: abs(rule.limit), side: side)
        },
        check: { placed, outline in checkTrend(placed, outline) })

    private static func readTrend(_ input: RuleInput) -> TrendRule? {
        let map = input.map
        let (overField, pointsField, deadbandField) = (map.field("over"), map.field("points"), map.field("deadband"))
        let window = overField == nil ? .seconds(180) : overField?.duration(in: .seconds(60) ... .seconds(600))
        let points = pointsField == nil ? 10 : pointsField?.integer(in: 3...600)
        let deadband = deadbandField?.number(in: 0...200)
        guard let slope = readSlope(map), isStream(input, "a slope needs a stream"), let window, let points,
            deadbandField == nil || deadband != nil
        else { return nil }
        return TrendRule(
            signals: input.signals, side: slope.side, limit: slope.side == .below ? -slope.number : slope.number,
            deadband: deadband ?? slope.number / 2, window: window, points: points)
    }

    private static func readSlope(_ map: MapReader) -> (side: LimitSide, number: Double)? {
        let (falls, rises) = (map.field("falls"), map.field("rises"))
        if falls != nil, let rises {
            rises.error("a rule has one side, and falls is already given; make a second rule for the other side")
            return nil
        }
        guard let field = falls ?? rises else {
            map.log.error("the slope is missing: give falls or rises, per minute", at: map.place, path: map.path.text)
            return nil
        }
        guard let number = field.positiveNumber(upTo: 200) else { return nil }
        guard (number * 10).rounded() / 10 == number else {
            field.error("\(NumberText.text(number)) has more than one decimal, and people read one; round it")
            return nil
        }
        return (falls != nil ? .below : .above, number)
    }

    /// Whether the signal comes as a stream; false is reported, unless the signal itself was wrong.
    static func isStream(_ input: RuleInput, _ reason: String) -> Bool {
        guard let signal = input.signals.first else { return false }
        guard signal.cadence == .intermittent else { return true }
        input.map.field("signal")?.error("\(signal.rawValue) comes as single cuff measurements, and \(reason)")
        return false
    }

    private static func checkTrend(_ placed: PlacedRule, _ outline: PlanOutline) {
        guard let rule = placed.rule.condition as? TrendRule, let signal = rule.signals.first else { return }
        let slope = abs(rule.limit)
        if rule.deadband >= slope {
            placed.error(
                "the clear limit would be a course in the other direction: deadband \(NumberText.text(rule.deadband)) is not smaller "
                    + "than the slope \(NumberText.text(slope))", at: "deadband")
        }
        let range = PlausibleRange.of(signal)
        let least = slope * rule.window.inSeconds / 60 * 0.8
        if least > range.upperBound - range.lowerBound {
            placed.error(
                "can never alert: plausible values of \(signal.rawValue) lie between \(NumberText.text(range.lowerBound)) and "
                    + "\(NumberText.text(range.upperBound)), and this slope needs \(NumberText.text(least)) in 80 % of the window",
                at: rule.side == .below ? "falls" : "rises")
        }
        guard let period = outline.period(ofAny: rule.signals) else { return }
        let check = WindowCheck(window: rule.window, period: period)
        if let fault = check.fault {
            placed.error(fault + "; change over", at: "over")
        } else if check.mostValues < rule.points {
            placed.error(
                "can never alert: \(DurationText.text(rule.window)) hold at most \(check.mostValues) values, one every "
                    + "\(DurationText.text(period)); make points smaller or over longer", at: "points")
        }
    }
}
