import ControlClient
import ControlProtocol
import DeviceSimulation
import Glibc
import LinuxIO
import MonitorTesting
import Locking
import Testing
import VitalsModel

extension EndToEnd {
    /// DESIGN.md section 3, points 4 and 6.
    @Suite("Kill -9 at any moment")
    struct KillTests {
        private static let rounds = 25

        @Test(
            "25 kills in a running session lose nothing that was acknowledged, and a follower sees each entry once", .timeLimit(.minutes(6))
        )
        func kills() async throws {
            var random = SeededRandom.announced()
            let clinic = try Clinic(sources: [("oximeter", "nonin", ""), ("monitor", "intellivue", "")])
            let start = BootClock.now()
            let oximeter = try RunningDevice(PulsingOximeter(start: start.boot), link: clinic.link("oximeter"))
            let monitor = IntelliVueMonitor(
                .init(patient: .demonstration(seed: 3), start: start.boot, wall: start.wall, cuff: .manual))
            let bedside = try RunningDevice(monitor, link: clinic.link("monitor"), start: start.boot)
            var daemon = try await clinic.start()
            let session = try await clinic.startSession()
            let tail = FollowedEntries(socket: clinic.socket, after: try await clinic.token())
            var record = CrashRecord(session: session)
            for round in 1...Self.rounds {
                let nurse = BusyNurse(socket: clinic.socket, session: session, round: round)
                await pass(.milliseconds(Int64.random(in: 100...1500, using: &random)))
                #expect(try await daemon.end(by: SIGKILL) == 128 + SIGKILL)
                record.acknowledged += try await nurse.stop()
                record.check(try CrashImage(of: clinic), round: round)
                daemon = try await clinic.start()
            }
            print("\(Self.rounds) kills: \(record.summary)")
            #expect(record.acknowledged.count > Self.rounds)
            #expect(record.restoredRounds > Self.rounds / 2)
            try await checkHeld(clinic, session, daemon: &daemon, devices: [oximeter, bedside])
            try await checkFollowers(clinic, daemon, tail)
        }

        /// A restart while the devices are gone: what was open is `held`, handled as before, and active again with a fresh reading.
        private func checkHeld(_ clinic: Clinic, _ session: SessionID, daemon: inout ChildProcess, devices: [RunningDevice]) async throws {
            let saturation = try await eventually("the saturation alert") {
                try await clinic.ask { try await $0.session(session) }.episodes.first { $0.rule == "spo2-low" && $0.condition == .active }
            }
            _ = try await clinic.ask { try await $0.acknowledge(Acknowledge(episode: saturation.episode, note: "seen"), in: session) }
            for device in devices { device.port.unplug() }
            try await daemon.end(by: SIGKILL)
            let before = try CrashImage(of: clinic).openEpisodes
            #expect(before[saturation.episode]?.handling == .acknowledged)
            daemon = try await clinic.start()
            let after = try await clinic.ask { try await $0.session(session) }.episodes
            #expect(Set(after.map(\.episode)) == Set(before.keys))
            for episode in after {
                #expect(episode.condition == (before[episode.episode]?.condition == .latched ? .latched : .held))
                #expect(episode.handling == before[episode.episode]?.handling)
                #expect(episode.priority == before[episode.episode]?.priority)
            }
            // Only the first: the other one, on another patient, knows a good saturation.
            try devices[0].port.plug()
            try await until("the alert is active again") {
                let now = try await clinic.ask { try await $0.session(session) }.episodes.first { $0.episode == saturation.episode }
                return now?.condition == .active && now?.handling == .acknowledged
            }
        }

        private func checkFollowers(_ clinic: Clinic, _ daemon: ChildProcess, _ tail: FollowedEntries) async throws {
            #expect(try await clinic.stop(daemon) == 0)
            let stored = try CrashImage(of: clinic)
            #expect(stored.faults.isEmpty)
            let again = try await clinic.start()
            let last = stored.lastNumber
            try await until("the tail has entry \(last); it has \(tail.lastNumber)") { tail.lastNumber >= last }
            await tail.stop()
            let told = tail.events
            #expect(Set(told).count == told.count, "told twice: \(Dictionary(grouping: told) { $0 }.filter { $0.value.count > 1 }.keys)")
            // One that was unrecorded when the daemon was killed was never acknowledged, and is told but not stored.
            let missing = Set(stored.entries(after: tail.start.number).map(\.draft.event)).subtracting(told)
            #expect(missing.isEmpty, "never told: \(missing)")
            #expect(tail.numbers == tail.numbers.sorted() && tail.unreadable.isEmpty)
            print(
                "the tail was told \(told.count) events over \(tail.losses) losses, \(tail.unrecordedCount) of them first without a number")
            let fresh = FollowedEntries(socket: clinic.socket, after: ResumeToken(epoch: tail.start.epoch, number: 0))
            try await until("a fresh tail has everything") { fresh.lastNumber >= last }
            await fresh.stop()
            #expect(Array(fresh.numbers.prefix(Int(last))) == Array(1...last))
            try await again.end(by: SIGTERM)
        }
    }
}

