import AlertEngine
import VitalsModel

extension RuleKind {
    /// `quality`: values come, and cannot be trusted. Of a stream: too many doubtful values, or, where asked for, a sensor that the
    /// device calls off or its signal poor, or too little blood flow under it. Of a cuff: one doubtful reading, until a good one
    /// comes. It watches the very signal that it names: no stand-in for `heart_rate`.
    ///
    /// | key | meaning | default |
    /// |---|---|---|
    /// | `suspect_share` | streams: the share of doubtful values; at least 3 (clinical.md section 5) | 50 % |
    /// | `over` | streams: the window of that share, 5 s to 10 min | 30 s |
    /// | `sensor_off_for` | streams: how long the device may say `sensor off` or `poor signal` | not watched |
    /// | `perfusion_below`, `perfusion_for` | streams: the perfusion index in percent, and for how long it is lower | not watched, 30 s |
    /// | `clear_for`, `clear_readings` | how long, or for how many cuff readings, all must be well to end it | 10 s, 1 |
    ///
    /// What does not come at all is watched by `missing`: silence neither raises nor ends this alert. The type is `technical`.
    ///
    ///     - id: spo2-doubtful
    ///       kind: quality
    ///       signal: spo2
    ///       sensor_off_for: 60 s
    ///       perfusion_below: 0.4
    ///       priority: low
    ///       title: SpO2 cannot be trusted
    ///       action: Look at the sensor.
    ///       reason: Doubtful values delay alerts.
    static let quality = RuleKind(
        word: QualityRule.kind, watching: .quality, standardType: .technical,
        standardPhases: { _ in [.baseline, .dosing, .acute, .recovery] },
        condition: { readQuality($0) },
        check: { placed, outline in checkQuality(placed, outline) })

    private static func readQuality(_ input: RuleInput) -> QualityRule? {
        let map = input.map
        guard let signal = input.signals.first, signal.cadence == .streaming else { return readCuffQuality(input) }
        let fields = ["suspect_share", "over", "sensor_off_for"].map { map.field($0) }
        let share = fields[0] == nil ? 0.5 : fields[0]?.share()
        let window = fields[1] == nil ? .seconds(30) : fields[1]?.duration(in: .seconds(5) ... .seconds(600))
        let sensorOff = fields[2]?.duration(in: .zero ... .seconds(3600))
        let perfusion = readPerfusion(map)
        if share == 0 { fields[0]?.error("always alerts: a share of 0 % is always there; give one above 0 %") }
        guard let share, share > 0, let window, fields[2] == nil || sensorOff != nil,
            perfusion != nil || map.field("perfusion_below") == nil
        else { return nil }
        return QualityRule(
            signal: signal, suspectShare: share, window: window, sensorOffFor: sensorOff, perfusion: perfusion,
            priority: input.priority)
    }

    /// The limit of the perfusion index; nil when it is wrong or not given.
    private static func readPerfusion(_ map: MapReader) -> QualityRule.LowPerfusion? {
        let lastingField = map.field("perfusion_for")
        guard let field = map.field("perfusion_below") else {
            map.refuse("perfusion_for", because: "there is no perfusion_below that it could belong to")
            return nil
        }
        // An oximeter gives 0.02 to 20 %.
        let limit = field.positiveNumber(upTo: 20)
        let lasting = lastingField == nil ? .seconds(30) : lastingField?.duration(in: .seconds(5) ... .seconds(600))
        guard let limit, let lasting else { return nil }
        return QualityRule.LowPerfusion(limit: limit, lasting: lasting)
    }

    private static func readCuffQuality(_ input: RuleInput) -> QualityRule? {
        let keys = ["suspect_share", "over", "sensor_off_for", "perfusion_below", "perfusion_for"]
        guard let signal = input.signals.first else {
            for key in keys { _ = input.map.field(key) }
            return nil
        }
        for key in keys {
            input.map.refuse(key, because: "\(signal.rawValue) comes as single cuff measurements, of which one doubtful one alerts")
        }
        return QualityRule(
            signal: signal, suspectShare: 1, window: .zero, sensorOffFor: nil, perfusion: nil, priority: input.priority)
    }

    private static func checkQuality(_ placed: PlacedRule, _ outline: PlanOutline) {
        guard let rule = placed.rule.condition as? QualityRule, rule.signal.cadence == .streaming else { return }
        if let period = outline.period(ofAny: [rule.signal]) {
            let most = WindowCheck(window: rule.window, period: period).mostValues
            if most < QualityRule.fewestDoubtful {
                placed.error(
                    "can never alert by doubtful values: it needs \(QualityRule.fewestDoubtful), and \(DurationText.text(rule.window)) "
                        + "hold at most \(most), one every \(DurationText.text(period)); make over longer", at: "over")
            }
        }
        guard let perfusion = rule.perfusion, let period = outline.period(ofAny: [.perfusionIndex]),
            let fault = WindowCheck(window: perfusion.lasting, period: period).fault
        else { return }
        placed.error("\(fault); change perfusion_for", at: "perfusion_for")
    }
}
