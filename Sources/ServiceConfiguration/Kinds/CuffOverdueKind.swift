import AlertEngine
import VitalsModel

extension RuleKind {
    /// `cuffOverdue`: no measurement within the interval of the phase plus grace, or `failures` failed ones in a row.
    static let cuffOverdue = RuleKind(
        word: CuffOverdueRule.kind, watching: .time, standardType: .technical,
        standardPhases: { Set($0.cuff.steps.map(\.phase)) },
        condition: { input in
            let failures = input.map.field("failures")?.integer(in: 1...10)
            input.map.refuse("signal", because: "the rule watches the cuff's schedule, not a value")
            return CuffOverdueRule(priority: input.priority, failures: failures)
        },
        check: { placed, outline in
            let scheduled = Set(outline.cuff.steps.map(\.phase))
            guard !scheduled.isEmpty else {
                placed.error("can never alert: the plan has no cuff.intervals", at: "kind")
                return
            }
            for phase in placed.rule.phases.subtracting(scheduled).sorted() {
                placed.error("can never alert in \(phase.rawValue): cuff.intervals has no step for it", at: "phases")
            }
        })
}
