import VitalsModel

/// A baseline that a person types: `systolic=120,diastolic=80,hr=70`.
public enum BaselineText {
    /// Why a text is no baseline.
    public struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
        /// What is wrong, and what was expected.
        public var description: String
    }

    /// Short names beside the signals' own words.
    private static let names: [String: Signal] = [
        "systolic": .nibpSystolic, "diastolic": .nibpDiastolic, "mean": .nibpMean, "hr": .heartRate, "pulse": .pulseRate, "rr": .respRate,
    ]

    /// Reads `name=value` pairs with commas between them; in the signals' units.
    ///
    /// - Throws: `Fault` with the pair that is wrong.
    public static func parse(_ text: String) throws(Fault) -> Baseline {
        var values: [BaselineValue] = []
        for pair in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = pair.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw Fault(description: "\"\(pair)\" is no pair; expected systolic=120,diastolic=80") }
            guard let signal = names[String(parts[0])] ?? Signal(rawValue: String(parts[0])) else {
                let known = (names.keys.sorted() + Signal.allCases.map(\.rawValue)).joined(separator: ", ")
                throw Fault(description: "there is no signal \"\(parts[0])\"; expected one of \(known)")
            }
            guard let value = Double(String(parts[1])), value.isFinite, value > 0 else {
                throw Fault(description: "\(parts[0]) is \"\(parts[1])\"; expected a number above 0, in \(signal.unit.symbol)")
            }
            guard !values.contains(where: { $0.signal == signal }) else { throw Fault(description: "\(parts[0]) is given twice") }
            values.append(BaselineValue(signal: signal, value: value, count: 1))
        }
        return Baseline(values: values.sorted { order($0.signal) < order($1.signal) }, missing: [])
    }

    private static func order(_ signal: Signal) -> Int { Signal.allCases.firstIndex(of: signal) ?? 0 }
}