/// What must be true of one database after each of many kills.
private struct CrashRecord {
    let session: SessionID
    /// The entries whose writer was told `recorded`.
    var acknowledged: [Entry] = []
    /// Rounds in which `restored` entries were due and seen.
    var restoredRounds = 0
    private var before: CrashImage?
    private var restored = 0

    init(session: SessionID) { self.session = session }

    var summary: String {
        "\(before?.lastNumber ?? 0) entries, \(acknowledged.count) acknowledged, \(restored) restored episodes in \(restoredRounds) rounds"
    }

    mutating func check(_ image: CrashImage, round: Int) {
        #expect(image.faults.isEmpty, "round \(round): \(image.faults)")
        #expect(image.openSessions == [session], "round \(round)")
        // By all that they say, so that no other entry takes the place of one that is lost; JSON has microseconds only.
        let stored = Dictionary(image.entries.map { ($0.draft.event, $0) }, uniquingKeysWith: { first, _ in first })
        let lost = acknowledged.filter { entry in
            let kept = stored[entry.draft.event]
            return kept?.number != entry.number || kept?.draft.content != entry.draft.content || kept?.draft.at.boot != entry.draft.at.boot
        }
        #expect(lost.isEmpty, "round \(round): acknowledged and lost: \(lost.map(\.draft.event))")
        #expect(image.entries.map(\.number) == (0..<image.entries.count).map { Int64($0 + 1) }, "round \(round): numbers with gaps")
        if let before { checkRestart(from: before, to: image, round: round) }
        before = image
    }

    /// Each episode that was open before the restart is told `restored` once, before anything else of it, handled as it was.
    private mutating func checkRestart(from before: CrashImage, to image: CrashImage, round: Int) {
        #expect(Array(image.entries.prefix(before.entries.count)) == before.entries, "round \(round): the past has changed")
        let since = image.entries(after: before.lastNumber)
        let alerts = since.compactMap(\.alert)
        // A daemon that was killed before it committed anything of the session has announced nothing either.
        guard since.contains(where: { $0.draft.session != nil }) else { return }
        for (episode, last) in before.openEpisodes {
            let moves = alerts.filter { $0.episode == episode }
            #expect(moves.count { $0.change == .restored } == 1, "round \(round): \(episode) restored once: \(moves.map(\.change))")
            guard let first = moves.first else { continue }
            #expect(first.change == .restored, "round \(round): \(episode) begins with \(first.change)")
            #expect(first.from == last.condition && first.handling == last.handling && first.priority == last.priority, "round \(round)")
            #expect(first.condition == (last.condition == .latched ? .latched : .held), "round \(round): \(episode)")
            restored += 1
        }
        // A state that is older than the last entry would give the next entries names that are taken, and the store would drop them.
        let moves = Dictionary(grouping: since.compactMap(\.sourceMove), by: \.source)
        for (source, moves) in moves {
            #expect(moves.first?.from == .absent, "round \(round): the first entry of \(source) after the start is missing")
        }
        let others = alerts.filter { $0.change == .restored && before.openEpisodes[$0.episode] == nil }
        #expect(others.isEmpty, "round \(round): restored without having been open: \(others.map(\.episode))")
        if !before.openEpisodes.isEmpty { restoredRounds += 1 }
    }
}

/// A nurse who answers alerts and writes notes as fast as the daemon takes them, until the daemon is gone.
private final class BusyNurse: Sendable {
    private let work: Task<[Entry], any Error>

    init(socket: String, session: SessionID, round: Int) {
        work = Task {
            let answers = Answers()
            try await ControlClient.connected(to: socket) { client in
                do {
                    for count in 1...100_000 { try await Self.act(client, session, "note \(count) of round \(round)", answers) }
                } catch let error as ControlClientError where error.category == .unavailable {
                    // The daemon was killed: what was not answered may or may not be stored.
                }
            }
            return answers.entries
        }
    }

    /// The entries whose answers came back as recorded.
    func stop() async throws -> [Entry] { try await work.value }

    private static func act(_ client: ControlClient, _ session: SessionID, _ note: String, _ answers: Answers) async throws {
        let result = try await client.writeNote(WriteNote(text: note), in: session)
        #expect(result.entries.contains { $0.entry.draft.content == .note(Note(text: note)) }, "another entry was confirmed than \(note)")
        answers.add(result)
        for alert in try await client.session(session).episodes where alert.handling == .unacknowledged {
            do {
                answers.add(try await client.acknowledge(Acknowledge(episode: alert.episode, note: nil), in: session))
            } catch let error as ControlClientError where error.category == .badData {
                // It ended between the look and the answer.
            }
        }
    }

    /// The entries of answers that said `recorded`.
    private final class Answers: Sendable {
        private let state = Mutex<[Entry]>([])

        var entries: [Entry] { state.withLock { $0 } }

        func add(_ result: ActionResult) {
            guard result.recorded else { return }
            state.withLock { $0 += result.entries.map(\.entry) }
        }
    }
}
