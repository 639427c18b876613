import AlertEngine
import Foundation
import ServiceConfiguration
import SessionFlow
import Testing
import VitalsModel

/// The plans of Config/plans beside each other: what they share, and what sets them apart.
@Suite struct ShippedPlanTests {
    static let routes = [
        "iv-ketamine": "iv", "im-ketamine": "im", "oral-ketamine": "oral", "esketamine-nasal": "nasal", "observe": "none",
    ]
    static let ids = routes.keys.sorted()

    private static var folder: URL {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return root.appending(path: "Config/plans")
    }

    private func read(_ id: String) throws -> ReadResult<SessionPlan> {
        let text = try String(contentsOf: Self.folder.appending(path: "\(id).yaml"), encoding: .utf8)
        return PlanReader.read(text: text, file: "\(id).yaml", hash: "")
    }

    private func plan(_ id: String) throws -> SessionPlan {
        let result = try read(id)
        return try #require(result.value, "\(result.faults.map(\.description).joined(separator: "\n"))")
    }

    private func rule(_ rule: RuleID, of id: String) throws -> AlertRule {
        try #require(try plan(id).rules.first { $0.id == rule }, "\(id) has no \(rule)")
    }

    @Test func `there are these plans and no others`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(files.filter { $0.hasSuffix(".yaml") }.sorted() == Self.ids.map { "\($0).yaml" })
    }

    @Test(arguments: ids) func `nothing is wrong but that nobody has signed`(id: String) throws {
        let result = try read(id)
        #expect(result.faults.map(\.keyPath) == ["review"], "\(result.faults.map(\.description).joined(separator: "\n"))")
        #expect(result.faults.allSatisfy { $0.severity == .warning && $0.message.contains("nobody has signed") })
        let plan = try plan(id)
        #expect(plan.id == id && plan.version == 1 && plan.route == Self.routes[id] && plan.signature == nil)
    }

    /// A limit that differed would have to be looked for when two plans are signed; what differs has another id.
    @Test(arguments: ids) func `a rule says the same in every plan that has it`(id: String) throws {
        let byRoute: Set<RuleID> = ["obs-min", "hr-missing", "spo2-missing"]
        let model = Dictionary(uniqueKeysWithValues: try plan("iv-ketamine").rules.map { ($0.id, $0) })
        for rule in try plan(id).rules where !byRoute.contains(rule.id) && rule.id != "rems-40" {
            let same = try #require(model[rule.id], "\(rule.id) is not in iv-ketamine")
            #expect(rule.condition.statement == same.condition.statement, "\(rule.id)")
            #expect(rule.confirmation == same.confirmation && rule.priority == same.priority && rule.type == same.type, "\(rule.id)")
            #expect(rule.family == same.family && rule.bounds == same.bounds && rule.worsenStep == same.worsenStep, "\(rule.id)")
            #expect(rule.title == same.title && rule.inhibits == same.inhibits, "\(rule.id)")
        }
    }

    @Test(arguments: ids) func `a session cannot pass the hard bounds, nor change a deep rule`(id: String) throws {
        let rules = try plan(id).rules
        let saturations = rules.filter { $0.condition.signals == [.spo2] && $0.condition.side == .below }
        #expect(saturations.count == 4)
        for rule in saturations where rule.condition is ThresholdRule { #expect((rule.bounds?.limit?.lowerBound ?? 0) >= 85, "\(rule.id)") }
        let pressures = rules.filter {
            $0.condition.signals == [.nibpSystolic] && $0.condition is ThresholdRule && $0.condition.side == .above
        }
        #expect(pressures.count == 3)
        for rule in pressures { #expect((rule.bounds?.limit?.upperBound ?? .infinity) <= 220, "\(rule.id)") }
        for rule in rules where !rule.condition.canBeShelved { #expect(rule.bounds == nil, "\(rule.id)") }
        // Every fixed limit and every delay of a stream may be changed, inside bounds.
        for rule in rules where rule.condition is ThresholdRule {
            #expect(rule.bounds?.limit != nil, "\(rule.id)")
            #expect((rule.bounds?.onDelay == nil) == (rule.condition.signals.first?.cadence == .intermittent), "\(rule.id)")
        }
    }

    @Test(arguments: ids) func `one stray value of a fast stream reaches no rule`(id: String) throws {
        #expect(try plan(id).filters == [.heartRate: 3, .pulseRate: 3, .spo2: 3])
    }

    /// Minutes from the beginning of the phase, and the interval that then holds.
    @Test(arguments: [
        ("im-ketamine", SessionPhase.dosing, 0, 5), ("im-ketamine", .acute, 0, 5), ("im-ketamine", .acute, 29, 5),
        ("im-ketamine", .acute, 30, 10), ("im-ketamine", .recovery, 0, 15), ("oral-ketamine", .dosing, 0, 15),
        ("oral-ketamine", .acute, 89, 15), ("oral-ketamine", .acute, 90, 30), ("oral-ketamine", .recovery, 0, 30),
        ("esketamine-nasal", .dosing, 0, 20), ("esketamine-nasal", .acute, 59, 20), ("esketamine-nasal", .acute, 60, 15),
        ("esketamine-nasal", .recovery, 0, 15), ("observe", .baseline, 0, 5), ("observe", .acute, 200, 15),
    ])
    func `the cuff measures as the course of the route wants it`(id: String, phase: SessionPhase, minutes: Int, interval: Int) throws {
        #expect(try plan(id).cuff.interval(in: phase, elapsed: .seconds(minutes * 60)) == .seconds(interval * 60))
    }

    @Test(arguments: [("iv-ketamine", 100), ("im-ketamine", 60), ("oral-ketamine", 120), ("esketamine-nasal", 120)])
    func `people stay for the minimum time after the first dose`(id: String, minutes: Int) throws {
        let rule = try rule("obs-min", of: id)
        let condition = try #require(rule.condition as? TimerRule)
        #expect(condition.since == .firstDose && condition.duty == .notBefore(.seconds(minutes * 60)))
        #expect(rule.phases == [.discharge] && rule.priority == .medium && rule.type == .advisory)
    }

    @Test func `the REMS wants a pressure about 40 min after the first device`() throws {
        let rule = try rule("rems-40", of: "esketamine-nasal")
        let condition = try #require(rule.condition as? TimerRule)
        #expect(condition.duty == .once(.cuff, opens: .seconds(35 * 60), due: .seconds(50 * 60)))
        #expect(condition.since == .firstDose && rule.priority == .medium)
        #expect(try plan("esketamine-nasal").expected.map(\.signal) == [.heartRate, .spo2])
    }

    @Test func `who is only observed has no rule that needs a dose`() throws {
        let plan = try plan("observe")
        #expect(plan.phases == [.checkin, .baseline, .acute, .discharge])
        for rule in plan.rules {
            #expect(!(rule.condition is DeltaRule) && !(rule.condition is TimerRule) && !(rule.condition is CompositeRule), "\(rule.id)")
            guard let missing = rule.condition as? MissingRule else { continue }
            #expect(missing.dosingHighAfter == nil && missing.priorities == [.baseline: .low, .acute: .medium], "\(rule.id)")
        }
    }
}
