import ControlClient
import ControlProtocol
import DeviceSimulation
import Foundation
import Glibc
import LinuxIO
import MonitorTesting
import Testing
import VitalsModel

extension EndToEnd {
    /// Ports that come, go, are meant twice or speak something else.
    @Suite("Discovery and life of sources")
    struct DiscoveryTests {
        private static func oximeter() -> PulsingOximeter { PulsingOximeter(start: BootClock.now().boot) }

        /// The entries of a source as `from to reason`.
        private static func moves(of source: SourceID, in timeline: Timeline) -> [SourceTransition] {
            timeline.entries.compactMap { line in
                if case .source(let move) = line.entry.draft.content, move.source == source { move } else { nil }
            }
        }

        // MARK: Life

        @Test(
            "every step of a source's life is an entry with its reason; a pulled device comes back under another number",
            .timeLimit(.minutes(2)))
        func life() async throws {
            let clinic = try Clinic()
            let daemon = try await clinic.start()
            let session = try await clinic.startSession()
            let device = try RunningDevice(Self.oximeter(), link: clinic.link("oximeter"))
            try await until("it streams") { try await clinic.status(of: "oximeter")?.state == .streaming }
            let first = try await clinic.status(of: "oximeter")?.port
            device.port.unplug()
            try await until("it is lost") { try await clinic.status(of: "oximeter")?.state == .lost }
            try device.port.plug()
            let (_, took) = try await measured {
                try await until("it streams again") { try await clinic.status(of: "oximeter")?.state == .streaming }
            }
            let second = try await clinic.status(of: "oximeter")?.port
            #expect(first != nil && second != nil && first != second, "another pseudo-terminal")
            let timeline = try await clinic.finish(session)
            let moves = Self.moves(of: "oximeter", in: timeline)
            #expect(moves.map(\.to) == [.absent, .opening, .negotiating, .streaming, .lost, .opening, .negotiating, .streaming])
            #expect(moves.allSatisfy { !$0.reason.isEmpty })
            #expect(moves.first?.reason.contains("plug the adapter in") == true)
            #expect(moves[5].reason.hasSuffix("is back"))
            print("replugged without udev: streaming again after \(took); \(moves.map { "\($0.to.rawValue): \($0.reason)" })")
            #expect(try await clinic.stop(daemon) == 0)
        }

        @Test("an adapter is opened at udev's word, and a session goes on under another number within 2 s", .timeLimit(.minutes(3)))
        func hotplug() async throws {
            guard MadeUpAdapters.areAvailable() else { return }
            let clinic = try Clinic()
            let text = try String(contentsOfFile: clinic.config, encoding: .utf8)
            try clinic.folder.write(
                text.replacing("match: {path: \(clinic.link("oximeter"))}", with: "match: {usb: \"0403:6001\", serial: A1}"),
                as: "vigil.yaml")
            let adapters = try MadeUpAdapters(in: clinic.folder)
            let daemon = try adapters.start(try BuiltProgram.path("vigild"), ["--config", clinic.config], output: clinic.log)
            try await until("vigild answers") { try await clinic.answers() }
            let session = try await clinic.startSession()
            func waitForStream(_ what: String) async throws -> Duration {
                let (_, took) = try await measured {
                    try await until(what, within: .seconds(20), every: .milliseconds(5)) {
                        try await clinic.status(of: "oximeter")?.state == .streaming
                    }
                }
                return took
            }
            let other = try RunningDevice(Self.oximeter(), link: clinic.link("other"))
            let device = try RunningDevice(Self.oximeter(), link: clinic.link("device"))
            try adapters.add(3, serial: "B2", terminal: try Self.target(clinic.link("other")))
            // By now the daemon looks by itself only each 5 s: what is sooner is udev's word.
            await pass(.seconds(9))
            #expect(try await clinic.status(of: "oximeter")?.state == .absent, "another serial number is another device")
            try adapters.add(0, serial: "A1", terminal: try Self.target(clinic.link("device")))
            let found = try await waitForStream("it streams")
            device.port.unplug()
            try adapters.remove(0)
            try await until("it is lost") { try await clinic.status(of: "oximeter")?.state == .lost }
            await pass(.seconds(9))
            try device.port.plug()
            try adapters.add(7, serial: "A1", terminal: try Self.target(clinic.link("device")))
            let back = try await waitForStream("it streams again")
            print("streaming \(found) after the first plug, \(back) after the second, with a pause of up to 5 s between own looks")
            #expect(found < .seconds(2) && back < .seconds(2))
            let list = try await clinic.ask { try await $0.devices() }
            #expect(list.ports.map(\.device) == ["/dev/ttyUSB3", "/dev/ttyUSB7"])
            #expect(list.ports.map(\.claimedBy) == [[], ["oximeter"]], "nobody claims the other one")
            #expect(list.ports.map(\.serial) == ["B2", "A1"])
            #expect(other.port.traffic.bytesRead == 0, "nothing is written to a port that no rule claims")
            #expect(Self.moves(of: "oximeter", in: try await clinic.finish(session)).last?.to == .streaming)
            #expect(try await clinic.stop(daemon) == 0)
        }

