import SessionFlow
import VitalsModel

extension PlanReader {
    /// Reads of how many values the median goes before the rules, for each stream: 1 (the value itself, the default), 3 or 5
    /// (alarms.md section 6, "Filter before limits"). The record keeps the raw values.
    static func readFilters(_ map: MapReader) -> [Signal: Int] {
        var filters: [Signal: Int] = [:]
        for signal in Signal.allCases {
            guard let field = map.field(signal.rawValue) else { continue }
            guard signal.cadence == .streaming else {
                field.error("\(signal.rawValue) comes from the cuff, where every reading counts; remove it")
                continue
            }
            guard let width = field.integer(in: 1...5) else { continue }
            if width % 2 == 1 { filters[signal] = width } else { field.error("\(width) is even; a median goes over 1, 3 or 5 values") }
        }
        map.finish()
        return filters
    }
}
