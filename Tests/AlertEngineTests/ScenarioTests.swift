import AlertScenarios
import Foundation
import SessionFlow
import Testing

/// The transitions of alarms.md, section 6, and the kinds of rules, as files that a nurse can read.
@Suite struct ScenarioTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Scenarios")

    static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".scenario") }.sorted()
    }

    /// What the store does to a state between two lives of the daemon.
    static let throughJSON: ScenarioRun.Storage = { state in
        try JSONDecoder().decode(SessionState.self, from: JSONEncoder().encode(state))
    }

    @Test(arguments: try names()) func `a scenario gives the announcements that it expects`(name: String) throws {
        let text = try String(contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
        let run = try ScenarioRun(Scenario(text), storage: Self.throughJSON)
        let differences = run.differences()
        #expect(differences.isEmpty, "\(name)\n\(differences.joined(separator: "\n"))")
    }

    @Test func `every transition and every kind of rule has a scenario`() throws {
        let names = try Self.names()
        let transitions = (1...24).map { $0 < 10 ? "0\($0)-" : "\($0)-" }
        let kinds = [
            "threshold", "deep", "delta", "missing", "cuff-overdue", "trend", "count", "quality", "disagree", "timer", "manual",
            "composite", "system",
        ].map { "kind-\($0)" }
        for start in transitions + kinds {
            #expect(names.contains { $0.hasPrefix(start) }, "no scenario for \(start)")
        }
    }
}

/// The reader of scenarios and the comparison: a test that cannot fail proves nothing.
@Suite struct ScenarioReaderTests {
    private let plan = "rule low: SpO2 below 92, medium, latching never\n"

    @Test func `a missing, an extra and a late announcement are each marked`() throws {
        let given = "given\n0:00 SpO2: 93 90 97x20\n"
        func differences(_ expect: String) throws -> [String] {
            try ScenarioRun(Scenario(plan + given + "expect\n" + expect)).differences()
        }
        #expect(try differences("0:01 low raised value 90\n0:12 low closed end cleared").isEmpty)
        #expect(try differences("0:01 low raised").contains { $0.hasPrefix("+ 0:12 low closed") })
        #expect(try differences("0:01 low raised\n0:05 low reminder\n0:12 low closed").contains("- 0:05 low reminder"))
        #expect(try differences("0:02 low raised\n0:12 low closed").contains("- 0:02 low raised"))
        #expect(try differences("0:01 low raised value 91\n0:12 low closed").contains("- 0:01 low raised value 91"))
        #expect(try differences("0:01 low raised\n0:12 low closed\nsilence 0:00 0:05").contains { $0.hasPrefix("! not silent: 0:01") })
    }

    @Test func `an action that the session refuses fails the scenario`() throws {
        let run = try ScenarioRun(Scenario("given\n0:01 ack s1-9\nexpect\nnothing"))
        #expect(run.differences() == ["! 0:01 refused: no open alert s1-9; open: none"])
    }

    @Test(arguments: [
        ("rule low SpO2 below 92", 1, "colon"), ("rule low: XYZ below 92", 1, "no signal"), ("rule low: SpO2 below many", 1, "number"),
        ("rule low: SpO2 below 92 for ever", 1, "20s"), ("rule low: SpO2 below 92, urgent", 1, "no option"),
        ("plant x", 1, "no line of a plan"),
        ("\ngiven\nSpO2: 97", 3, "time"), ("given\n0:00 SpO2: 97y3", 2, "97x10"), ("given\n0:00 jump", 2, "no event"),
        ("given\n0:00 phase nap", 2, "no phase"), ("expect\n0:00 low vanished", 2, "no change"),
        ("expect\n0:00 low raised loudly", 2, "says nothing"),
        ("expect\nsilence 0:10 0:05", 2, "ends after"), ("given\n0:00 until now", 2, "not understood"),
    ])
    func `a fault has its line and says what to write`(text: String, line: Int, words: String) {
        #expect {
            _ = try Scenario(text)
        } throws: { error in
            guard let fault = error as? ScenarioFault else { return false }
            return fault.line == line && fault.what.contains(words)
        }
    }
}