        private static func target(_ link: String) throws -> String { try FileManager.default.destinationOfSymbolicLink(atPath: link) }

        // MARK: Bad input

        @Test(
            "two rules that come to mean one port: the second is refused, with the first one's name and what to do", .timeLimit(.minutes(2))
        )
        func twoRules() async throws {
            let clinic = try Clinic(sources: [("oximeter", "nonin", ""), ("monitor", "intellivue", "")])
            let device = try RunningDevice(Self.oximeter(), link: clinic.link("oximeter"))
            #expect(symlink(clinic.link("oximeter"), clinic.link("monitor")) == 0)
            let daemon = try await clinic.start()
            try await until("the first streams") { try await clinic.status(of: "oximeter")?.state == .streaming }
            let refused = try await eventually("the second is refused") {
                try await clinic.status(of: "monitor").flatMap { $0.reason.contains("source oximeter") ? $0 : nil }
            }
            #expect(refused.state == .opening && refused.port == nil)
            #expect(
                refused.reason.contains("is the port of source oximeter too")
                    && refused.reason.contains("give each source a port of its own"))
            await pass(.seconds(1))
            #expect(try await clinic.status(of: "oximeter")?.state == .streaming)
            #expect(device.port.traffic.bytesRead == 0, "the monitor's protocol was never spoken to the oximeter")
            #expect(try await clinic.stop(daemon) == 0)
        }

        @Test("a device that speaks another protocol is flagged with the family that it does speak", .timeLimit(.minutes(2)))
        func foreign() async throws {
            let clinic = try Clinic(sources: [("monitor", "intellivue", "")])
            let device = try RunningDevice(Self.oximeter(), link: clinic.link("monitor"))
            let daemon = try await clinic.start()
            let session = try await clinic.startSession()
            let flagged = try await eventually("it is flagged", within: .seconds(40)) {
                try await clinic.status(of: "monitor").flatMap { $0.reason.contains("look like") ? $0 : nil }
            }
            #expect(flagged.reason.contains("they look like nonin: correct `family` of this source in vigil.yaml"), "\(flagged.reason)")
            let timeline = try await clinic.finish(session)
            #expect(Self.moves(of: "monitor", in: timeline).contains { $0.reason == flagged.reason }, "an entry says it too")
            #expect(timeline.points.isEmpty)
            withExtendedLifetime(device) {}
            #expect(try await clinic.stop(daemon) == 0)
        }

        @Test("noise at full line rate costs little and delays nobody", .timeLimit(.minutes(2)))
        func flood() async throws {
            var random = SeededRandom.announced()
            let clinic = try Clinic(sources: [("noisy", "intellivue", ""), ("oximeter", "nonin", "")])
            let noisy = try PseudoTerminal.open()
            #expect(symlink(noisy.slavePath, clinic.link("noisy")) == 0)
            let device = try RunningDevice(Self.oximeter(), link: clinic.link("oximeter"))
            let daemon = try await clinic.start()
            try await clinic.waitForPort(of: "noisy")
            try await until("the oximeter streams") { try await clinic.status(of: "oximeter")?.state == .streaming }
            func figures() async throws -> (readings: Int, ticks: Int, bytes: Int) {
                let readings = try await clinic.status(of: "oximeter")?.readings ?? 0
                return (readings, daemon.processorTicks, try await clinic.status(of: "noisy")?.bytes ?? 0)
            }
            /// Sends noise at 115,200 bit/s, 0 or full, and gives the share of a core that the daemon took.
            func run(_ bytesPerSecond: Int) async throws -> (share: Double, readings: Int, bytes: Int) {
                let before = try await figures()
                let start = BootClock.now().boot
                var sent = 0
                while BootClock.now().boot - start < .seconds(5) {
                    let due = Int((BootClock.now().boot - start).inSeconds * Double(bytesPerSecond))
                    if due > sent { sent += try noisy.write(random.bytes(due - sent)) }
                    _ = noisy.read(upTo: 65_536)
                    await pass(.milliseconds(10))
                }
                let took = (BootClock.now().boot - start).inSeconds
                let after = try await figures()
                let share = Double(after.ticks - before.ticks) / Double(sysconf(Int32(_SC_CLK_TCK))) / took
                return (share, after.readings - before.readings, after.bytes - before.bytes)
            }
            let quiet = try await run(0)
            let noise = try await run(11_520)
            func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
            print(
                "flood of \(noise.bytes) bytes in 5 s: daemon \(percent(noise.share)) of a core, \(percent(quiet.share)) without; "
                    + "oximeter readings \(noise.readings), \(quiet.readings) without")
            #expect(noise.bytes > 50_000)
            #expect(noise.share < 0.25)
            #expect(noise.readings >= quiet.readings * 3 / 4)
            #expect(try await clinic.status(of: "noisy")?.frames == 0)
            withExtendedLifetime(device) {}
            #expect(try await clinic.stop(daemon) == 0)
        }

