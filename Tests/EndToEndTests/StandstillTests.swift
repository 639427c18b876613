import ControlClient
import ControlProtocol
import DeviceSimulation
import Glibc
import LinuxIO
import MonitorTesting
import Testing
import VitalsModel

extension EndToEnd {
    /// The machine sleeps, or is too busy: a time in which Vigil itself did not run.
    @Suite("Vigil itself stands still")
    struct StandstillTests {
        private static let plan =
            TestPlan.quick.replacing("response:", with: "expect:\n  - {signal: spo2, every: 1 s}\nresponse:") + """
                  - id: spo2-missing
                    kind: missing
                    title: No SpO2
                    signal: spo2
                    priority: medium
                    phases: [checkin, baseline, acute]
                    action: Look.
                    reason: Test.

                """

        @Test("a daemon that stood still for 8 s says so, and blames no device", .timeLimit(.minutes(5)))
        func stopped() async throws {
            let clinic = try Clinic(plan: Self.plan)
            let device = try RunningDevice(PulsingOximeter(start: BootClock.now().boot), link: clinic.link("oximeter"))
            let daemon = try await clinic.start()
            let session = try await clinic.startSession()
            try await until("readings come") { try await !clinic.ask { try await $0.session(session) }.episodes.isEmpty }
            await pass(.seconds(3))
            daemon.send(SIGSTOP)
            await pass(.seconds(8))
            daemon.send(SIGCONT)
            let gaps = try await eventually("the gap is told") {
                let gaps = try await Self.gaps(in: clinic, session)
                return gaps.isEmpty ? nil : gaps
            }
            await pass(.seconds(3))
            let entries = try await clinic.finish(session).entries.map(\.entry.draft)
            withExtendedLifetime(device) {}
            #expect(gaps.contains { (7...30).contains($0) }, "\(gaps)")
            #expect(Self.alerts(entries).isEmpty, "a device was blamed")
            let told = try #require(entries.first { $0.content.kind == .monitorGap })
            let after = entries.drop { $0.event != told.event }.dropFirst()
            #expect(after.allSatisfy { $0.at.boot >= told.at.boot }, "something of the moment came before")
            #expect(try await clinic.stop(daemon) == 0)
        }

        private static func gaps(in clinic: Clinic, _ session: SessionID) async throws -> [Double] {
            try await clinic.ask { try await $0.timeline(of: session) }.entries.compactMap { line in
                if case .monitorGap(let gap) = line.entry.draft.content { gap.duration } else { nil }
            }
        }

        private static func alerts(_ entries: [EntryDraft]) -> [RuleID] {
            entries.compactMap { entry in
                if case .alert(let alert) = entry.content, alert.rule == "spo2-missing" { alert.rule } else { nil }
            }
        }
    }
}
