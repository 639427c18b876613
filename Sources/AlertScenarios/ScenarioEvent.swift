import VitalsModel

/// One thing that happens in a scenario.
///
/// A new event word is a case here, its line in `ScenarioEventWord.all`, and its case in `ScenarioRun.take`.
public struct ScenarioEvent: Sendable, Hashable {
    /// What can happen.
    public enum Kind: Sendable, Hashable {
        /// A value comes; `measurement` counts the cuff measurements of the scenario and is nil for streams.
        /// A cuff value was measured `late` before it comes.
        case reading(Signal, Double?, ReadingQuality, SourceID, measurement: Int?, late: Duration)
        /// The last reading comes once more, with the same device time.
        case duplicate
        /// The phase changes.
        case phase(SessionPhase)
        /// Somebody answers one episode, or all of low and medium priority.
        case acknowledge(EpisodeID?, note: String?)
        /// Somebody writes a note.
        case note(String)
        /// Somebody silences the bell of an alert.
        case pause(EpisodeID, Duration)
        /// Somebody shelves a rule.
        case shelve(RuleID, Duration, reason: String)
        /// Somebody takes a shelf back.
        case unshelve(RuleID)
        /// Somebody changes the limits of a rule.
        case limit(RuleID, RuleOverride, reason: String)
        /// Somebody accepts the baseline that the last readings give.
        case baseline(reason: String)
        /// A person countersigns a request.
        case countersign(Int, by: Actor)
        /// Somebody takes a request back.
        case withdraw(Int)
        /// Somebody rates the patient.
        case score(ScaleID, Double)
        /// Somebody calls an alert, or takes it back.
        case call(RuleID, words: String?)
        /// Something is wrong with Vigil itself, or is over.
        case system(SystemFault, isOn: Bool, words: String)
        /// Vigil was not running for so long until now.
        case asleep(Duration)
        /// A device's own clock is set.
        case deviceClock(SourceID, Double)
        /// The daemon is killed, and starts again after a time; another boot clock where the machine was restarted too.
        case restart(after: Duration, sameBoot: Bool)
        /// Somebody ends the session.
        case end(reason: String?)
        /// A source moves.
        case source(SourceID, SourceState)
        /// A device says something of a signal.
        case sensor(Signal, SignalCondition)
        /// A cuff begins a measurement or ends one; `failed` where that gave no value.
        case cuff(CuffState, failed: Bool)
        /// Only time passes.
        case until
    }

    /// When, since the start.
    public var at: Duration
    /// What.
    public var kind: Kind

    /// The signal and the source of a reading; nil for everything else.
    var measured: (signal: Signal, source: SourceID)? {
        guard case .reading(let signal, _, _, let source, _, _) = kind else { return nil }
        return (signal, source)
    }
}
