import DeviceSimulation
import Testing
import VitalsModel

@Suite("A script is read from text, and says what happens when")
struct SimulationScriptTests {
    @Test("every kind of event is read")
    func reads() throws {
        let script = try SimulationScript(
            parsing: """
                # an afternoon
                at 00:31:00 systolic-surge 188 for 12 min

                at 00:31:30 heart-rate to 45 for 3 min   # slow
                at 00:40:00 desaturation to 86 for 90 s
                at 01:00:00 sensor-off spo2 on oximeter for 60 s
                at 01:10:00 cable-pulled for 45 s
                at 01:11:00 noise-burst for 5 s
                at 01:12:00 bit-flips 500 on monitor for 2.5 s
                at 01:13:00 stall for 20 s
                at 01:14:00 start-cuff
                at 01:15:00 cuff-resend for 10 s
                """)
        #expect(
            script.events == [
                ScriptEvent(.systolicSurge(to: 188), at: .seconds(1860), for: .seconds(720)),
                ScriptEvent(.heartRate(to: 45), at: .seconds(1890), for: .seconds(180)),
                ScriptEvent(.desaturation(to: 86), at: .seconds(2400), for: .seconds(90)),
                ScriptEvent(.sensorOff(.spo2), at: .seconds(3600), for: .seconds(60), device: "oximeter"),
                ScriptEvent(.cablePulled, at: .seconds(4200), for: .seconds(45)),
                ScriptEvent(.noiseBurst, at: .seconds(4260), for: .seconds(5)),
                ScriptEvent(.bitFlips(oneInBytes: 500), at: .seconds(4320), for: .milliseconds(2500), device: "monitor"),
                ScriptEvent(.stall, at: .seconds(4380), for: .seconds(20)),
                ScriptEvent(.startCuff, at: .seconds(4440)),
                ScriptEvent(.cuffResend, at: .seconds(4500), for: .seconds(10)),
            ])
    }

    @Test(
        "a faulty line is named with its number and what is allowed",
        arguments: [
            ("in 00:01:00 stall for 3 s", "\"in\" stands where \"at\" should be"),
            ("at 1:2 stall for 3 s", "hours:minutes:seconds"),
            ("at 00:61:00 stall for 3 s", "is no time"),
            ("at 00:01:00 earthquake for 3 s", "allowed: systolic-surge"),
            ("at 00:01:00 desaturation to low for 3 s", "number from 50 to 99"),
            ("at 00:01:00 systolic-surge 900 for 3 s", "number from 60 to 270"),
            ("at 00:01:00 sensor-off toe for 3 s", "allowed: spo2, ecg"),
            ("at 00:01:00 stall for 3 hours", "write s or min"),
            ("at 00:01:00 stall for -3 s", "above 0"),
            ("at 00:01:00 stall", "the line ends where \"for\""),
            ("at 00:01:00 stall for 3 s please", "\"please\" is too much"),
            ("at 00:01:00 start-cuff for 3 s", "\"for\" is too much"),
        ])
    func faults(line: String, words: String) {
        let text = "# first\n\n\(line)\nat 00:00:10 start-cuff"
        do {
            _ = try SimulationScript(parsing: text)
            Issue.record("\(line) was accepted")
        } catch {
            #expect(error.faults.map(\.line) == [3])
            #expect(error.description.contains(words), "\(error.description)")
        }
    }

    @Test("all faulty lines are told at once")
    func allFaults() {
        let error = #expect(throws: ScriptErrors.self) { try SimulationScript(parsing: "nonsense\nat 00:00:01 start-cuff\nat\n") }
        #expect(error?.faults.map(\.line) == [1, 3])
    }

    @Test("the demonstration keeps what its alerts are built on")
    func demonstration() {
        let patient = SimulatedPatient.demonstration(seed: 1)
        let cuff = CuffProgram.intravenous(firstDose: patient.firstDose)
        func state(_ minute: Int, _ second: Int) -> PatientState { patient.state(at: .seconds(minute * 60 + second)) }
        #expect(cuff.nextStart(after: .seconds(48 * 60)) == .seconds(48 * 60 + 30))
        // The measurements end half a minute after their starts: by itself, and by the nurse's button.
        #expect(state(49, 0).systolic > 181 && state(52, 10).systolic > 181)
        var secondsBelow88 = 0
        for second in 0..<7200 {
            let now = patient.state(at: .seconds(second))
            #expect(now.systolic < 195 && now.diastolic < 108 && now.mean < 134, "at \(second) s")
            #expect(now.spo2 > 85.01 && now.heartRate < 110 && now.heartRate > 50, "at \(second) s")
            if now.spo2 < 87.5 { secondsBelow88 += 1 }
        }
        #expect((21...90).contains(secondsBelow88))
        #expect(state(65, 0).spo2 > 95)
    }

    @Test("the cuff program keeps its intervals")
    func cuffProgram() {
        let program = CuffProgram.intravenous(firstDose: .seconds(480))
        var starts: [Duration] = []
        var clock = Duration.nanoseconds(-1)
        while let next = program.nextStart(after: clock), next <= .seconds(3600) {
            starts.append(next)
            clock = next
        }
        #expect(starts == [30, 210, 390, 510, 810, 1110, 1410, 1710, 2310, 2910, 3510].map { .seconds($0) })
    }
}
