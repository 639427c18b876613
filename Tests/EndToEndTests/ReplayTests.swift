import ControlClient
import ControlProtocol
import DeviceProtocols
import DeviceSimulation
import Foundation
import LinuxIO
import MonitorService
import MonitorTesting
import ServiceConfiguration
import SessionFlow
import SessionStore
import Testing
import VitalsModel

extension EndToEnd {
    /// DESIGN.md section 3, point 8: same input, same plan, byte-equal output.
    @Suite("A whole session in lock-step")
    struct ReplayTests {
        @Test("every cuff value arrives once, and two replays of the record equal it byte for byte", .timeLimit(.minutes(8)))
        func wholeSession() async throws {
            let patient = SimulatedPatient.demonstration(seed: 5)
            let clinic = try await LockstepClinic(patient: patient, plan: try Self.plan())
            let (session, took) = try await measured { try await Self.play(.demonstration, in: clinic) }
            let timeline = try await clinic.act { try await $0.timeline(of: session) }
            let sent = clinic.monitor.withDevice(as: IntelliVueMonitor.self) { $0.sentCuffMeasurements.map(CuffValues.init) } ?? []
            #expect(sent.count > 12)
            #expect(try CuffValues.stored(in: timeline) == sent)
            try await clinic.stop()
            let live = try Self.recorded(session, in: clinic)
            let first = try Self.replayed(live, in: clinic)
            let second = try Self.replayed(live, in: clinic)
            #expect(first == second)
            Self.compare(first, with: try Self.lines(live.entries.map(\.draft)))
            #expect(live.faults.isEmpty)
            print("two hours in \(took): \(live.readings.count) readings, \(live.entries.count) entries, \(sent.count) cuff measurements")
        }

        @Test("a time in which nobody watched, and a plug that fails again and again, are told", .timeLimit(.minutes(5)))
        func standstill() async throws {
            let clinic = try await LockstepClinic(patient: .demonstration(seed: 6), plan: try Self.plan())
            try await Self.pass(0...9, in: clinic)
            let request = StartSession(room: LockstepClinic.room, plan: "iv-ketamine", patient: "P-6")
            let session = try await clinic.act { try await $0.startSession(request) }.session
            _ = try await clinic.act { try await $0.changePhase(ChangePhase(phase: .baseline), of: session) }
            try await Self.pass(10...30, in: clinic)
            clinic.oximeter.unplug()
            try await Self.pass(31...33, in: clinic)
            // No beat and no reading between: that is what a sleep of the machine looks like.
            try await Self.pass(41...44, in: clinic)
            try clinic.oximeter.plug()
            try await Self.pass(45...50, in: clinic)
            for cycle in 0..<5 {
                clinic.oximeter.unplug()
                try await Self.pass(51 + cycle * 10...53 + cycle * 10, in: clinic)
                try clinic.oximeter.plug()
                try await Self.pass(54 + cycle * 10...60 + cycle * 10, in: clinic)
            }
            _ = try await clinic.act { try await $0.changePhase(ChangePhase(phase: .closed, reason: "end of the test"), of: session) }
            try await clinic.stop()
            let live = try Self.recorded(session, in: clinic)
            let contents = live.entries.map(\.draft.content)
            let gaps = contents.compactMap { if case .monitorGap(let gap) = $0 { gap.duration } else { nil } }
            #expect(gaps.count == 1 && gaps.allSatisfy { (7...8).contains($0) }, "\(gaps)")
            let faults = contents.compactMap { if case .system(let change) = $0 { change } else { nil } }
            #expect(faults.map(\.fault) == [.sourceFailing] && faults.allSatisfy { $0.isOn && $0.detail.contains("oximeter") }, "\(faults)")
            // Not replayed: a plug that is pulled by hand is noticed in the nanosecond of the other device's step, which has no order.
            #expect(live.faults.isEmpty)
        }

        private static func pass(_ seconds: ClosedRange<Int>, in clinic: LockstepClinic) async throws {
            for second in seconds { try await clinic.move(to: .seconds(second)) }
        }

