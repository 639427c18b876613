import AlertEngine
import VitalsModel

extension RuleKind {
    /// `count`: a limit that need not be passed all the time. Of a stream: a share of the good values of a window; of a cuff: m of the
    /// last n good readings. A dropout or one better value in between does not begin the count anew, as it does for `threshold`. It
    /// alerts as soon as it is true; `for` and `samples` do not belong to it.
    ///
    /// | key | meaning | default |
    /// |---|---|---|
    /// | `above`, `below`, `at_least`, `at_most` | the limit, one of them | must be given |
    /// | `deadband` | the distance of the clear limit | heart rate 3, SpO2 1, pressure 5 |
    /// | `share`, `over` | streams: the share of the window (5 s to 10 min) | 80 % of 30 s (alarms.md section 6) |
    /// | `readings`, `of` | cuffs: m of the last n | must be given |
    /// | `within` | cuffs: how old the oldest of them may be | as old as it is |
    /// | `clear_for`, `clear_readings`, `worsen` | how it ends, when it is told again | 10 s, 1, never |
    ///
    /// A stream is judged when its good values span 80 % of the window. The alert of a stream ends when less than half of the share is
    /// beyond the limit and the present value is inside the clear limit; that of a cuff when fewer than m are, and the present
    /// value is inside the clear limit.
    ///
    ///     - id: spo2-often-low
    ///       kind: count
    ///       signal: spo2
    ///       below: 90
    ///       share: 80 %
    ///       over: 30 s
    ///       priority: medium
    ///       title: SpO2 mostly below 90
    ///       action: Look at the patient and the sensor.
    ///       reason: Tolerates single dropouts.
    static let count = RuleKind(
        word: CountRule.kind, watching: .values, standardType: .physiological, standardPhases: RuleKind.attended, raisesAtOnce: true,
        condition: { readCount($0) },
        limit: { ($0 as? CountRule).flatMap { fixedLimit($0.threshold) } },
        check: { placed, outline in checkCount(placed, outline) })

    private static func readCount(_ input: RuleInput) -> CountRule? {
        let threshold = readThreshold(input)
        let tally: CountRule.Tally?
        switch input.signals.first?.cadence {
        case .streaming: tally = readShare(input)
        case .intermittent: tally = readReadings(input)
        case nil:
            // The signal was wrong; which keys belong here is not known.
            for key in ["share", "over", "readings", "of", "within"] { _ = input.map.field(key) }
            return nil
        }
        guard let threshold, let tally else { return nil }
        return CountRule(threshold, tally: tally)
    }

    private static func readShare(_ input: RuleInput) -> CountRule.Tally? {
        for key in ["readings", "of", "within"] {
            input.map.refuse(key, because: "\(input.signals[0].rawValue) is a stream; give share and over")
        }
        let (shareField, overField) = (input.map.field("share"), input.map.field("over"))
        let share = shareField == nil ? 0.8 : shareField?.share()
        let window = overField == nil ? .seconds(30) : overField?.duration(in: .seconds(5) ... .seconds(600))
        if share == 0 { shareField?.error("always alerts: a share of 0 % is always there; give one above 0 %") }
        guard let share, share > 0, let window else { return nil }
        return .share(share, over: window)
    }

    private static func readReadings(_ input: RuleInput) -> CountRule.Tally? {
        let map = input.map
        for key in ["share", "over"] {
            map.refuse(key, because: "\(input.signals[0].rawValue) comes as single cuff measurements; give readings and of")
        }
        let needed = map.required("readings", "how many of the last readings must be beyond the limit")?.integer(in: 2...10)
        let ofField = map.required("of", "how many of the last readings count")
        let last = ofField?.integer(in: 2...20)
        let withinField = map.field("within")
        let within = withinField?.duration(in: .seconds(60)...(.seconds(8 * 3600)))
        guard let needed, let last, withinField == nil || within != nil else { return nil }
        guard needed <= last else {
            ofField?.error("can never alert: \(needed) of the last \(last) readings cannot be beyond the limit; give of at least \(needed)")
            return nil
        }
        return .readings(needed, of: last, within: within)
    }

    private static func checkCount(_ placed: PlacedRule, _ outline: PlanOutline) {
        guard let rule = placed.rule.condition as? CountRule else { return }
        checkFixedLimit(rule.threshold, of: placed)
        switch rule.tally {
        case .share(_, let window):
            let fault = outline.period(ofAny: rule.signals).flatMap { WindowCheck(window: window, period: $0).fault }
            if let fault { placed.error("\(fault); change over", at: "over") }
        case .readings(let needed, _, let within):
            for step in outline.cuff.steps where placed.rule.phases.contains(step.phase) {
                let least = step.every * (needed - 1)
                guard let within, least > within else { continue }
                placed.error(
                    "can never alert in \(step.phase.rawValue): \(needed) readings every \(DurationText.text(step.every)) take "
                        + "\(DurationText.text(least)), more than \(DurationText.text(within))", at: "within")
                return
            }
        }
    }
}
