import AlertScenarios
import Glibc
import LinuxIO
import ServiceConfiguration
import SessionFlow

/// Reads scenario files, with the plans that they name. A plan is read once, however many scenarios name it.
struct ScenarioFileReader {
    /// A scenario's file, and what was in it.
    struct File: Sendable {
        var path: String
        var scenario: Result<Scenario, ScenarioFault>

        /// Runs it.
        var outcome: ScenarioOutcome {
            switch scenario {
            case .success(let scenario): ScenarioOutcome(of: scenario, file: path)
            case .failure(let fault): ScenarioOutcome(file: path, result: .unreadable(fault))
            }
        }
    }

    private typealias PlanResult = Result<SessionPlan, ScenarioPlanFault>

    /// The plan that stands in for every plan named by its id.
    private let replacement: SessionPlan?
    /// What was read, by path.
    private var plans: [String: PlanResult] = [:]

    /// Creates a reader.
    ///
    /// - Parameter replacement: the file of a plan that stands in for every plan named by its id.
    /// - Throws: `CommandFailure` 78 when that plan has errors, `SystemError` when it cannot be read.
    init(replacement: String?) throws {
        guard let replacement else {
            self.replacement = nil
            return
        }
        let read = try readPlan(replacement)
        guard let plan = read.value else {
            throw CommandFailure(description: read.errors.map(\.description).joined(separator: "\n"), status: EX_CONFIG)
        }
        self.replacement = plan
    }

    /// Reads one file.
    ///
    /// - Throws: `SystemError` when it cannot be read; what is wrong in its text is part of the answer.
    mutating func read(_ path: String) throws -> File {
        guard let text = String(validating: try readWholeFile(path), as: UTF8.self) else {
            return File(path: path, scenario: .failure(ScenarioFault(line: 1, what: "is not UTF-8 text; save it as UTF-8")))
        }
        do throws(ScenarioFault) {
            let scenario = try Scenario(text) { (name) throws(ScenarioPlanFault) in try plan(name, beside: path).get() }
            return File(path: path, scenario: .success(scenario))
        } catch {
            return File(path: path, scenario: .failure(error))
        }
    }

    /// A plan by its id, or by its path from the folder of the scenario's file.
    private mutating func plan(_ name: String, beside scenario: String) -> PlanResult {
        let isPath = name.contains("/") || name.hasSuffix(".yaml")
        if !isPath, let replacement { return .success(replacement) }
        do {
            let path = try isPath ? Self.path(name, beside: scenario) : PlanSearch.file(of: name)
            if let known = plans[path] { return known }
            let result = try Self.plan(path)
            plans[path] = result
            return result
        } catch {
            return .failure(ScenarioPlanFault(cause: .planMissing, what: "\(error)"))
        }
    }

    private static func path(_ name: String, beside scenario: String) -> String {
        guard !name.hasPrefix("/"), let end = scenario.lastIndex(of: "/") else { return name }
        return scenario[...end] + name
    }

    private static func plan(_ path: String) throws -> PlanResult {
        let read = try readPlan(path)
        guard let plan = read.value else {
            let count = read.errors.count
            let first = read.errors.first?.description ?? path
            return .failure(
                ScenarioPlanFault(
                    cause: .planFaulty,
                    what: "the plan has \(count == 1 ? "an error" : "\(count) errors"): \(first); see all with vigil plan lint \(path)"))
        }
        return .success(plan)
    }
}
