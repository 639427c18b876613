import AlertEngine
import ServiceConfiguration
import SessionFlow
import VitalsModel

/// The blocks of a scenario that are written as in a plan file: a key at the beginning of a line, indented lines below it.
///
/// They are read by `PlanReader` itself, so that a new kind of rule needs no second reader. Every line keeps its number; what
/// a plan needs beside the blocks stands below the last line.
struct ScenarioBlocks {
    /// What a plan needs beside the blocks, in the words of the scenario's short lines.
    struct Rest {
        var phases: [SessionPhase]?
        var expected: [(signal: ExpectedSignal, line: Int)]
        var steps: [(step: CuffSchedule.Step, line: Int)]
    }

    /// The keys with the line of each.
    private(set) var keys: [String: Int] = [:]
    private var lines: [(number: Int, text: String)] = []
    private var isOpen = false

    /// The first line of the first block; nil without blocks.
    var firstLine: Int? { lines.first?.number }

    /// Takes a line when it belongs to a block.
    mutating func take(_ text: String, number: Int) -> Bool {
        if text.first == "#" || text.allSatisfy(\.isWhitespace) { return isOpen }
        let isIndented = text.first == " " || text.first == "\t"
        if !isIndented {
            let key = Self.key(of: text)
            isOpen = key != nil
            if let key, keys[key] == nil { keys[key] = number }
        }
        guard isOpen else { return false }
        lines.append((number, text))
        return true
    }

    /// Reads the plan that the blocks and `rest` make.
    func plan(_ rest: Rest) throws(ScenarioFault) -> SessionPlan {
        var text = paddedText()
        var origins: [Int: Int] = [:]
        var next = (lines.last?.number ?? 0) + 1
        for (line, origin) in defaults() + generated(rest) {
            text += "\(line)\n"
            origins[next] = origin
            next += 1
        }
        let result = PlanReader.read(text: text, file: "scenario", hash: "")
        if let plan = result.value { return plan }
        let faults = result.errors.map { fault in
            let path = fault.keyPath.isEmpty ? "" : "\(fault.keyPath): "
            return ScenarioFault(line: origins[fault.line] ?? fault.line, what: path + fault.message)
        }
        guard var first = faults.first else { throw ScenarioFault(line: firstLine ?? 1, what: "the plan cannot be read") }
        first.further = Array(faults.dropFirst())
        throw first
    }

    /// A key as plans have it: lower-case letters and underscores with a colon at the beginning of the line.
    private static func key(of line: String) -> String? {
        let word = line.prefix { $0 != ":" }
        guard !word.isEmpty, word.count < line.count, word.utf8.allSatisfy({ (0x61...0x7A).contains($0) || $0 == 0x5F }) else { return nil }
        return String(word)
    }

    /// The blocks at their lines, everything else blank.
    private func paddedText() -> String {
        var text = ""
        var next = 1
        for (number, line) in lines {
            text += String(repeating: "\n", count: number - next) + line + "\n"
            next = number + 1
        }
        return text
    }

    private func defaults() -> [(line: String, origin: Int)] {
        [("id", "scenario"), ("version", "1"), ("title", "Scenario"), ("route", "none")]
            .filter { keys[$0.0] == nil }.map { ("\($0.0): \($0.1)", firstLine ?? 1) }
    }

    /// The short lines in the words of a plan file.
    private func generated(_ rest: Rest) -> [(line: String, origin: Int)] {
        var made: [(line: String, origin: Int)] = []
        if keys["phases"] == nil {
            let phases = rest.phases ?? SessionPhase.allCases.filter(\.isOpen)
            made.append(("phases: [\(phases.map(\.rawValue).joined(separator: ", "))]", firstLine ?? 1))
        }
        if let first = rest.expected.first { made.append(("expect:", first.line)) }
        made += rest.expected.map { ("  - {signal: \($0.signal.signal.rawValue), every: \($0.signal.period.inSeconds) s}", $0.line) }
        if let first = rest.steps.first { made += [("cuff:", first.line), ("  intervals:", first.line)] }
        var ends: [SessionPhase: Duration] = [:]
        for (step, line) in rest.steps {
            // In a plan file a step says how long it holds; here, when it ends.
            let length = step.lasting.map { $0 - ends[step.phase, default: .zero] }
            ends[step.phase] = step.lasting
            let lasting = length.map { ", for: \($0.inSeconds) s" } ?? ""
            made.append(("    - {phase: \(step.phase.rawValue), every: \(step.every.inSeconds) s\(lasting)}", line))
        }
        return made
    }
}
