import ControlClient
import ControlProtocol
import DeviceProtocols
import Foundation
import LinuxIO
import MonitorTesting
import Testing
import VitalsModel

/// A small file system in memory; nil where mounting is not permitted.
private final class SmallDisk: Sendable {
    let path: String

    init?(kibibytes: Int) async throws {
        path = "/tmp/vigil-disk-\(String(UInt32.random(in: 0 ... .max), radix: 36))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard getuid() == 0, try await Self.run("mount", ["-t", "tmpfs", "-o", "size=\(kibibytes)k", "tmpfs", path]) == 0 else {
            try FileManager.default.removeItem(atPath: path)
            return nil
        }
    }

    /// Unmounts it.
    func remove() async throws {
        _ = try await Self.run("umount", ["-l", path])
        try FileManager.default.removeItem(atPath: path)
    }

    /// Writes until nothing more fits.
    func fill() throws {
        guard FileManager.default.createFile(atPath: path + "/ballast", contents: nil) else { return }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path + "/ballast"))
        var isFull = false
        while !isFull {
            // The error is what is waited for.
            do { try handle.write(contentsOf: Data(repeating: 1, count: 4096)) } catch { isFull = true }
        }
        try handle.close()
    }

    /// Makes room.
    func free() throws { try FileManager.default.removeItem(atPath: path + "/ballast") }

    private static func run(_ command: String, _ arguments: [String]) async throws -> Int32 {
        let process = try ChildProcess("/usr/bin/env", [command] + arguments, output: "/dev/null")
        return try await process.end()
    }
}

extension EndToEnd {
    /// DESIGN.md section 3, point 3: a sick disk never silences an alert.
    @Suite("A full disk")
    struct FullDiskTests {
        @Test("alerts and answers go on unrecorded, and everything is stored when there is room", .timeLimit(.minutes(3)))
        func fullDisk() async throws {
            guard let disk = try await SmallDisk(kibibytes: 3072) else { return print("skipped: mounting a tmpfs is not permitted") }
            do {
                try await alertsOnFullDisk(disk)
            } catch {
                try await disk.remove()
                throw error
            }
            try await disk.remove()
        }

        private func alertsOnFullDisk(_ disk: SmallDisk) async throws {
            let clinic = try Clinic(sources: [("oximeter", "nonin", "")], storeFolder: disk.path)
            let cable = try Cable(link: clinic.link("oximeter"))
            let daemon = try await clinic.start()
            let session = try await clinic.startSession()
            try await clinic.waitForPort(of: "oximeter")
            let stream = try RawConnection(socket: clinic.socket)
            try await stream.send("GET /v1/events HTTP/1.1\r\nhost: vigil\r\n\r\n")
            try disk.fill()
            let written = try await writeUntilUnrecorded(clinic, session)
            try await playLowSaturation(cable)

            let alert = try await eventually("the alert without a number") {
                try stream.receiveEvents()
                return try stream.lines("unrecorded").first { $0.entry.alert?.change == .raised }
            }
            #expect(alert.entry.number == nil)
            #expect(try stream.text("unrecorded", of: alert)?.contains("\"number\":null") ?? false)
            #expect(try stream.text("unrecorded", of: alert)?.contains("\"recorded\":false") ?? false)
            try await until("the store's own alert") {
                try stream.receiveEvents()
                return try stream.lines("unrecorded").contains { $0.storeState == .late }
            }
            let episode = try #require(alert.entry.alert?.episode)
            let answer = try await clinic.ask { try await $0.acknowledge(Acknowledge(episode: episode, note: nil), in: session) }
            #expect(!answer.recorded)
            let open = try await clinic.ask { try await $0.session(session) }.episodes
            #expect(open.first { $0.episode == episode }?.handling == .acknowledged, "it acts at once")
            #expect(try await clinic.ask { try await $0.health() }.status == "degraded")

            try disk.free()
            try await until("the alert has its number") {
                try stream.receiveEvents()
                return try stream.lines("entry").contains { $0.entry.draft.event == alert.entry.draft.event && $0.entry.number != nil }
            }
            try await until("the store says that it has caught up") {
                try stream.receiveEvents()
                return try stream.lines("entry").contains { $0.storeState == .recovered }
            }
            try await checkStored(clinic, session, written + answer.entries + [alert])
            #expect(try await clinic.stop(daemon) == 0)
            let image = try CrashImage(of: clinic)
            #expect(image.faults.isEmpty)
        }

        /// The disk has room in pages that are allocated already: writes until that is used up.
        private func writeUntilUnrecorded(_ clinic: Clinic, _ session: SessionID) async throws -> [EventLine] {
            try await clinic.ask { client in
                var lines: [EventLine] = []
                for number in 0..<3000 {
                    let text = "\(number) " + String(repeating: "x", count: 3900)
                    let result = try await client.writeNote(WriteNote(text: text), in: session)
                    lines += result.entries
                    if !result.recorded { return lines }
                }
                throw DeadlineMissed(description: "3000 notes fitted on a full disk")
            }
        }

        private func playLowSaturation(_ cable: Cable) async throws {
            var stream = NoninStream(.two)
            try await cable.play(stream.bytes(of: (0..<3).map { NoninStream.Packet(rate: 70 + $0, saturation: 84) }))
        }

        /// Everything that was said is in the record, in one chain.
        private func checkStored(_ clinic: Clinic, _ session: SessionID, _ said: [EventLine]) async throws {
            let timeline = try await eventually("everything is stored") {
                let timeline = try await clinic.ask { try await $0.timeline(of: session) }
                let stored = Set(timeline.entries.map(\.entry.draft.event))
                return said.allSatisfy { stored.contains($0.entry.draft.event) } ? timeline : nil
            }
            #expect(timeline.entries.allSatisfy { $0.entry.number != nil })
            #expect(timeline.points.contains { $0.signal == .spo2 && $0.value == 84 })
        }
    }
}

extension RawConnection {
    /// The entries of the events of a name.
    fileprivate func lines(_ name: String) throws -> [EventLine] {
        try events.filter { $0.name == name }.map { try ControlJSON.decode(EventLine.self, from: $0.data.utf8) }
    }

    /// The text of an event as it came.
    fileprivate func text(_ name: String, of line: EventLine) throws -> String? {
        try events.first { event in
            try event.name == name && ControlJSON.decode(EventLine.self, from: event.data.utf8) == line
        }?.data
    }
}

extension EventLine {
    /// How the store does, where the line says so.
    fileprivate var storeState: StoreChange.State? {
        if case .store(let change) = entry.draft.content { change.state } else { nil }
    }
}
