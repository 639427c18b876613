import AlertEngine
import AlertScenarios
import SessionFlow
import Testing
import VitalsModel

/// What people may do to a session, and what it keeps.
@Suite struct SessionMachineTests {
    private static let nurse = Actor(name: "nurse", uid: 1000)

    private func moment(_ seconds: Double) -> Moment {
        Moment(boot: BootInstant(seconds: 100 + seconds), wall: WallInstant(nanoseconds: 1_790_000_000_000_000_000 + Int64(seconds * 1e9)))
    }

    private func machine(_ text: String) throws -> SessionMachine {
        SessionMachine.start("s1", room: "r1", patient: "P1", plan: try Scenario(text).plan, ranking: [:], by: Self.nurse, at: moment(0))
            .machine
    }

    private func send(_ machine: inout SessionMachine, _ signal: Signal, _ value: Double, at seconds: Double, measured: String? = nil)
        -> [EntryDraft]
    {
        let reading = Reading(
            source: "monitor", signal: signal, value: value, quality: .valid, received: moment(seconds),
            deviceTime: measured.map { DeviceTime(stored: $0) }, sequence: UInt64(seconds * 10))
        return machine.receive(reading, at: moment(seconds)).entries
    }

    private func alerts(_ entries: [EntryDraft]) -> [AlertChange] {
        entries.compactMap { entry in
            guard case .alert(let transition) = entry.content else { return nil }
            return transition.change
        }
    }

    @Test func `a refused action loses no entry of the time before it`() throws {
        var machine = try machine("rule low: SpO2 below 92 for 5s, medium, clear 3s, latching never")
        for second in 0..<8 { _ = send(&machine, .spo2, second < 6 ? 90 : 97, at: Double(second)) }
        // The episode ends at 9 s, so at 12 s nobody can answer it any more; what ended it must still be written down.
        let refused = machine.acknowledge("s1-1", note: nil, by: Self.nurse, at: moment(12))
        #expect(refused == .failure(.engine(.unknownEpisode("s1-1", open: []))))
        #expect(alerts(machine.advance(to: moment(12))) == [.closed])
    }

    @Test func `answering all of what is open never fails for what has just ended`() throws {
        var machine = try machine(
            "rule low: SpO2 below 92 for 5s, medium, clear 3s, latching never\nrule hr: HR above 110, low, latching never")
        for second in 0..<8 {
            _ = send(&machine, .spo2, second < 6 ? 90 : 97, at: Double(second))
            _ = send(&machine, .heartRate, 120, at: Double(second))
        }
        _ = send(&machine, .heartRate, 120, at: 8.5)
        let outcome = machine.acknowledge(nil, note: nil, by: Self.nurse, at: moment(9.5))
        #expect(alerts(try outcome.get()) == [.closed, .acknowledged])
    }

    @Test func `how often an alert came again is counted, and anew for the next one`() throws {
        var machine = try machine("rule low: SpO2 below 92, high, clear 2s")
        for (second, value) in [90.0, 97, 97, 97, 90, 97, 97, 97, 90, 97, 97, 97].enumerated() {
            _ = send(&machine, .spo2, value, at: Double(second) * 2)
        }
        #expect(machine.alerts.state.machines.map(\.reoccurrences) == [2])
        _ = try machine.acknowledge("s1-1", note: nil, by: Self.nurse, at: moment(30)).get()
        _ = send(&machine, .spo2, 90, at: 31)
        #expect(machine.alerts.state.machines.map(\.reoccurrences) == [0])
    }

    @Test func `a rule on the baseline says that it has none, rather than that all is well`() throws {
        let machine = try machine("rule sbp-delta: SBP 20 above baseline, medium")
        #expect(machine.alerts.notEvaluable(at: moment(1).boot) == ["sbp-delta: no baseline of nibp_systolic"])
    }

