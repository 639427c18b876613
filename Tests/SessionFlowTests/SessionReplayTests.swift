import AlertEngine
import AlertScenarios
import SessionFlow
import Testing
import VitalsModel

/// The order of a replay's inputs, and its refusals. That replay equals live is shown on random sessions.
@Suite struct SessionReplayTests {
    private let nurse = Actor(name: "nurse", uid: 1000)

    private func moment(_ seconds: Double) -> Moment { Moment(boot: BootInstant(seconds: seconds), wall: WallInstant(nanoseconds: 0)) }

    private func entry(_ content: EntryContent, at seconds: Double) -> EntryDraft {
        EntryDraft(event: "e", session: "s1", room: "r1", at: moment(seconds), actor: nurse, content: content)
    }

    private func reading(_ source: SourceID, _ sequence: UInt64, at seconds: Double) -> Reading {
        Reading(source: source, signal: .spo2, value: Double(sequence), quality: .valid, received: moment(seconds), sequence: sequence)
    }

    @Test func `at one instant sources by name and sequence, then people`() {
        let note = EntryContent.note(Note(text: "seen"))
        let word = EntryContent.signalCondition(
            SignalConditionChange(source: "b", signal: .spo2, condition: .sensorOff, sequence: 5))
        let inputs = ReplayInput.inputs(
            readings: [reading("b", 6, at: 2), reading("b", 4, at: 2), reading("a", 9, at: 2), reading("b", 1, at: 1)],
            entries: [
                entry(note, at: 2), entry(word, at: 2),
                entry(.daemon(DaemonChange(change: .started, version: "1", restoredSessions: 0)), at: 2),
            ],
            signalsOf: { _ in [.spo2] })
        let words = inputs.map { input in
            switch input.kind {
            case .reading(let reading): "\(reading.source)\(reading.sequence)"
            case .signalCondition(let change): "\(change.source)!\(change.sequence)"
            case .note: "note"
            default: "?"
            }
        }
        #expect(words == ["b1", "a9", "b4", "b!5", "b6", "note"])
    }

    @Test func `a replay needs a session start and the session's own plan`() throws {
        let plan = try Scenario("phases acute recovery").plan
        #expect(throws: ReplayFault.notASessionStart(.note)) {
            try SessionReplay.run(plan: plan, ranking: [:], start: entry(.note(Note(text: "x")), at: 0), inputs: [])
        }
        let start = entry(.sessionStarted(SessionStart(patient: "P1", plan: "scenario", planHash: "")), at: 0)
        let answer = ReplayInput(at: moment(1), kind: .acknowledgement("s1-1", note: nil, by: nurse))
        #expect(throws: ReplayFault.refused(.engine(.unknownEpisode("s1-1", open: [])), at: moment(1))) {
            try SessionReplay.run(plan: plan, ranking: [:], start: start, inputs: [answer])
        }
    }

    @Test func `time may go on after the last input`() throws {
        let plan = try Scenario("rule no-spo2: no SpO2 for 6s, medium").plan
        let start = entry(.sessionStarted(SessionStart(patient: "P1", plan: "scenario", planHash: "")), at: 0)
        #expect(try SessionReplay.run(plan: plan, ranking: [:], start: start, inputs: []).count == 1)
        #expect(try SessionReplay.run(plan: plan, ranking: [:], start: start, inputs: [], until: moment(10)).count == 2)
    }
}
