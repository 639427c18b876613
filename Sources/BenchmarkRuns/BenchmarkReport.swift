import ControlProtocol

/// What one run of a benchmark measured. It asserts nothing: figures, beside what they are held against.
public struct BenchmarkReport: Sendable, Hashable, Codable {
    /// Which benchmark: `latency`, `store`, `backtest`.
    public var benchmark: String
    /// Where it ran.
    public var machine: MachineDescription
    /// What was measured.
    public var figures: [BenchmarkFigure]
    /// Figures of ours beside a yardstick of the same run, or beside a fixed budget.
    public var comparisons: [BenchmarkComparison]

    /// Creates a report.
    public init(benchmark: String, machine: MachineDescription, figures: [BenchmarkFigure], comparisons: [BenchmarkComparison]) {
        self.benchmark = benchmark
        self.machine = machine
        self.figures = figures
        self.comparisons = comparisons
    }

    /// One line of JSON, keys sorted.
    public func json() throws -> String { try ControlJSON.text(self) }

    /// A table for people.
    public var lines: [String] {
        let width = (figures.map(\.name.count) + comparisons.map(\.what.count)).max() ?? 0
        return ["\(benchmark): \(machine.cores) cores, kernel \(machine.kernel), \(machine.build) build"]
            + figures.map { "  \($0.name.padded(to: width))  \($0.words)" }
            + comparisons.map { "  \($0.what.padded(to: width))  \($0.words)" }
    }
}

/// One measured thing, with one or several values in one unit.
public struct BenchmarkFigure: Sendable, Hashable, Codable {
    /// What was measured, in words.
    public var name: String
    /// The unit of all values: `ms`, `/s`, `byte`, `1`.
    public var unit: String
    /// How many single measurements it comes from.
    public var count: Int
    /// The values by name: `p50`, `p99`, `p99_9`, `max`, or `median` and the spread `least` to `most`.
    public var values: [String: Double]

    /// Creates a figure.
    public init(name: String, unit: String, count: Int, values: [String: Double]) {
        self.name = name
        self.unit = unit
        self.count = count
        self.values = values.mapValues(\.roundedToFourDigits)
    }

    /// Creates a figure from repeated rounds: the median, and the spread.
    public init(name: String, unit: String, rounds: [Double]) {
        let sorted = rounds.sorted()
        let values = ["median": sorted.median, "least": sorted.first ?? 0, "most": sorted.last ?? 0]
        self.init(name: name, unit: unit, count: rounds.count, values: values)
    }

    private static let order = ["p50", "p99", "p99_9", "max", "median", "least", "most"]

    var words: String {
        let shown = Self.order.compactMap { key in values[key].map { "\(key) \($0.plainText)" } }
        return "\(shown.joined(separator: "  ")) \(unit == "1" ? "" : unit)  (\(count))"
    }
}

/// One figure beside its budget.
public struct BenchmarkComparison: Sendable, Hashable, Codable {
    /// What is compared, in words.
    public var what: String
    /// Ours; with the unit `x` as a multiple of the yardstick of the same run.
    public var measured: Double
    /// What the design allows, or asks for.
    public var budget: Double
    /// Whether the budget is the most (`at_most`) or the least (`at_least`).
    public var sense: Sense
    /// `x` for a multiple, else the figure's unit.
    public var unit: String

    /// On which side of the budget a figure is to lie.
    public enum Sense: String, Sendable, Hashable, Codable {
        /// The budget is a ceiling.
        case atMost = "at_most"
        /// The budget is a floor.
        case atLeast = "at_least"
    }

    /// Creates a comparison.
    public init(what: String, measured: Double, _ sense: Sense, _ budget: Double, unit: String) {
        self.what = what
        self.measured = measured.roundedToFourDigits
        self.budget = budget
        self.sense = sense
        self.unit = unit
    }

    var words: String { "\(measured.plainText) \(unit)  (budget \(sense == .atMost ? "<=" : ">=") \(budget.plainText) \(unit))" }
}

extension Double {
    /// The number with four significant digits; more would be noise.
    var roundedToFourDigits: Double {
        guard isFinite, self != 0 else { return self }
        var (scale, unit) = (1.0, 1.0)
        while (self * scale).magnitude < 1000 { scale *= 10 }
        while (self / unit).magnitude >= 10_000 { unit *= 10 }
        // Powers of ten above one are exact, those below are not: so it is divided by whole numbers only.
        return (self * scale / unit).rounded() * unit / scale
    }

    /// Without the `.0` of a whole number.
    var plainText: String { self == rounded() && magnitude < 1e15 ? String(Int64(self)) : "\(self)" }
}

extension Array where Element == Double {
    /// The middle of a sorted array, 0 of an empty one.
    var median: Double {
        guard !isEmpty else { return 0 }
        return count % 2 == 1 ? self[count / 2] : (self[count / 2 - 1] + self[count / 2]) / 2
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: Swift.max(0, width - count)) }
}