    @Test func `a session with open alerts ends only with a reason`() throws {
        var machine = try machine("rule low: SpO2 below 92, high")
        _ = send(&machine, .spo2, 90, at: 1)
        #expect(machine.enter(.closed, reason: nil, by: Self.nurse, at: moment(2)) == .failure(.openAlerts(1)))
        #expect(machine.enter(.aborted, reason: "", by: Self.nurse, at: moment(2)) == .failure(.abortNeedsReason))
        let ended = try machine.enter(.closed, reason: "ambulance", by: Self.nurse, at: moment(2)).get()
        #expect(alerts(ended) == [.closed])
        #expect(ended.last?.actor == Self.nurse)
        #expect(machine.nextDeadline() == nil)
        #expect(send(&machine, .spo2, 80, at: 3).isEmpty)
    }

    @Test func `phases go forward, and back only before the first dose`() throws {
        var machine = try machine("phases checkin baseline dosing acute")
        #expect(machine.enter(.checkin, reason: nil, by: Self.nurse, at: moment(1)) == .failure(.alreadyThere(.checkin)))
        _ = try machine.enter(.baseline, reason: nil, by: Self.nurse, at: moment(2)).get()
        _ = try machine.enter(.checkin, reason: nil, by: Self.nurse, at: moment(3)).get()
        _ = try machine.enter(.dosing, reason: nil, by: Self.nurse, at: moment(4)).get()
        #expect(
            machine.enter(.baseline, reason: nil, by: Self.nurse, at: moment(5)) == .failure(.backBeforeDose(from: .dosing, to: .baseline)))
        guard case .failure(.phaseNotInPlan(.recovery, _, _)) = machine.enter(.recovery, reason: nil, by: Self.nurse, at: moment(6)) else {
            Issue.record("recovery is not in the plan")
            return
        }
    }

    @Test(arguments: [
        ([120.0, 124], 122.0, ""), ([120.0, 140], nil, "20 mmHg apart"), ([120.0, 140, 122], 122.0, ""), ([120.0], nil, "1 of 2"),
    ])
    func `the baseline of a pressure is the median of two close readings or more`(values: [Double], median: Double?, missing: String) throws
    {
        var machine = try machine("phases baseline dosing\nstream SBP every 2m")
        for (index, value) in values.enumerated() {
            _ = send(&machine, .nibpSystolic, value, at: Double(index) * 120, measured: "\(index)")
        }
        let entries = try machine.enter(.dosing, reason: nil, by: Self.nurse, at: moment(400)).get()
        let baseline = try #require(machine.alerts.state.baseline)
        #expect(baseline.value(of: .nibpSystolic) == median)
        #expect(baseline.missing.joined().contains(missing))
        #expect(entries.map(\.content.kind) == [.baseline, .phase])
    }

    @Test(arguments: [(50, nil), (61, 70.0)]) func `the baseline of a stream needs a minute of good values`(count: Int, median: Double?)
        throws
    {
        var machine = try machine("phases baseline dosing\nstream HR every 1s")
        for second in 0..<count { _ = send(&machine, .heartRate, second % 2 == 0 ? 70 : 70 + Double(second % 3) - 1, at: Double(second)) }
        _ = try machine.enter(.dosing, reason: nil, by: Self.nurse, at: moment(Double(count))).get()
        #expect(machine.alerts.state.baseline?.value(of: .heartRate) == median)
    }

    @Test(arguments: [0, 4001]) func `a note has one to 4000 characters`(count: Int) throws {
        var machine = try machine("")
        let text = String(repeating: "x", count: count)
        #expect(machine.write(text, by: Self.nurse, at: moment(1)) == .failure(.noteLength(count)))
    }

    @Test func `a value that no body can have is kept as doubtful`() throws {
        var machine = try machine("")
        let reading = Reading(source: "monitor", signal: .heartRate, value: 301, quality: .valid, received: moment(1), sequence: 1)
        #expect(machine.receive(reading, at: moment(1)).stored?.quality == .suspect)
        #expect(machine.record.implausible == 1)
    }
}
