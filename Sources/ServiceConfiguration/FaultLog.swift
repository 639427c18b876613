/// A place in a text, both counted from 1, columns in Unicode scalars.
struct TextPlace: Hashable, Comparable {
    var line: Int
    var column: Int

    static let start = TextPlace(line: 1, column: 1)

    static func < (left: TextPlace, right: TextPlace) -> Bool { (left.line, left.column) < (right.line, right.column) }
}

/// Collects every fault of one file, so that all of them are shown at once.
///
/// A class, because many small readers of one file write into it; it never leaves the function that reads the file.
final class FaultLog {
    let file: String
    private var faults: [ConfigurationFault] = []
    // A key that several grades of a rule inherit is read several times; its fault is said once.
    private var seen: Set<ConfigurationFault> = []

    init(file: String) { self.file = file }

    var hasErrors: Bool { faults.contains { $0.severity == .error } }

    func error(_ message: String, at place: TextPlace, path: String) { add(.error, message, place, path) }

    func warning(_ message: String, at place: TextPlace, path: String) { add(.warning, message, place, path) }

    /// The faults by line and column; those of one place in the order in which they were found.
    var sorted: [ConfigurationFault] {
        let ordered = faults.enumerated().sorted { left, right in
            (left.element.line, left.element.column, left.offset) < (right.element.line, right.element.column, right.offset)
        }
        return ordered.map(\.element)
    }

    private func add(_ severity: ConfigurationFault.Severity, _ message: String, _ place: TextPlace, _ path: String) {
        let fault = ConfigurationFault(
            severity: severity, file: file, line: place.line, column: place.column, keyPath: path, message: message)
        if seen.insert(fault).inserted { faults.append(fault) }
    }
}
