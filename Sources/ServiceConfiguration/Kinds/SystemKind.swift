import AlertEngine
import VitalsModel

extension RuleKind {
    /// `system`: something wrong with Vigil itself; technical, in all phases of the plan.
    ///
    /// `watches`: one or more of `store_late`, `disk_low`, `clock_step`, `monitor_gap`, `dropped`, `source_failing`, `cuff_stuck`,
    /// `no_console`. What happens in a moment (`clock_step`, `monitor_gap`, `dropped`) alerts for 60 s. The faults of one rule are one
    /// alert: give what must be told beside others a rule of its own.
    ///
    ///     - id: store-late
    ///       kind: system
    ///       title: The record is not being written
    ///       watches: [store_late]
    ///       priority: high
    ///       action: Write on paper; call the technician.
    ///       reason: What is not stored is lost at the next power failure (alarms.md section 6).
    static let system = RuleKind(
        word: SystemRule.kind, watching: .time, standardType: .technical, standardPhases: RuleKind.everyPhase,
        condition: { readSystem($0) })

    private static func readSystem(_ input: RuleInput) -> SystemRule? {
        input.map.refuse("signal", because: "the rule watches Vigil itself, not a value")
        guard let items = input.map.required("watches", "the faults of Vigil itself, as in [store_late]")?.filledList() else { return nil }
        var watches: [SystemFault] = []
        for item in items {
            guard let fault = item.choice(SystemFault.allCases) else { continue }
            if watches.contains(fault) { item.error("\(fault.rawValue) stands here twice; keep one") } else { watches.append(fault) }
        }
        return watches.count == items.count ? SystemRule(watches: watches, priority: input.priority) : nil
    }
}
