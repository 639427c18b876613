import AlertEngine
import Foundation
import ServiceConfiguration
import SessionFlow
import Testing
import VitalsModel

/// The files in Config/ as a clinic gets them.
@Suite struct ShippedFileTests {
    /// Config/ of the package that this test belongs to.
    private func text(_ name: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "Config").appending(path: name), encoding: .utf8)
    }

    private func ivPlan() throws -> SessionPlan {
        let result = PlanReader.read(text: try text("plans/iv-ketamine.yaml"), file: "iv-ketamine.yaml", hash: "cafe")
        return try #require(result.value, "\(result.faults.map(\.description).joined(separator: "\n"))")
    }

    @Test func `the plan has no fault but the missing signature`() throws {
        let result = PlanReader.read(text: try text("plans/iv-ketamine.yaml"), file: "iv-ketamine.yaml", hash: "cafe")
        #expect(result.faults.count == 1)
        let fault = try #require(result.faults.first)
        #expect(fault.severity == .warning)
        #expect(fault.keyPath == "review")
        #expect(fault.message.contains("nobody has signed"))
        #expect(result.value?.hash == "cafe")
    }

    @Test func `the sample configuration has no fault`() throws {
        let result = ClinicReader.read(text: try text("vigil.yaml"), file: "vigil.yaml")
        #expect(result.faults.map(\.description) == [])
        #expect(result.value?.rooms.count == 2)
    }

    /// clinical.md section 5; rules on scales, gates and timers need other kinds.
    @Test(arguments: [
        "hr-high medium above 110.0 30.0 s", "hr-very-high high above 130.0 15.0 s", "hr-low medium below 50.0 30.0 s",
        "hr-very-low high below 40.0 10.0 s", "hr-delta low above +30.0 35.0% 60.0 s",
        "sbp-high medium above=160.0 x1", "sbp-crit high above=180.0 x2 in 360.0 s", "sbp-crit-200 high above=200.0 x1",
        "dbp-high medium above=100.0 x1", "dbp-crit high above=110.0 x2 in 360.0 s", "dbp-crit-120 high above=120.0 x1",
        "map-high medium above=120.0 x1", "map-crit high above=135.0 x2 in 360.0 s",
        "sbp-low medium below 90.0 x1", "sbp-very-low high below 80.0 x1", "map-low medium below 65.0 x1",
        "map-very-low high below 55.0 x1", "sbp-delta-25-percent low above 25.0% x1", "sbp-delta-40 medium above +40.0 x1",
        "dbp-delta medium above +25.0 x1", "spo2-low-94 low below 94.0 60.0 s", "spo2-low-92 medium below 92.0 20.0 s",
        "spo2-low-88 high below 88.0 10.0 s", "spo2-low-85 high deep below 85.0 5.0 s", "rr-low medium below 10.0 60.0 s",
        "rr-high medium above 30.0 60.0 s", "rr-very-low high below 8.0 15.0 s",
    ])
    func `every limit that the kinds can express is in the plan`(expected: String) throws {
        let found = try ivPlan().rules.map(summary)
        #expect(found.contains(expected), "\(found.joined(separator: "\n"))")
    }

    @Test func `the plan has no other rules than the expected ones`() throws {
        let plan = try ivPlan()
        let others: [RuleID] = [
            "breathing-fails", "moaas-3", "moaas-1", "called", "hr-missing", "spo2-missing", "cuff-overdue", "obs-min", "spo2-doubtful",
            "cuff-doubtful", "hr-disagree", "vigil-trouble", "cuff-stuck", "no-console",
        ]
        #expect(plan.rules.suffix(others.count).map(\.id) == others)
        #expect(plan.rules.count == 27 + others.count)
        #expect(plan.expected.map(\.signal) == [.heartRate, .spo2])
    }

    @Test func `cuff intervals are those of the clinical notes`() throws {
        let cuff = try ivPlan().cuff
        #expect(cuff.interval(in: .baseline, elapsed: .zero) == .seconds(180))
        #expect(cuff.interval(in: .dosing, elapsed: .seconds(1199)) == .seconds(300))
        #expect(cuff.interval(in: .dosing, elapsed: .seconds(1200)) == .seconds(600))
        #expect(cuff.interval(in: .acute, elapsed: .seconds(7200)) == .seconds(600))
        #expect(cuff.interval(in: .recovery, elapsed: .zero) == .seconds(900))
        #expect(cuff.interval(in: .discharge, elapsed: .zero) == nil)
        #expect(cuff.grace(for: .seconds(180)) == .seconds(60))
        #expect(cuff.grace(for: .seconds(600)) == .seconds(120))
    }

    @Test func `missing rules know their period and rise in dosing`() throws {
        let rule = try #require(try ivPlan().rules.first { $0.id == "hr-missing" })
        let condition = try #require(rule.condition as? MissingRule)
        #expect(condition.signals == [.heartRate, .pulseRate])
        #expect(condition.stale == .seconds(6))
        #expect(condition.priorities[.baseline] == .low)
        #expect(condition.dosingHighAfter == .seconds(60))
        #expect(rule.type == .technical)
        #expect(rule.latching == .never)
    }

    /// A rule in one line.
    private func summary(_ rule: AlertRule) -> String {
        let confirmation = rule.confirmation
        let isStream = rule.condition.signals.first?.cadence == .streaming
        let window = confirmation.window.map { " in \($0.inSeconds) s" } ?? ""
        let when = isStream ? "\(confirmation.onDelay.inSeconds) s" : "x\(confirmation.readings)\(window)"
        return "\(rule.id) \(rule.priority.rawValue) \(limit(rule.condition)) \(when)"
    }

    private func limit(_ condition: any RuleCondition) -> String {
        let side = condition.side?.rawValue ?? "-"
        return switch condition {
        case let rule as ThresholdRule: "\(side)\(rule.countsLimit ? "=" : " ")\(rule.limit)"
        case let rule as DeepRule: "deep \(side)\(rule.threshold.countsLimit ? "=" : " ")\(rule.threshold.limit)"
        case let rule as DeltaRule:
            ([side] + [rule.absolute.map { "+\($0)" }, rule.percent.map { "\($0)%" }].compactMap { $0 }).joined(separator: " ")
        default: side
        }
    }
}