        // MARK: Commands

        private func vigil(_ folder: TemporaryFolder, _ arguments: String...) async throws -> (status: Int32, text: String) {
            let output = folder.path("output-\(UInt32.random(in: 0 ... .max))")
            let process = try ChildProcess(try BuiltProgram.path("vigil"), arguments, output: output)
            return (try await process.end(within: .seconds(90)), process.text)
        }

        @Test("device list: sources with state, reason and since; without a daemon the ports alone, and 69", .timeLimit(.minutes(2)))
        func list() async throws {
            let clinic = try Clinic(sources: [("oximeter", "nonin", ""), ("monitor", "intellivue", "")])
            let device = try RunningDevice(Self.oximeter(), link: clinic.link("oximeter"))
            let daemon = try await clinic.start()
            try await until("the oximeter streams") { try await clinic.status(of: "oximeter")?.state == .streaming }
            let table = try await vigil(clinic.folder, "device", "list", "--socket", clinic.socket)
            #expect(table.status == 0)
            let rows = table.text.split(separator: "\n").map { $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init) }
            #expect(rows.contains { $0.starts(with: ["oximeter", "room-1", "nonin", "streaming"]) }, "\(table.text)")
            #expect(rows.contains { $0.starts(with: ["monitor", "room-1", "intellivue", "absent"]) }, "\(table.text)")
            #expect(table.text.contains("plug the adapter in, or correct the path"))
            let json = try await vigil(clinic.folder, "device", "list", "--json", "--socket", clinic.socket)
            let list = try ControlJSON.decode(DeviceList.self, from: json.text.utf8)
            #expect(list.sources.map(\.state) == [.streaming, .absent] && list.sources.allSatisfy { $0.since != nil })
            #expect(list.sources[0].port?.hasPrefix("/dev/pts/") == true)
            withExtendedLifetime(device) {}
            #expect(try await clinic.stop(daemon) == 0)
            let alone = try await vigil(clinic.folder, "device", "list", "--socket", clinic.socket)
            #expect(alone.status == 69)
            #expect(alone.text.contains("only the ports are shown"))
        }

        @Test("device probe: an oximeter is heard, a monitor is asked, silence is said", .timeLimit(.minutes(4)))
        func probe() async throws {
            let clinic = try Clinic()
            let (heard, asked) = (clinic.link("heard"), clinic.link("asked"))
            let socket = clinic.folder.path("none.sock")
            let oximeter = try RunningDevice(Self.oximeter(), link: heard)
            let listened = try await vigil(clinic.folder, "device", "probe", heard, "--socket", socket, "--listen-only")
            #expect(listened.status == 0)
            #expect(listened.text.contains("speaks nonin"), "\(listened.text)")
            #expect(listened.text.contains("- {id: nonin-1, family: nonin, match: {path: \"\(heard)\"}}"), "\(listened.text)")
            #expect(oximeter.port.traffic.bytesRead == 0, "listening sends nothing")
            let start = BootClock.now()
            let configuration = IntelliVueMonitor.Configuration(
                patient: .demonstration(seed: 7), start: start.boot, wall: start.wall,
                cuff: CuffProgram(steps: [], measurementTime: .seconds(20)))
            let monitor = try RunningDevice(IntelliVueMonitor(configuration), link: asked, start: start.boot)
            let answered = try await vigil(clinic.folder, "device", "probe", asked, "--socket", socket, "--family", "intellivue", "--json")
            #expect(answered.status == 0 && answered.text.contains(#""was_asked":true"#), "\(answered.text)")
            #expect(answered.text.contains(#""family":"intellivue""#) && answered.text.contains("heart_rate"))
            let silent = try PseudoTerminal.open()
            let nothing = try await vigil(clinic.folder, "device", "probe", silent.slavePath, "--family", "nonin", "--socket", socket)
            #expect(nothing.status == 1 && nothing.text.contains("no family was understood"), "\(nothing.text)")
            withExtendedLifetime(monitor) {}
        }

        @Test("device probe leaves alone what the daemon holds", .timeLimit(.minutes(2)))
        func probeOfAHeldPort() async throws {
            let clinic = try Clinic()
            let device = try RunningDevice(Self.oximeter(), link: clinic.link("oximeter"))
            let daemon = try await clinic.start()
            try await until("the oximeter streams") { try await clinic.status(of: "oximeter")?.state == .streaming }
            let refused = try await vigil(clinic.folder, "device", "probe", clinic.link("oximeter"), "--socket", clinic.socket)
            #expect(refused.status == 65 && refused.text.contains("is held by source oximeter in room-1"), "\(refused.text)")
            let locked = try await vigil(
                clinic.folder, "device", "probe", clinic.link("oximeter"), "--socket", clinic.folder.path("none.sock"))
            #expect(locked.status == 65 && locked.text.contains("another program holds it"), "\(locked.text)")
            #expect(try await clinic.status(of: "oximeter")?.state == .streaming)
            withExtendedLifetime(device) {}
            #expect(try await clinic.stop(daemon) == 0)
        }
    }
}
