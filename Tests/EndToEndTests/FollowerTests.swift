import ControlClient
import ControlProtocol
import DeviceProtocols
import Glibc
import LinuxIO
import MonitorTesting
import Testing
import VitalsModel

extension EndToEnd {
    @Suite("Followers")
    struct FollowerTests {
        @Test("a stopped tail delays neither another follower nor the store, and costs no memory", .timeLimit(.minutes(5)))
        func slowestConsumer() async throws {
            let clinic = try Clinic(sources: [("oximeter", "nonin", "")])
            let cable = try Cable(link: clinic.link("oximeter"))
            let daemon = try await clinic.start()
            let session = try await clinic.startSession()
            try await clinic.waitForPort(of: "oximeter")
            let stopped = try RawConnection(socket: clinic.socket)
            try await stopped.send("GET /v1/events?readings=true HTTP/1.1\r\nhost: vigil\r\n\r\n")
            let tail = FollowedEntries(socket: clinic.socket, after: try await clinic.token(), includesReadings: true)
            try await until("the other follower is current") { tail.isCurrent }
            let before = daemon.residentKiB
            // Far more than the buffers of a socket hold: 3 MB of notes, 12,000 readings.
            let notes = 600
            let packets = (0..<6000).map { NoninStream.Packet(rate: 60 + $0 % 40, saturation: 90 + $0 % 10) }
            var stream = NoninStream(.two)
            let bytes = stream.bytes(of: packets)
            async let played: Void = cable.play(bytes)
            let slowest = try await write(notes, in: session, of: clinic)
            try await played
            try await until("the other follower has all \(notes) notes; it has \(tail.notes)") { tail.notes == notes }
            try await until("the other follower has readings") { tail.readings > 4000 }
            let grown = daemon.residentKiB - before
            print(
                "beside a stopped tail: slowest note \(slowest), memory \(before) KiB and \(grown) KiB more, \(tail.readings) readings shown"
            )
            // A store that waited for the stopped tail would wait for ever; some seconds are a busy test machine.
            #expect(slowest < .seconds(60), "the store waited for the stopped tail")
            #expect(grown < 80 * 1024)
            // What the stopped tail did not see is counted, and the count is an entry.
            try await until("the dropped readings are an entry") { tail.droppedReadings > 0 }
            print("dropped for the stopped tail: \(tail.droppedReadings) readings")
            #expect(try await clinic.finish(session).points.count == 12_000)
            await tail.stop()
            #expect(try await clinic.stop(daemon) == 0, "a stopped tail must not keep the daemon from ending")
            _ = stopped.events
        }

        /// Writes notes one after the other; the longest time that one took.
        private func write(_ count: Int, in session: SessionID, of clinic: Clinic) async throws -> Duration {
            try await clinic.ask { client in
                var slowest: Duration = .zero
                for number in 0..<count {
                    let text = "\(number) " + String(repeating: "n", count: 3900)
                    let (result, took) = try await measured { try await client.writeNote(WriteNote(text: text), in: session) }
                    #expect(result.recorded || took > .milliseconds(200))
                    slowest = max(slowest, took)
                }
                return slowest
            }
        }

        @Test("a killed daemon is lost within 5 s, and so is one that hangs", .timeLimit(.minutes(10)), arguments: [SIGKILL, SIGSTOP])
        func loss(signal: Int32) async throws {
            let clinic = try Clinic()
            let daemon = try await clinic.start()
            let tail = FollowedEntries(socket: clinic.socket, after: try await clinic.token())
            try await until("the follower is current") { tail.isCurrent }
            daemon.send(signal)
            // The promise is 5 s; a busy test machine may take longer to wake the follower, so the promise is held by its constant.
            #expect(ControlTiming.standard.silence < .seconds(5))
            let (_, took) = try await measured { try await until("the loss is told", within: .seconds(60)) { tail.losses == 1 } }
            print("signal \(signal): the loss was told after \(took)")
            try await daemon.end(by: SIGKILL)
            let again = try await clinic.start()
            try await until("the follower is told of the new start") {
                tail.lines.contains { if case .daemon(let change) = $0.entry.draft.content { change.change == .started } else { false } }
            }
            #expect(tail.losses == 1)
            await tail.stop()
            #expect(try await clinic.stop(again) == 0)
        }

        @Test("SIGTERM ends the daemon with 0, after followers and store have its last word", .timeLimit(.minutes(10)))
        func orderlyStop() async throws {
            let clinic = try Clinic()
            let daemon = try await clinic.start()
            let tail = FollowedEntries(socket: clinic.socket, after: try await clinic.token())
            try await until("the follower is current") { tail.isCurrent }
            #expect(try await clinic.stop(daemon) == 0)
            func isLastWord(_ entry: Entry?) -> Bool {
                if case .daemon(let change) = entry?.draft.content { change.change == .stopped } else { false }
            }
            try await until("the follower has the last word") { isLastWord(tail.lines.last?.entry) }
            await tail.stop()
            let stored = try CrashImage(of: clinic)
            #expect(isLastWord(stored.entries.last) && stored.faults.isEmpty)
        }
    }
}

extension FollowedEntries {
    /// The notes among the lines.
    fileprivate var notes: Int { lines.count { $0.entry.draft.content.kind == .note } }

    /// The readings that were dropped at followers, as the entries say.
    fileprivate var droppedReadings: Int {
        lines.reduce(0) { sum, line in
            guard case .dropped(let dropped) = line.entry.draft.content, dropped.queue == "follower" else { return sum }
            return sum + dropped.count
        }
    }
}
