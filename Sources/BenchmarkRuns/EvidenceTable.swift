import VitalsModel

/// A table in Markdown; the first column is words, the others are numbers.
struct EvidenceTable {
    private let columns: Int
    private(set) var lines: [String]

    /// Creates a table with its head.
    init(_ head: String...) {
        columns = head.count
        lines = [Self.row(head), "|---|" + String(repeating: "---:|", count: max(0, head.count - 1))]
    }

    /// Adds a row; cells that are left out are empty.
    mutating func add(_ cells: String...) {
        lines.append(Self.row(cells + Array(repeating: "", count: max(0, columns - cells.count))))
    }

    private static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
}

/// Numbers as the report prints them.
enum EvidenceNumber {
    /// So many decimals, always.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        var scale: Int64 = 1
        for _ in 0..<decimals { scale *= 10 }
        guard value.isFinite, value.magnitude * Double(scale) < 1e15 else { return "-" }
        let scaled = Int64((value * Double(scale)).rounded())
        let whole = "\(scaled < 0 ? "-" : "")\(scaled.magnitude / scale.magnitude)"
        return decimals == 0 ? whole : "\(whole).\(Int(scaled.magnitude % scale.magnitude).filled(decimals))"
    }

    /// Whole percent; `-` without a share.
    static func percent(_ share: Double?) -> String { share.map { fixed($0 * 100, 0) + " %" } ?? "-" }

    /// `3 of 4 (75 %)`; `-` of none.
    static func part(_ count: Int, of all: Int) -> String { all > 0 ? "\(count) of \(all) (\(percent(Double(count) / Double(all))))" : "-" }

    /// `12`, or `-` for nothing measured.
    static func seconds(_ value: Double?) -> String { value.map { fixed($0, 0) } ?? "-" }
}
