import AlertEngine
import Foundation
import AlertScenarios
import MonitorTesting
import SessionFlow
import Testing
import VitalsModel

/// Random sessions. A failure prints the seed of its sequence; `VIGIL_TEST_SEED=that VIGIL_PROPERTY_SEQUENCES=1` runs it alone.
/// `VIGIL_PROPERTY_SEQUENCES` asks for more than the usual 2,000.
@Suite struct SessionPropertyTests {
    private static let stepCount = 60

    private func forEachSequence(
        _ test: String = #function, _ body: (Scenario, [RandomStep], inout SeededRandom) throws -> [String]
    ) async throws {
        let count = ProcessInfo.processInfo.environment["VIGIL_PROPERTY_SEQUENCES"].flatMap { Int($0) } ?? 2000
        let scenario = try RandomSession.scenario()
        let given = ProcessInfo.processInfo.environment["VIGIL_TEST_SEED"].flatMap { UInt64($0) }
        let first = given ?? UInt64.random(in: 1...UInt64(UInt32.max))
        print("seed of \(test): VIGIL_TEST_SEED=\(first)")
        for seed in first..<(first + UInt64(count)) {
            var random = SeededRandom(seed: seed)
            let steps = RandomSession.steps(Self.stepCount, using: &random)
            let faults = try body(scenario, steps, &random)
            // Minutes of computing must not keep the tests that wait for something from being woken.
            await Task.yield()
            guard faults.isEmpty else {
                Issue.record("VIGIL_TEST_SEED=\(seed): \(faults.prefix(8).joined(separator: "\n"))")
                return
            }
        }
    }

    private func end(of steps: [RandomStep]) -> Duration { (steps.last?.at ?? .zero) + .seconds(20) }

    /// Runs all of it, with time passing only in the inputs.
    private func coarse(_ scenario: Scenario, _ steps: [RandomStep]) -> SessionDriver {
        var driver = SessionDriver(scenario)
        for step in steps { driver.take(step) }
        driver.advance(to: end(of: steps))
        driver.end(at: end(of: steps))
        return driver
    }

    /// Runs all of it as the live service does.
    private func live(
        _ scenario: Scenario, _ steps: [RandomStep], cuffs: RoomCuffs = RoomCuffs(), using random: inout SeededRandom
    ) -> SessionDriver {
        var driver = SessionDriver(scenario, cuffs: cuffs)
        for step in steps {
            driver.advanceByAlarms(to: step.timePassesTo, using: &random)
            driver.take(step)
        }
        driver.advanceByAlarms(to: end(of: steps), using: &random)
        driver.end(at: end(of: steps))
        return driver
    }

    private func difference(_ what: String, _ one: [EntryDraft], _ other: [EntryDraft]) -> [String] {
        guard one != other else { return [] }
        let place = zip(one, other).prefix { $0 == $1 }.count
        let words = { (entries: [EntryDraft]) in place < entries.count ? "\(entries[place])" : "nothing" }
        return ["\(what) differ at entry \(place) (\(one.count) and \(other.count))", words(one), words(other)]
    }

    @Test func `every log keeps the invariants, however time passes, and again the same`() async throws {
        var raised = 0
        var changes: Set<AlertChange> = []
        try await forEachSequence { scenario, steps, random in
            let once = coarse(scenario, steps)
            let again = coarse(scenario, steps)
            let fine = live(scenario, steps, using: &random)
            for entry in once.entries {
                guard case .alert(let transition) = entry.content else { continue }
                changes.insert(transition.change)
                if transition.change == .raised { raised += 1 }
            }
            return LogInvariants.faults(in: once.entries) + once.faults + fine.faults + difference("two runs", once.entries, again.entries)
                + difference("one big step and many small steps", once.entries, fine.entries)
        }
        // A generator under which little happens would prove little.
        #expect(raised > 1)
        if ProcessInfo.processInfo.environment["VIGIL_PROPERTY_SEQUENCES"] == nil {
            #expect(raised > 5000)
            #expect(
                changes.isSuperset(of: [
                    .raised, .clearing, .resumed, .held, .reoccurred, .latched, .acknowledged, .reminder, .worsened, .escalated, .closed,
                ]))
        }
    }

    @Test func `a replay from what is stored gives the live log`() async throws {
        try await forEachSequence { scenario, steps, random in
            // With a cuff that is driven: its orders are held to the same law.
            let live = live(scenario, steps, cuffs: RoomCuffs(driven: ["monitor"]), using: &random)
            // The store gives readings back by source and time, the log in its order.
            let readings = live.stored.sorted { ($0.source, $0.received.boot, $0.sequence) < ($1.source, $1.received.boot, $1.sequence) }
            let inputs = ReplayInput.inputs(readings: readings, entries: live.entries) { RandomSession.signalsOf[$0] ?? [] }
            let start = try #require(live.entries.first)
            let once = try SessionReplay.run(plan: live.plan, ranking: live.ranking, cuffs: live.cuffs, start: start, inputs: inputs)
            let again = try SessionReplay.run(plan: live.plan, ranking: live.ranking, cuffs: live.cuffs, start: start, inputs: inputs)
            return difference("two replays", once, again) + difference("live and replay", live.entries, once)
        }
    }

    @Test func `a restart at any moment keeps what was open and who had answered`() async throws {
        try await forEachSequence { scenario, steps, random in
            var driver = SessionDriver(scenario)
            let place = Int.random(in: 0..<steps.count, using: &random)
            for step in steps[...place] { driver.take(step) }
            let killed = steps[place].at
            driver.advance(to: killed)
            let before = driver.machine.state(at: SessionDriver.moment(killed))
            let stored = try JSONDecoder().decode(SessionState.self, from: JSONEncoder().encode(before))
            var faults = stored == before ? [] : ["the state changes on its way through JSON"]
            let pause: Duration = .milliseconds(Int.random(in: 0...30_000, using: &random))
            let said = driver.restart(from: stored, at: killed + pause)
            faults += Self.faults(of: said, before: before.engine, after: driver.machine.alerts.state)
            for step in steps[(place + 1)...] where step.at >= killed + pause { driver.take(step) }
            driver.end(at: max(killed + pause, end(of: steps)))
            return faults + LogInvariants.faults(in: driver.entries) + driver.faults
        }
    }

    /// What a restart does wrong to the machines of the rules, one line each.
    private static func faults(of said: [EntryDraft], before: EngineState, after: EngineState) -> [String] {
        var faults: [String] = []
        let transitions = said.compactMap { entry -> AlertTransition? in
            guard case .alert(let transition) = entry.content else { return nil }
            return transition
        }
        for (old, new) in zip(before.machines, after.machines) {
            if old.episode != new.episode { faults.append("\(old.episode as Any) became \(new.episode as Any)") }
            if old.handling != new.handling || old.priority != new.priority {
                faults.append("\(old.episode as Any): handling or priority lost")
            }
            let isLatched = old.condition == .latched
            if old.isOpen, new.condition != (isLatched ? .latched : .held) { faults.append("\(old.condition) became \(new.condition)") }
            let own = transitions.filter { $0.episode == old.episode }
            if old.isOpen, own.map(\.change) != [.restored] { faults.append("said \(own.map(\.change)) of \(old.episode as Any)") }
        }
        if transitions.count != before.machines.filter(\.isOpen).count { faults.append("\(transitions.count) lines for the open episodes") }
        return faults
    }
}
