import AlertEngine
import SessionFlow
import VitalsModel

extension PlanReader {
    /// Reads how the baseline is taken; what is not given is as alarms.md has it.
    static func readBaselineMethod(_ map: MapReader?) -> BaselineMethod {
        var method = BaselineMethod()
        guard let map else { return method }
        if let cuff = map.field("cuff")?.map() {
            method.cuffReadings = cuff.field("readings")?.integer(in: 1...10) ?? method.cuffReadings
            method.cuffWithin = cuff.field("within")?.duration(in: .seconds(60) ... .seconds(7200)) ?? method.cuffWithin
            method.cuffSpread = cuff.field("spread_mmhg")?.positiveNumber(upTo: 50) ?? method.cuffSpread
            cuff.finish()
        }
        if let streams = map.field("streams")?.map() {
            method.streamWindow = streams.field("window")?.duration(in: .seconds(10) ... .seconds(1800)) ?? method.streamWindow
            let minimum = streams.field("minimum")
            method.streamMinimum = minimum?.duration(in: .seconds(5) ... .seconds(1800)) ?? method.streamMinimum
            if method.streamMinimum > method.streamWindow {
                (minimum ?? map.field("streams"))?.error(
                    "\(DurationText.text(method.streamMinimum)) of valid data never fit into a window of "
                        + "\(DurationText.text(method.streamWindow)); make the window longer")
            }
            streams.finish()
        }
        map.finish()
        return method
    }

    /// Reads when an alert comes again or rises; what is not given is as alarms.md has it.
    static func readResponseTimes(_ map: MapReader?) -> ResponseTimes {
        var times = ResponseTimes()
        guard let map else { return times }
        times.hold = map.field("hold")?.duration(in: .seconds(30) ... .seconds(3600)) ?? times.hold
        for (priority, field) in priorities(in: map.field("reminder")) {
            times.reminder[priority] = field.duration(in: .seconds(30) ... .seconds(3600)) ?? times.reminder[priority]
        }
        for (priority, field) in priorities(in: map.field("escalation")) {
            times.escalation[priority] = escalation(field) ?? times.escalation[priority]
        }
        map.finish()
        return times
    }

    /// The entries of a mapping from priorities.
    private static func priorities(in field: Field?) -> [(AlertPriority, Field)] {
        guard let map = field?.map() else { return [] }
        let found = AlertPriority.allCases.compactMap { priority in map.field(priority.rawValue).map { (priority, $0) } }
        map.finish()
        return found
    }

    /// The times of one priority, each later than the one before.
    private static func escalation(_ field: Field) -> [Duration]? {
        guard let items = field.list() else { return nil }
        var times: [Duration] = []
        for item in items {
            guard let time = item.duration(in: .seconds(10) ... .seconds(3600)) else { return nil }
            if let last = times.last, time <= last {
                item.error("\(DurationText.text(time)) must be later than the step before it, \(DurationText.text(last))")
                return nil
            }
            times.append(time)
        }
        return times
    }
}
