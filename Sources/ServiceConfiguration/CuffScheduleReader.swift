import AlertEngine
import VitalsModel

/// Reads how often the cuff is to measure.
///
/// In the file a step says how long it holds (`for`); steps of one phase follow each other, and the last may hold to the end.
struct CuffScheduleReader {
    /// The plan's phases; nil when they could not be read.
    var phases: [SessionPhase]?

    func read(_ map: MapReader) -> CuffSchedule {
        let minimum = map.field("grace_at_least")?.duration(in: .zero ... .seconds(3600)) ?? CuffSchedule.none.graceMinimum
        let share = map.field("grace_share")?.share() ?? CuffSchedule.none.graceShare
        // A cuff that inflates more often than every minute hurts the arm and measures wrongly.
        let repeatAfter = map.field("repeat_after")?.duration(in: .seconds(60) ... .seconds(3600)) ?? CuffSchedule.none.repeatAfter
        let items = map.required("intervals", "how often the cuff is to measure in each phase")?.filledList() ?? []
        var steps: [CuffSchedule.Step] = []
        for item in items { append(item, to: &steps) }
        map.finish()
        return CuffSchedule(steps: steps, graceMinimum: minimum, graceShare: share, repeatAfter: repeatAfter)
    }

    private func append(_ item: Field, to steps: inout [CuffSchedule.Step]) {
        guard let map = item.map() else { return }
        let phaseField = map.required("phase", "the phase in which the interval holds")
        let phase = phaseField?.choice(SessionPhase.allCases)
        let every = map.required("every", "the interval, as in 5 min")?.duration(in: .seconds(60) ... .seconds(4 * 3600))
        let length = map.field("for")?.duration(in: .seconds(60) ... .seconds(24 * 3600))
        map.finish()
        guard let phase, let every else { return }
        if let phases, !phases.contains(phase) {
            phaseField?.error(
                "this plan has no phase \(phase.rawValue); its phases are \(phases.map(\.rawValue).joined(separator: ", "))")
            return
        }
        let earlier = steps.last { $0.phase == phase }
        if let earlier, earlier.lasting == nil {
            item.error("is never reached: the step before it in \(phase.rawValue) has no \"for\" and holds to the end of the phase")
            return
        }
        let begin = earlier?.lasting ?? .zero
        steps.append(CuffSchedule.Step(phase: phase, every: every, lasting: length.map { begin + $0 }))
    }
}
