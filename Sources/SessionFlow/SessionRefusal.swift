import AlertEngine
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
    /// The alert engine refuses.
    case engine(EngineRefusal)
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
    /// An action that must be explained has no reason.
    case reasonMissing(String)
    /// Nothing of that number waits for a second person.
    case unknownRequest(Int, waiting: [Int])
    /// The second person is the first.
    case ownRequest(Int, by: String)
    /// No baseline can be taken yet.
    case noBaselineYet([String])
    /// A score that is no number.
    case scoreOutOfRange(ScaleID, Double)

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
        case .engine(let refusal): Self.words(refusal)
        case .noCuffToStart: "no cuff of this room can be started from here; press the button at the device"
        case .cuffNotReady(let sources):
            "the cuff does not answer (\(sources.map(\.rawValue).joined(separator: ", "))); see vigil device list, or measure by hand"
        case .cuffTakesNoAbort(let source): "the cuff of \(source) takes no abort: disconnect its hose to empty it"
        case .cuffIsMeasuring(let source): "the cuff of \(source) is measuring; wait for its end, or stop it: vigil cuff stop"
        case .noteLength(let count): "a note has 1 to 4000 characters, this one has \(count)"
        case .reasonMissing(let what): "\(what) needs a reason: add --reason \"...\""
        case .unknownRequest(let number, let waiting):
            "no request \(number) waits for a second person; waiting: "
                + (waiting.isEmpty ? "none" : waiting.map(String.init).joined(separator: ", "))
        case .ownRequest(let number, let name):
            "request \(number) is \(name)'s own; another person must countersign it from another login"
        case .noBaselineYet(let missing): "no baseline can be taken yet: \(missing.joined(separator: "; "))"
        case .scoreOutOfRange(let scale, let score): "\(score) is no score of \(scale); scores lie between -100 and 1000"
        }
    }

    private static func words(_ refusal: EngineRefusal) -> String {
        switch refusal {
        case .unknownEpisode(let episode, let open): "no open alert \(episode); open: \(list(open.map(\.rawValue)))"
        case .pauseTooLong(let duration):
            "the bell is silenced for 1 s to \(AlertEngine.longestAudioPause.inSeconds.shortText) s, not \(duration.inSeconds.shortText) s"
        case .nothingRings(let episode): "alert \(episode) rings no bell: it is answered, or over"
        case .unknownRule(let rule): "the plan has no rule \(rule); see vigil plan show"
        case .neverShelved(let rule): "\(rule) is a deep limit: it can be neither shelved nor switched off"
        case .shelfTooLong(let duration):
            "a rule is shelved for at most \((AlertEngine.longestShelf.inSeconds / 60).shortText) min, not "
                + "\((duration.inSeconds / 60).shortText) min; shelve it again when it returns"
        case .notShelved(let rule): "\(rule) is not shelved"
        case .notCallable(let rule, let callable): "no alert \(rule) can be called now; these can: \(list(callable.map(\.rawValue)))"
        case .notCalled(let rule): "nobody has called \(rule)"
        case .beyondBounds(let rule, let why): "\(rule): \(why)"
        }
    }

    private static func list(_ words: [String]) -> String { words.isEmpty ? "none" : words.joined(separator: ", ") }
}
