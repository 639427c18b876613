import AlertEngine
import SessionFlow
import VitalsModel

/// What the rules of a plan are held against: its phases, its streams and its cuff schedule.
struct PlanOutline {
    /// Something of the plan with the place where it stands.
    struct Placed<Value> {
        var value: Value
        var field: Field
    }

    /// The phases in order; nil when the file does not say them rightly, so that rules are not blamed for it.
    var phases: [SessionPhase]?
    /// The streams that a session is expected to have.
    var expected: [Placed<ExpectedSignal>]
    /// False when an expectation had faults, so that rules are not blamed for it.
    var isExpectationComplete: Bool
    /// The cuff schedule.
    var cuff: CuffSchedule
    /// Where the schedule stands; nil when the plan has none.
    var cuffField: Field?

    /// Reads `phases`, `expect` and `cuff`.
    static func read(from map: MapReader) -> PlanOutline {
        let phases = map.required("phases", "the phases that a session passes, in order").flatMap(readPhases)
        let expectField = map.field("expect")
        let items = expectField?.list()
        let expected = readExpected(items ?? [])
        let cuffField = map.field("cuff")
        let cuff = cuffField?.map().map { CuffScheduleReader(phases: phases).read($0) } ?? .none
        return PlanOutline(
            phases: phases, expected: expected, isExpectationComplete: expectField == nil || items?.count == expected.count, cuff: cuff,
            cuffField: cuffField)
    }

    /// The phases in which a session can be and hold its room; all of them where the plan's own are unknown.
    var possiblePhases: [SessionPhase] { phases ?? SessionPhase.allCases.filter(\.isOpen) }

    /// The period of the slowest of some signals that the plan expects, or nil when it expects none of them.
    func period(ofAny signals: [Signal]) -> Duration? {
        expected.filter { signals.contains($0.value.signal) }.map(\.value.period).max()
    }

    private static func readPhases(_ field: Field) -> [SessionPhase]? {
        guard let items = field.filledList() else { return nil }
        let open = SessionPhase.allCases.filter(\.isOpen)
        let phases = items.map { item -> SessionPhase? in
            if case .scalar(let word, _) = item.node.content, SessionPhase(rawValue: word)?.isOpen == false {
                item.error("is not listed: every session can be closed or aborted; remove it")
                return nil
            }
            return item.choice(open)
        }
        let read = phases.compactMap { $0 }
        guard read.count == items.count else { return nil }
        for index in 1..<max(1, read.count) where read[index] <= read[index - 1] {
            items[index].error(
                "\(read[index].rawValue) cannot come after \(read[index - 1].rawValue); the order is "
                    + open.map(\.rawValue).joined(separator: ", "))
            return nil
        }
        return read
    }

    private static func readExpected(_ items: [Field]) -> [Placed<ExpectedSignal>] {
        var found: [Placed<ExpectedSignal>] = []
        for item in items {
            guard let map = item.map() else { continue }
            let signalField = map.required("signal", "the stream that is expected")
            let signal = signalField?.choice(Signal.allCases)
            let period = map.required("every", "how often a value comes, as in 1 s")?.duration(in: .milliseconds(1)...(.seconds(600)))
            map.finish()
            guard let signal, let period, let signalField else { continue }
            if signal.cadence == .intermittent {
                signalField.error("\(signal.rawValue) comes from the cuff; its schedule stands under cuff.intervals")
            } else if found.contains(where: { $0.value.signal == signal }) {
                signalField.error("\(signal.rawValue) is expected twice; keep one")
            } else {
                found.append(Placed(value: ExpectedSignal(signal: signal, period: period), field: item))
            }
        }
        return found
    }
}
