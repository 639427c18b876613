import VitalsModel

/// Reads the values of one series.
enum ScenarioSeries {
    static func events(
        head: String, _ words: inout ScenarioWords, from start: Duration, measured: Int
    ) throws(ScenarioFault) -> [ScenarioEvent] {
        var source: SourceID = "monitor"
        var name = head
        if words.take("from") != nil {
            let word = try words.next("a source with a colon")
            guard word.hasSuffix(":") else { throw words.fault("write a colon after the source: `SpO2 from oximeter: 97`") }
            source = SourceID(String(word.dropLast()))
        } else {
            name = String(head.dropLast())
        }
        let parts = name.split(separator: "@")
        guard let first = parts.first, let signal = ScenarioWords.signal(String(first)) else {
            throw words.fault("`\(name)` is no signal; signals are \(Signal.allCases.map(\.label).joined(separator: " "))")
        }
        var period: Duration = .seconds(1)
        if parts.count == 2 {
            guard let written = ScenarioTime.duration(String(parts[1])) else { throw words.fault("`\(parts[1])` is no period like 5m") }
            period = written
        }
        return try values(&words, signal, source, every: period, from: start, measured: measured)
    }

    private static func values(
        _ words: inout ScenarioWords, _ signal: Signal, _ source: SourceID, every period: Duration, from start: Duration, measured: Int
    ) throws(ScenarioFault) -> [ScenarioEvent] {
        var (events, at, measurement): ([ScenarioEvent], Duration, Int) = ([], start, measured)
        while !words.isEmpty {
            if words.take("gap") != nil {
                at += try words.duration("how long the gap is")
                continue
            }
            let isResend = words.take("resend") != nil
            let late: Duration = words.take("late") == nil ? .zero : try words.duration("how old the value is")
            let quality = words.take("suspect", "demo", "invalid").flatMap { ReadingQuality(rawValue: $0) } ?? .valid
            let word = try words.next("a value")
            let parts = word.split(separator: "x")
            guard (1...2).contains(parts.count), let value = Double(parts[0]), let count = parts.count == 2 ? Int(parts[1]) : 1,
                (1...100_000).contains(count)
            else { throw words.fault("a value is a number or `97x10`, not `\(word)`") }
            for _ in 0..<count {
                if !isResend { measurement += 1 }
                let given = quality == .invalid ? nil : value
                let counted = signal.cadence == .intermittent ? measurement : nil
                events.append(ScenarioEvent(at: at, kind: .reading(signal, given, quality, source, measurement: counted, late: late)))
                at += period
            }
        }
        return events
    }
}
