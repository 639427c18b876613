import Foundation
import ServiceConfiguration
import SessionFlow
import Testing

/// Plans for the pages and the differences.
enum PlanSamples {
    /// The plan that is shipped.
    static func shipped() throws -> SessionPlan {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try plan(String(contentsOf: root.appending(path: "Config/plans/iv-ketamine.yaml"), encoding: .utf8), hash: "cafe01")
    }

    /// A plan of a text; its faults fail the test.
    static func plan(_ text: String, hash: String = "h") throws -> SessionPlan {
        let read = PlanReader.read(text: text, file: "plan.yaml", hash: hash)
        return try #require(read.value, "\(read.faults.map(\.description).joined(separator: "\n"))")
    }

    /// The small plan with changes; each old text must be in it exactly once.
    static func small(_ changes: (old: String, new: String)...) throws -> SessionPlan {
        var text = smallText
        for change in changes {
            let parts = text.components(separatedBy: change.old)
            try #require(parts.count == 2, "\"\(change.old)\" must be in the plan exactly once")
            text = parts.joined(separator: change.new)
        }
        return try plan(text)
    }

    /// One rule of each kind, and a family of two.
    private static let smallText = """
        id: small
        version: 3
        title: Small plan
        route: iv
        review: {reviewed_by: A. Clinician, reviewed_on: 2025-03-01}
        phases: [baseline, dosing, acute, recovery]
        expect:
          - {signal: heart_rate, every: 1 s}
          - {signal: spo2, every: 2 s}
        cuff:
          grace_at_least: 60 s
          grace_share: 20 %
          repeat_after: 3 min
          intervals:
            - {phase: baseline, every: 3 min}
            - {phase: dosing, every: 5 min, for: 20 min}
            - {phase: dosing, every: 10 min}
        baseline:
          cuff: {readings: 2, within: 11 min, spread_mmhg: 10}
          streams: {window: 2 min, minimum: 50 s}
        response:
          hold: 12 min
          reminder: {high: 130 s, medium: 5 min}
          escalation: {high: [1 min, 3 min], medium: [4 min, 10 min]}
        rules:
          - {id: hr-low, kind: threshold, title: Slow heart, signal: heart_rate, below: 50, for: 25 s, clear_for: 14 s, deadband: 4,
             worsen: 5, samples: 7,
             priority: medium, phases: [dosing, acute], family: slow, action: Look at it., reason: Slow source.}
          - {id: spo2-deep, kind: deep, title: Deep fall, signal: spo2, below: 85, for: 5 s, priority: high,
             action: Give oxygen., reason: Deep source.}
          - {id: sbp-high, kind: threshold, title: High pressure, signal: nibp_systolic, at_least: 160, readings: 2, within: 25 min,
             clear_readings: 3,
             priority: medium, family: sbp, action: Repeat it., reason: High source.}
          - {id: sbp-crit, kind: threshold, title: Critical pressure, signal: nibp_systolic, at_least: 180, priority: high,
             family: sbp, action: Stop it., reason: Critical source.}
          - {id: rr-delta, kind: delta, title: Breathing far off, signal: resp_rate, baseline_plus: 8, baseline_plus_percent: 45,
             mode: any, for: 40 s,
             priority: low, action: Count it., reason: Delta source.}
          - {id: rr-fall, kind: delta, title: Breathing falls, signal: resp_rate, baseline_minus: 6, for: 35 s,
             priority: low, action: Count again., reason: Fall source.}
          - {id: spo2-missing, kind: missing, title: No SpO2, signal: spo2, priority: medium, priorities: {baseline: low}, high_after: 70 s,
             action: Look at the finger., reason: Missing source.}
          - {id: cuff-overdue, kind: cuffOverdue, title: Cuff overdue, priority: medium, failures: 2,
             action: Start it., reason: Cuff source.}

        """
}
