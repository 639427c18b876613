import AlertEngine
import VitalsModel

extension RuleKind {
    /// `composite`: several rules of the same plan together; physiological, in all phases of the plan.
    ///
    /// - `all`: every one of these rules alerts. `any`: at least one of these does. One of both must be given.
    /// - `none`: none of these alerts now.
    /// - `within` (0 to 10 min, default 0): a rule of `all` or `any` counts for so long after it stopped alerting.
    ///
    /// A rule alerts once it is confirmed, with its own delay, whether or not it calls people. Where a source is silent its rule is
    /// held: the composite is neither raised nor ended by it. Graded rules are named with their limit: `spo2-low-92`.
    ///
    ///     - id: breathing-fails
    ///       kind: composite
    ///       title: Low SpO2 and slow breathing
    ///       all: [spo2-low-92, rr-low]
    ///       within: 60 s
    ///       inhibits: [spo2-low-92, rr-low]
    ///       priority: high
    ///       action: Go to the patient; open the airway; stop the infusion.
    ///       reason: Both together are respiratory depression (alarms.md section 6).
    static let composite = RuleKind(
        word: CompositeRule.kind, watching: .time, standardType: .physiological, standardPhases: RuleKind.everyPhase, ownKeys: ["within"],
        condition: { readComposite($0) })

    private static func readComposite(_ input: RuleInput) -> CompositeRule? {
        let map = input.map
        map.refuse("signal", because: "the rules that it rests on have signals")
        let fields = ["all", "any", "none"].map { map.field($0) }
        let lists = fields.map { $0?.ruleIDs() }
        let withinField = map.field("within")
        let within = withinField?.duration(in: .zero ... .seconds(600))
        guard fields[0] != nil || fields[1] != nil else {
            map.log.error("the rules are missing: give all, any, or both, each a list of ids", at: map.place, path: map.path.text)
            return nil
        }
        for (field, list) in zip(fields, lists) where field != nil && list == nil { return nil }
        guard withinField == nil || within != nil else { return nil }
        return CompositeRule(
            all: (lists[0] ?? nil) ?? [], any: (lists[1] ?? nil) ?? [], none: (lists[2] ?? nil) ?? [], within: within ?? .zero,
            priority: input.priority)
    }
}
