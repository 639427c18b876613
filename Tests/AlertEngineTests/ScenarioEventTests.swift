import AlertScenarios
import Testing
import VitalsModel

/// The words of events, and entries that a scenario expects beside alerts.
@Suite struct ScenarioEventTests {
    private func run(_ text: String) throws -> ScenarioRun { try ScenarioRun(Scenario(text)) }

    @Test func `dup sends the last reading again: a cuff value of the same time is no second one`() throws {
        let crisis = "rule crit: SBP at_least 180, 2 readings within 6m, high\ngiven\n1:00 SBP: 185\n"
        let raised = "expect\n3:00 crit raised"
        #expect(try run(crisis + "3:00 dup\nexpect\nnothing").differences().isEmpty)
        #expect(try run(crisis + "3:00 dup\n" + raised).differences().contains("- 3:00 crit raised"))
        #expect(try run(crisis + "3:00 SBP: 185\n" + raised).differences().isEmpty)
        #expect(try run("given\n0:01 dup\nexpect\nnothing").differences().first?.contains("no reading came before it") ?? false)
    }

    @Test func `a cuff that fails, begins and ends says so in the record`() throws {
        let text = """
            rule late: cuff overdue, medium, 2 failures
            cuff acute every 10m
            given
            0:10 cuff measuring
            0:40 cuff failed
            1:10 cuff measuring
            1:30 cuff idle
            2:10 cuff failed
            expect
            0:10 entry cuff "measuring"
            0:40 entry cuff "no pulse found"
            1:30 entry cuff "state idle"
            2:10 late raised
            """
        let differences = try run(text).differences()
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
    }

    @Test func `entries are looked for where they are listed, and free to come elsewhere`() throws {
        let given = "phases acute recovery\ngiven\n0:05 note \"ondansetron 4 mg\"\n0:10 phase recovery\n0:20 note \"better\"\nexpect\n"
        func differences(_ expect: String) throws -> [String] { try run(given + expect).differences() }
        #expect(try differences("nothing").isEmpty)
        #expect(try differences("0:10 entry phase \"from acute\" \"to recovery\"\n0:05 entry note \"ondansetron\"").isEmpty)
        #expect(try differences("0:00 entry session_started \"plan scenario\"").isEmpty)
        #expect(
            try differences("0:06 entry note \"ondansetron\"") == [
                "- 0:06 entry note \"ondansetron\"", "! there is 0:05 entry note \"text ondansetron 4 mg\"",
                "! there is 0:20 entry note \"text better\"",
            ])
        #expect(try differences("0:05 entry note \"paracetamol\"").first == "- 0:05 entry note \"paracetamol\"")
        // One entry meets one line only.
        #expect(try differences("0:20 entry note\n0:20 entry note").contains("- 0:20 entry note"))
    }

    @Test(arguments: [
        ("given\n0:00 jump", 2, "events are phase ack note"), ("given\n0:00 note hello", 2, "quotes"),
        ("given\n0:00 cuff full", 2, "cuff idle"), ("given\n0:00 source monitor gone", 2, "streaming"),
        ("given\n0:00 sensor SpO2 wet", 2, "sensor_off"), ("given\n0:00 dup SpO2", 2, "not understood"),
        ("given\n0:00 restart soon", 2, "20s"), ("given\n0:00 ack s1-1 s1-2", 2, "not understood"),
        ("expect\n0:00 entry poem", 2, "kinds are session_started"), ("expect\n0:00 entry", 2, "a kind of entry is missing"),
        ("expect\n0:00 entry note hello", 2, "not understood"),
    ])
    func `a fault has its line and says what to write`(text: String, line: Int, words: String) {
        #expect {
            _ = try Scenario(text)
        } throws: { error in
            guard let fault = error as? ScenarioFault else { return false }
            return fault.line == line && fault.what.contains(words)
        }
    }

    @Test func `a scenario that expects nothing cannot pass`() throws {
        let given = "rule low: SpO2 below 92, medium\ngiven\n0:00 SpO2: 97\n"
        #expect(ScenarioOutcome(of: try Scenario(given), file: "a").result != .asExpected)
        #expect(ScenarioOutcome(of: try Scenario(given + "expect\nnothing"), file: "a").result == .asExpected)
    }

    @Test func `outcomes as lines, with colours only where they are wanted`() throws {
        let scenario = try Scenario("rule low: SpO2 below 92, medium\ngiven\n0:00 SpO2: 90\nexpect\n0:01 low raised")
        let outcome = ScenarioOutcome(of: scenario, file: "a.scenario")
        let lines = outcome.lines(isVerbose: false, usesColour: false)
        #expect(lines.first == "FAILED a.scenario")
        #expect(lines.dropFirst().contains("  - 0:01 low raised"))
        #expect(lines.contains { $0.hasPrefix("  + 0:00 low raised medium") })
        #expect(outcome.lines(isVerbose: false, usesColour: true).contains("  \u{1B}[31m- 0:01 low raised\u{1B}[0m"))
        let sound = ScenarioOutcome(file: "b.scenario", result: .asExpected)
        #expect(sound.lines(isVerbose: false, usesColour: true).isEmpty)
        #expect(sound.lines(isVerbose: true, usesColour: true) == ["ok b.scenario"])
        let unreadable = ScenarioOutcome(file: "c.scenario", result: .unreadable(ScenarioFault(line: 3, what: "write it so")))
        #expect(unreadable.lines(isVerbose: false, usesColour: false) == ["c.scenario:3: write it so"])
        let summary = ScenarioSummary(of: [outcome, sound, unreadable], took: .milliseconds(840))
        #expect(summary.line == "3 scenarios, 1 failed, 1 unreadable, 0.8 s")
        #expect(ScenarioSummary(of: [sound], took: .seconds(2)).line == "1 scenario, 0 failed, 2.0 s")
    }
}