        /// The plan that ships.
        private static func plan() throws -> SessionPlan {
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            let read = try InstallationFiles.plan(root.appendingPathComponent("Config/plans/iv-ketamine.yaml").path)
            return try #require(read.value, "\(read.faults)")
        }

        /// A session from beginning to end, with a nurse who answers what stands for half a minute.
        private static func play(_ script: SessionTimeline, in clinic: LockstepClinic) async throws -> SessionID {
            var session: SessionID?
            for second in 0...Int(script.end.components.seconds) {
                let now: Duration = .seconds(second)
                try await clinic.move(to: now)
                guard let session else {
                    if second == 10 {
                        let request = StartSession(room: LockstepClinic.room, plan: "iv-ketamine", patient: "P-5")
                        session = try await clinic.act { try await $0.startSession(request) }.session
                    }
                    continue
                }
                let phase = second == 20 ? .baseline : script.steps.first { $0.start == now && second > 20 }?.phase
                if let phase { _ = try await clinic.act { try await $0.changePhase(ChangePhase(phase: phase), of: session) } }
                if second % 15 == 0 { try await answer(session, in: clinic) }
                if second % 1200 == 0 {
                    _ = try await clinic.act { try await $0.writeNote(WriteNote(text: "minute \(second / 60)"), in: session) }
                }
            }
            let open = try #require(session)
            let end = ChangePhase(phase: .closed, reason: "end of the test")
            _ = try await clinic.act { try await $0.changePhase(end, of: open) }
            return open
        }

        private static func answer(_ session: SessionID, in clinic: LockstepClinic) async throws {
            try await clinic.act { client in
                for alert in try await client.session(session).episodes where alert.handling == .unacknowledged && alert.duration > 30 {
                    _ = try await client.acknowledge(Acknowledge(episode: alert.episode, note: "seen"), in: session)
                }
            }
        }

        // MARK: The record and its replay

        private struct Recorded {
            var record: SessionRecord
            var readings: [Reading]
            var entries: [Entry]
            var faults: [String]
        }

        private static func recorded(_ session: SessionID, in clinic: LockstepClinic) throws -> Recorded {
            let store = try SessionStore.open(path: clinic.folder.path("vigil.db"), bootID: "replay", now: BootClock.now())
            let recorded = Recorded(
                record: try #require(try store.session(session)).record, readings: try store.readings(of: session).map(\.reading),
                entries: try store.entries(of: session), faults: try store.integrityCheck() + store.verifyChain().map(\.description))
            try store.close()
            return recorded
        }

        private static func replayed(_ recorded: Recorded, in clinic: LockstepClinic) throws -> [String] {
            let room = clinic.configuration.clinic.rooms[0]
            let plan = try #require(InstallationFiles.stored(recorded.record.planText, recorded.record.planHash))
            let families = Dictionary(uniqueKeysWithValues: room.sources.map { ($0.id, DeviceCatalog.family($0.family)?.signals ?? []) })
            let inputs = ReplayInput.inputs(readings: recorded.readings, entries: recorded.entries.map(\.draft)) { families[$0] ?? [] }
            let ranking = Dictionary(uniqueKeysWithValues: Signal.allCases.map { ($0, room.ranking(of: $0)) })
            let start = try #require(recorded.entries.first).draft
            return try lines(SessionReplay.run(plan: plan, ranking: ranking, start: start, inputs: inputs))
        }

        /// Entries as they go over the wire, without numbers and wall times.
        private static func lines(_ drafts: [EntryDraft]) throws -> [String] {
            try drafts.map { draft in
                var draft = draft
                draft.at.wall = WallInstant(nanoseconds: 0)
                return try ControlJSON.text(EventLine(Entry(number: nil, epoch: "", draft: draft)))
            }
        }

        /// Says where two logs part, which two long arrays do not.
        private static func compare(_ replayed: [String], with live: [String]) {
            #expect(replayed.count == live.count)
            let difference = zip(replayed, live).enumerated().first { $0.element.0 != $0.element.1 }
            #expect(
                difference == nil,
                "entry \(difference?.offset ?? 0)\nreplayed \(difference?.element.0 ?? "")\nlive     \(difference?.element.1 ?? "")")
        }
    }
}
