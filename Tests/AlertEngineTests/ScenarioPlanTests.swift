import AlertEngine
import AlertScenarios
import SessionFlow
import Testing
import VitalsModel

/// The three ways in which a scenario gets its plan.
@Suite struct ScenarioPlanTests {
    private static let block = """
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

        """

    private func differences(_ text: String) throws -> [String] {
        try ScenarioRun(Scenario(text, plans: ShippedFiles.plan)).differences()
    }

    // MARK: A plan file

    @Test func `a scenario takes a plan by its id and begins in the phase it names`() throws {
        let scenario = try Scenario("plan iv-ketamine\nphase dosing\n", plans: ShippedFiles.plan)
        #expect(scenario.plan.rules.count == (try ShippedFiles.plan("iv-ketamine")).rules.count)
        let phases = try ScenarioRun(scenario).entries.compactMap { draft -> SessionPhase? in
            guard case .phase(let change) = draft.content else { return nil }
            return change.to
        }
        #expect(phases == [.dosing])
        #expect(try ScenarioRun(Scenario("plan iv-ketamine", plans: ShippedFiles.plan)).entries.count == 1)
    }

    @Test func `a path is handed on as it stands`() throws {
        var asked: [String] = []
        _ = try Scenario("plan ../own.yaml") { (name) throws(ScenarioPlanFault) in
            asked.append(name)
            return try ShippedFiles.plan("iv-ketamine")
        }
        #expect(asked == ["../own.yaml"])
    }

    @Test func `rules leaves those that are named, with their families`() throws {
        func rules(_ words: String) throws -> [String] {
            try Scenario("plan iv-ketamine\nrules \(words)", plans: ShippedFiles.plan).plan.rules.map(\.id.rawValue)
        }
        #expect(try rules("spo2-low-92") == ["spo2-low-94", "spo2-low-92", "spo2-low-88", "spo2-low-85"])
        #expect(try rules("spo2-low") == rules("spo2-low-92"))
        #expect(try rules("cuff-overdue rr-high") == ["rr-high", "cuff-overdue"])
    }

    @Test func `a baseline that is accepted at the start rules the rules that compare with it`() throws {
        let text = """
            plan iv-ketamine
            phase acute
            rules sbp-delta-40
            baseline SBP 120 HR 70

            given
            1:00 SBP: 158

            expect
            0:00 entry baseline "value 120"
            1:00 sbp-delta-40 raised value 158 limit 160
            """
        // 158 is 38 above 120; a milder rule of the family calls, not the one that is expected.
        #expect(try differences(text).contains { $0.hasPrefix("+ 1:00 sbp-delta-25-percent raised") })
        let right = text.replacing("sbp-delta-40 raised value 158 limit 160", with: "sbp-delta-25-percent raised value 158 limit 150")
        #expect(try differences(right).isEmpty)
    }

    // MARK: Blocks

    @Test func `a block of rules is read as a plan file's, and begins in acute`() throws {
        let end = "given\n0:00 SpO2: 97x10 90x30\nexpect\n0:30 spo2-low raised value 90\n"
        #expect(try differences(Self.block + end).isEmpty)
        #expect(try differences(Self.block + "phase checkin\n" + end).contains("- 0:30 spo2-low raised value 90"))
        #expect(try differences(Self.block + "phases baseline acute\n" + end).isEmpty)
    }

    @Test func `further blocks, short lines, blank lines and comments stand beside it`() throws {
        let text = """
            # Two ways of writing, one plan.
            stream SpO2 every 2s
            cuff acute every 5m lasting 20m
            cuff acute every 10m

            response:
              hold: 5 min
            rules:   # as in a plan file

              - id: no-spo2
                kind: missing
            # a comment at the margin
                title: No SpO2
                signal: spo2
                priority: medium
                action: Look.
                reason: >-
                  Test.

            remind medium 100s
            """
        let plan = try Scenario(text).plan
        #expect(plan.response.hold == .seconds(300))
        #expect(plan.response.reminder[.medium] == .seconds(100))
        #expect(plan.expected == [ExpectedSignal(signal: .spo2, period: .seconds(2))])
        #expect(plan.cuff.interval(in: .acute, elapsed: .seconds(1199)) == .seconds(300))
        #expect(plan.cuff.interval(in: .acute, elapsed: .seconds(1200)) == .seconds(600))
        #expect((plan.rules.first?.condition as? MissingRule)?.stale == .seconds(7))
    }

    @Test func `faults of a block have the scenario's lines, all of them`() {
        let text = "# test\n\n" + Self.block.replacing("below: 92", with: "below: many").replacing("spo2\n", with: "sp02\n") + "given\n"
        #expect {
            _ = try Scenario(text)
        } throws: { error in
            guard let fault = error as? ScenarioFault else { return false }
            return fault.all.map(\.line) == [7, 8] && fault.all[0].what.contains("rules[0].signal")
                && fault.all[0].what.contains("did you mean \"spo2\"?") && fault.all[1].what.contains("rules[0].below: must be a number")
        }
    }

    // MARK: Faults

    @Test(arguments: [
        ("plan nowhere", 1, "there is no"), ("\nplan", 2, "the id or the file of a plan is missing"),
        ("plan iv-ketamine\nplan iv-ketamine", 2, "one plan"),
        ("plan iv-ketamine\nrule low: SpO2 below 92", 2, "has this already"),
        ("stream SpO2 every 1s\nplan iv-ketamine", 1, "has this already"),
        ("plan iv-ketamine\nrules:\n  - id: x\n", 2, "has this already"),
        ("plan iv-ketamine\nrules spo2-low-91", 2, "has no rule `spo2-low-91`; its rules are hr-delta"), ("rules", 1, "name rules"),
        ("plan iv-ketamine\n\nphase closed", 3, "has no phase closed; its phases are checkin"), ("phase nap", 1, "no phase"),
        ("baseline", 1, "write `baseline SBP 120 HR 70`"), ("baseline SBP", 1, "the baseline of SBP is missing"),
        ("baseline SBP 120 SBP 130", 1, "already"), ("baseline SBP high", 1, "is a number"), ("baseline Temp 37", 1, "no signal"),
        ("rule low: SpO2 below 92\ncuff:\n  intervals:\n", 1, "beside the block"),
        ("stream SpO2 every 1s\nexpect:\n  - x\n", 1, "beside the block `expect:` on line 2"),
        ("cuff:\n  intervals: []\n", 1, "rules"), ("rulez:\n  - x\n", 1, "rules"), ("rules:\n- id: x", 2, "indented"),
        ("stream SpO2 every 1s\n\nstream SBP every 5m\nrules: []", 3, "comes from the cuff"),
    ])
    func `a fault of the plan's lines has its line and says what to write`(text: String, line: Int, words: String) {
        #expect {
            _ = try Scenario(text, plans: ShippedFiles.plan)
        } throws: { error in
            guard let fault = error as? ScenarioFault else { return false }
            return fault.all.contains { $0.line == line && $0.what.contains(words) }
        }
    }
}
