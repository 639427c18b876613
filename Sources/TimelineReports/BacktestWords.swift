import SessionFlow
import VitalsModel

/// What the difference of two plans comes to, in sentences.
public enum BacktestWords {
    /// The lines of a comparison: each plan's load, what only one of them gave, and the rules whose calls differ.
    public static func lines(
        this: (name: String, load: AlarmLoad), other: (name: String, load: AlarmLoad), onlyThis: Int, onlyOther: Int
    ) -> [String] {
        [
            sentence("this ", this.name, this.load), sentence("other", other.name, other.load),
            "\(onlyThis) \(onlyThis == 1 ? "alert" : "alerts") of this plan alone, \(onlyOther) of the other alone",
        ] + rules(this.load, other.load)
    }

    private static func sentence(_ side: String, _ name: String, _ load: AlarmLoad) -> String {
        let priorities = AlertPriority.allCases.reversed().map { "\(load.calls[$0] ?? 0) \($0.rawValue)" }.joined(separator: ", ")
        return "\(side)  \(name): \(load.callCount) calls in \(load.hours.shortText) h (\(rate(load)) in 10 min): \(priorities)"
    }

    /// Two decimals: rates are often far below one.
    private static func rate(_ load: AlarmLoad) -> String {
        let hundredths = Int((load.callsPerTenMinutes * 100).rounded())
        return "\(hundredths / 100).\((hundredths % 100).filled(2))"
    }

    private static func rules(_ this: AlarmLoad, _ other: AlarmLoad) -> [String] {
        Set(this.rules.keys).union(other.rules.keys).sorted { $0.rawValue < $1.rawValue }.compactMap { rule in
            let (here, there) = (this.rules[rule]?.calls ?? 0, other.rules[rule]?.calls ?? 0)
            return here == there ? nil : "  \(rule): \(here) calls by this plan, \(there) by the other"
        }
    }
}
