import VitalsModel

/// Why an action on a session was refused, with what to do instead.
public enum SessionRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// The plan has no such phase.
    case phaseNotInPlan(SessionPhase, plan: String, phases: [SessionPhase])
    /// The session is in that phase already.
    case alreadyThere(SessionPhase)
    /// Back to a phase before the first dose.
    case backBeforeDose(from: SessionPhase, to: SessionPhase)
    /// `aborted` needs a reason.
    case abortNeedsReason
    /// Alerts are open, and nobody said why the session ends all the same.
    case openAlerts(Int)
    /// The session is over.
    case sessionIsOver(SessionID, SessionPhase)
    /// No open episode of that name.
    case unknownEpisode(EpisodeID, open: [EpisodeID])
    /// A note is empty or too long.
    case noteLength(Int)
    /// No cuff of the room can be started from outside.
    case noCuffToStart
    /// The cuffs that could be started are not there.
    case cuffNotReady([SourceID])
    /// A cuff runs that cannot be aborted from outside.
    case cuffTakesNoAbort(SourceID)
    /// A cuff measures already.
    case cuffIsMeasuring(SourceID)

    /// What happened and what to do, for the person who asked.
    public var description: String {
        switch self {
        case .phaseNotInPlan(let phase, let plan, let phases):
            "plan \(plan) has no phase \(phase.rawValue); its phases are \(phases.map(\.rawValue).joined(separator: ", "))"
        case .alreadyThere(let phase): "the session is in phase \(phase.rawValue) already"
        case .backBeforeDose(let from, let to): "drug was given, so the session cannot go from \(from.rawValue) back to \(to.rawValue)"
        case .abortNeedsReason: "aborting needs a reason: add --reason \"...\""
        case .openAlerts(let count):
            "\(count) alert\(count == 1 ? " is" : "s are") open: acknowledge them, or end with --reason \"...\" to record why not"
        case .sessionIsOver(let id, let phase): "session \(id) is \(phase.rawValue)"
        case .unknownEpisode(let episode, let open):
            "no open alert \(episode); open: \(open.isEmpty ? "none" : open.map(\.rawValue).joined(separator: ", "))"
        case .noCuffToStart: "no cuff of this room can be started from here; press the button at the device"
        case .cuffNotReady(let sources):
            "the cuff does not answer (\(sources.map(\.rawValue).joined(separator: ", "))); see vigil device list, or measure by hand"
        case .cuffTakesNoAbort(let source): "the cuff of \(source) takes no abort: disconnect its hose to empty it"
        case .cuffIsMeasuring(let source): "the cuff of \(source) is measuring; wait for its end, or stop it: vigil cuff stop"
        case .noteLength(let count): "a note has 1 to 4000 characters, this one has \(count)"
        }
    }
}

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
