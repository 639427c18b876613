import AlertEngine
import AlertScenarios
import Foundation
import ServiceConfiguration
import SessionFlow
import Testing
import VitalsModel

/// The scenarios of Config/scenarios, each against the plan of Config/plans that it names.
@Suite struct ShippedScenarioTests {
    /// Plans of which every rule has a scenario, by their ids. A plan is added here when its last rule has one; from then on a
    /// rule without a scenario fails.
    static let completePlans = ["iv-ketamine", "im-ketamine", "oral-ketamine", "esketamine-nasal", "observe"]

    /// One scenario's file below Config/scenarios.
    struct ShippedFile: Sendable, CustomTestStringConvertible {
        var name: String
        var testDescription: String { name }
    }

    static func files() throws -> [ShippedFile] {
        let found = try FileManager.default.subpathsOfDirectory(atPath: ShippedFiles.folder("scenarios").path)
        return found.filter { $0.hasSuffix(".scenario") }.sorted().map(ShippedFile.init)
    }

    @Test(arguments: try files()) func `a shipped scenario gives the announcements that it expects`(file: ShippedFile) throws {
        let outcome = ScenarioOutcome(of: try ShippedFiles.scenario(file.name), file: file.name)
        #expect(outcome.result == .asExpected, "\(outcome.lines(isVerbose: false, usesColour: false).joined(separator: "\n"))")
    }

    @Test func `there are shipped scenarios, each below the id of its plan`() throws {
        let files = try Self.files()
        #expect(files.count >= 3)
        for file in files {
            let plan = try ShippedFiles.scenario(file.name).plan.id
            #expect(file.name.hasPrefix("\(plan)/"), "\(file.name) names the plan \(plan)")
        }
    }

    @Test(arguments: completePlans) func `every rule of a plan has a scenario that expects it`(id: String) throws {
        let scenarios = try Self.files().map(\.name).filter { $0.hasPrefix("\(id)/") }.map { try ShippedFiles.scenario($0) }
        #expect(!scenarios.isEmpty, "there is no Config/scenarios/\(id)")
        let missing = Self.rules(of: try ShippedFiles.plan(id), without: scenarios)
        #expect(missing.isEmpty, "no scenario expects \(missing.joined(separator: " ")) to be raised")
    }

    @Test func `a rule that no scenario expects is found`() throws {
        let plan = try Scenario("rule low: SpO2 below 92, medium\nrule deep: SpO2 below 85, high").plan
        let low = try Scenario("given\n0:00 SpO2: 90\nexpect\n0:00 low raised\n0:20 deep closed")
        let deep = try Scenario("given\n0:00 SpO2: 80\nexpect\n0:00 deep raised")
        #expect(Self.rules(of: plan, without: [low]) == ["deep"])
        #expect(Self.rules(of: plan, without: [low, deep]).isEmpty)
    }

    /// The rules that no scenario expects to be raised.
    private static func rules(of plan: SessionPlan, without scenarios: [Scenario]) -> [String] {
        let expected = Set(scenarios.flatMap(\.raisedRules))
        return plan.rules.map(\.id).filter { !expected.contains($0) }.map(\.rawValue)
    }
}

/// Config/ of the package that these tests belong to.
enum ShippedFiles {
    static func folder(_ name: String) -> URL {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return root.appending(path: "Config").appending(path: name)
    }

    /// A plan by its id.
    static func plan(_ id: String) throws(ScenarioPlanFault) -> SessionPlan {
        let file = folder("plans").appending(path: "\(id).yaml")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else {
            throw ScenarioPlanFault(cause: .planMissing, what: "there is no \(file.path)")
        }
        let read = PlanReader.read(text: text, file: file.path, hash: "")
        guard let plan = read.value else {
            throw ScenarioPlanFault(cause: .planFaulty, what: read.errors.map(\.description).joined(separator: "\n"))
        }
        return plan
    }

    /// A scenario by its path below Config/scenarios.
    static func scenario(_ name: String) throws -> Scenario {
        try Scenario(String(contentsOf: folder("scenarios").appending(path: name), encoding: .utf8), plans: plan)
    }
}
