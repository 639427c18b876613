import VitalsModel

/// Which phase may follow which. Phases are marked by people as things happen, so any later phase of the plan is taken, and
/// an earlier one too as long as no drug was given.
enum PhaseFlow {
    static func refusal(
        from: SessionPhase, to next: SessionPhase, reason: String?, plan: SessionPlan, openAlerts: Int
    ) -> SessionRefusal? {
        guard from.isOpen else { return .sessionIsOver("of this room", from) }
        if next == .aborted { return (reason ?? "").isEmpty ? .abortNeedsReason : nil }
        if next == .closed { return openAlerts > 0 && (reason ?? "").isEmpty ? .openAlerts(openAlerts) : nil }
        guard plan.phases.contains(next) else { return .phaseNotInPlan(next, plan: plan.id, phases: plan.phases) }
        if next == from { return .alreadyThere(next) }
        if from.isObserved || from == .discharge, next < .dosing { return .backBeforeDose(from: from, to: next) }
        return nil
    }
}
