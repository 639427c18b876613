import AlertEngine
import VitalsModel

/// Cuffs that do not stop when they are told to.
extension SessionMachine {
    /// When a cuff that was told to stop is looked at.
    var cuffStopDeadline: BootInstant? { kept.cuffStops.deadline }

    /// Says which cuffs have not stopped by `now`.
    mutating func lookAtCuffStops(at now: Moment) -> [EntryDraft] {
        kept.cuffStops.take(at: now.boot, measuring: Array(kept.cuffDriver.measuring.keys)).flatMap { source in
            let seconds = CuffStops.patience.inSeconds.shortText
            return say(
                SystemFaultChange(
                    fault: .cuffStuck, isOn: true,
                    detail: "the cuff of \(source) still measures \(seconds) s after it was told to stop: disconnect its hose"),
                at: now)
        }
    }

    /// A cuff is at rest; says so where it had not stopped before.
    mutating func endCuffStop(_ source: SourceID, at now: Moment) -> [EntryDraft] {
        guard kept.cuffStops.end(source) else { return [] }
        return say(SystemFaultChange(fault: .cuffStuck, isOn: false, detail: "the cuff of \(source) is at rest"), at: now)
    }

    private mutating func say(_ change: SystemFaultChange, at now: Moment) -> [EntryDraft] {
        [entry(.system(change), by: .engine, at: now)] + entries(engine.receive(change, at: now.boot), at: now)
    }
}
