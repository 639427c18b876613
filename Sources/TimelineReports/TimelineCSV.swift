import ControlProtocol
import VitalsModel

/// A timeline as `time_s,signal,value`: the form that every command takes as a recording.
///
/// Every reading with a value is there, also suspect and demonstration values; who must tell them apart takes JSON.
public enum TimelineCSV {
    /// The header and one line a reading, by time; seconds since the session's start.
    public static func lines(_ timeline: Timeline) -> [String] {
        [ReadingSeries.header]
            + timeline.points.map { "\(OrderedJSON.number($0.time)),\($0.signal.rawValue),\(OrderedJSON.number($0.value))" }
    }
}
