import AlertEngine
import Foundation
import ServiceConfiguration
import SessionFlow
import Testing
import VitalsModel

/// A small plan without any fault, that tests break in one place.
let soundPlan = """
    id: test-plan
    version: 3
    title: A plan for tests
    route: iv
    review: {reviewed_by: A. Clinician, reviewed_on: 2025-03-01}
    phases: [checkin, baseline, dosing, acute, recovery]
    expect:
      - {signal: spo2, every: 1 s}
    cuff:
      intervals:
        - {phase: baseline, every: 3 min}
        - {phase: dosing, every: 5 min, for: 20 min}
        - {phase: dosing, every: 10 min}
    rules:
      - id: spo2-low
        kind: threshold
        title: SpO2 low
        signal: spo2
        below: 92
        for: 20 s
        priority: medium
        action: Look.
        reason: Test.
      - id: sbp-crit
        kind: threshold
        title: Systolic pressure critically high
        signal: nibp_systolic
        at_least: 180
        readings: 2
        within: 6 min
        priority: high
        action: Look.
        reason: Test.
      - id: sbp-delta
        kind: delta
        title: Systolic pressure above baseline
        signal: nibp_systolic
        baseline_plus: 40
        priority: medium
        action: Look.
        reason: Test.
      - id: spo2-missing
        kind: missing
        title: No SpO2
        signal: spo2
        priority: medium
        action: Look.
        reason: Test.
      - id: cuff-overdue
        kind: cuffOverdue
        title: Blood pressure overdue
        priority: medium
        action: Measure.
        reason: Test.

    """

/// A small configuration without any fault, that tests break in one place.
let soundClinic = """
    store: /var/lib/vigil/vigil.db
    socket: /run/vigil/vigil.sock
    roles: {nurse: vigil-nurse, clinician: vigil-clinician, admin: vigil-admin}
    rooms:
      - id: room-1
        sources:
          - {id: monitor-1, family: intellivue, match: {usb: "0403:6001", serial: AB0XYZ}}
      - id: room-2
        sources:
          - {id: monitor-2, family: intellivue, match: {path: /dev/ttyS1}, options: {baud: 115200}}
          - {id: oximeter-2, family: nonin, match: {path: /dev/ttyS2}, options: {format: 7}}
        prefer: {spo2: [oximeter-2, monitor-2], nibp: [monitor-2]}

    """

/// One way to break a sample, and the fault that must come of it.
struct Breakage: Sendable, CustomTestStringConvertible {
    /// Texts of the sample with what stands there instead; each must be there exactly once. `▸` marks the place of the fault.
    var changes: [(old: String, new: String)]
    /// `error` or `warning`.
    var severity: String
    /// The fault's key path.
    var path: String
    /// A part of the message.
    var message: String
    /// How many faults come of it; the expected one is the first.
    var count: Int

    /// Creates a breakage. `at` marks a place in the sample beside the change: the same text with `▸` in it.
    init(
        _ old: String, _ new: String, _ path: String, _ message: String, severity: String = "error",
        also: (old: String, new: String)? = nil, at mark: String? = nil, count: Int = 1, further: (old: String, new: String)? = nil
    ) {
        changes = [(old, new)] + [also, further, mark.map { ($0.replacing("▸", with: ""), $0) }].compactMap { $0 }
        self.severity = severity
        self.path = path
        self.message = message
        self.count = count
    }

    var testDescription: String { "\(changes.map(\.new)) -> \(path): \(message)" }

    /// The broken text, and `line:column` of the mark; 1:1 without one.
    func applied(to sample: String) -> (text: String, place: String) {
        var text = sample
        for change in changes {
            let parts = text.components(separatedBy: change.old)
            #expect(parts.count == 2, "\"\(change.old)\" must be in the sample exactly once")
            text = parts.joined(separator: change.new)
        }
        let halves = text.components(separatedBy: "▸")
        guard halves.count == 2 else { return (text, "1:1") }
        let lines = halves[0].components(separatedBy: "\n")
        return (halves.joined(), "\(lines.count):\((lines.last?.count ?? 0) + 1)")
    }

    /// Expects this fault when `read` gets the broken sample, and as many as `count`.
    func check(_ sample: String, file: String, read: (String) -> [String]) {
        let (text, place) = applied(to: sample)
        let faults = read(text)
        let start = "\(file):\(place): \(severity): \(path.isEmpty ? "" : "\(path): ")"
        #expect(faults.count == count, "\(faults.joined(separator: "\n"))")
        #expect(faults.first?.hasPrefix(start) ?? false, "\(faults.first ?? "no fault") instead of \(start)")
        #expect(faults.first?.contains(message) ?? false, "\(faults.first ?? "no fault") instead of \(message)")
    }
}

/// Reads a plan as the daemon does.
func readPlan(_ text: String) -> [String] { PlanReader.read(text: text, file: "p.yaml", hash: "h").faults.map(\.description) }

/// Reads a configuration as the daemon does.
func readClinic(_ text: String) -> [String] { ClinicReader.read(text: text, file: "v.yaml").faults.map(\.description) }

/// One rule of a plan without errors.
func readRule(_ id: RuleID, of text: String) throws -> AlertRule {
    let result = PlanReader.read(text: text, file: "p.yaml", hash: "h")
    let plan = try #require(result.value, "\(result.faults.map(\.description).joined(separator: "\n"))")
    return try #require(plan.rules.first { $0.id == id })
}
