import ControlClient
import ControlProtocol
import DeviceProtocols
import Foundation
import LinuxIO
import MonitorTesting
import Testing
import VitalsModel

extension EndToEnd {
    @Suite("Bad input")
    struct BadInputTests {
        // MARK: Files

        @Test(
            "a wrong configuration: every fault with file, line, column and key path, exit 78", .timeLimit(.minutes(10)),
            arguments: [[], ["--check"]])
        func wrongConfiguration(arguments: [String]) async throws {
            let clinic = try Clinic()
            try clinic.folder.write(
                """
                store: relative.db
                socket: \(clinic.socket)
                plans: \(clinic.folder.path("plans"))
                colour: blue
                rooms:
                  - id: room-1
                    sources:
                      - {id: monitor, family: intelivue, match: {path: /dev/ttyS1}}
                """, as: "vigil.yaml")
            let daemon = try clinic.launch(arguments)
            #expect(try await daemon.end() == 78)
            let text = daemon.text
            for fault in [":1:8: error: store:", ":4:1: error: colour:", ":8:31: error: rooms[0].sources[0].family:"] {
                #expect(text.contains(clinic.config + fault), "no \(fault) in\n\(text)")
            }
            #expect(text.contains("3 errors"))
        }

        @Test("a wrong configuration beside a wrong plan: the faults of both at once", .timeLimit(.minutes(10)))
        func wrongConfigurationAndPlan() async throws {
            let clinic = try Clinic(plan: TestPlan.quick.replacing("below: 90", with: "below: ninety"))
            let written = try String(contentsOfFile: clinic.config, encoding: .utf8)
            try clinic.folder.write("colour: blue\n" + written, as: "vigil.yaml")
            let daemon = try clinic.launch(["--check"])
            #expect(try await daemon.end() == 78)
            #expect(daemon.text.contains(":1:1: error: colour:"), "\(daemon.text)")
            #expect(daemon.text.contains("error: rules[0].below"), "\(daemon.text)")
            #expect(daemon.text.contains("2 errors"), "\(daemon.text)")
        }

        @Test("a wrong plan: the same", .timeLimit(.minutes(10)))
        func wrongPlan() async throws {
            let broken = TestPlan.quick.replacing("below: 90", with: "below: ninety").replacing(
                "signal: pulse_rate", with: "signal: puls_rate")
            let clinic = try Clinic(plan: broken)
            let daemon = try clinic.launch()
            #expect(try await daemon.end() == 78)
            let file = clinic.folder.path("plans/plan.yaml")
            let faults = daemon.text.split(separator: "\n").filter { $0.hasPrefix(file) }
            #expect(faults.contains { $0.contains("error: rules[0].below") }, "\(daemon.text)")
            #expect(faults.contains { $0.contains("error: rules[1].signal") }, "\(daemon.text)")
            let place = try Regex(#"^.*plan\.yaml:\d+:\d+: error: "#)
            #expect(faults.allSatisfy { $0.prefixMatch(of: place) != nil })
        }

        @Test("a missing configuration, an unknown option", .timeLimit(.minutes(10)))
        func missing() async throws {
            let clinic = try Clinic()
            try FileManager.default.removeItem(atPath: clinic.config)
            let daemon = try clinic.launch()
            #expect(try await daemon.end() == 66)
            #expect(daemon.text.contains(clinic.config))
            #expect(try await clinic.launch(["--colour"]).end() == 64)
        }

        // MARK: A second daemon

        @Test("a second daemon on the same store, or on the same socket, is refused and harms nothing", .timeLimit(.minutes(10)))
        func second() async throws {
            let clinic = try Clinic()
            let first = try await clinic.start()
            let session = try await clinic.startSession()
            func refused(_ arguments: [String]) async throws -> String {
                let log = clinic.folder.path("second-\(arguments.count)-\(arguments.first ?? "").log")
                let second = try ChildProcess(try BuiltProgram.path("vigild"), ["--config", clinic.config] + arguments, output: log)
                #expect(try await second.end() == 69)
                return second.text
            }
            let sameStore = try await refused(["--socket", clinic.folder.path("other.sock")])
            #expect(sameStore.contains("vigil.db.lock") && sameStore.contains("process \(first.pid)"), "\(sameStore)")
            let sameSocket = try await refused(["--store", clinic.folder.path("other.db")])
            #expect(sameSocket.contains("another vigild serves this socket") && sameSocket.contains(clinic.socket), "\(sameSocket)")
            #expect(try await clinic.ask { try await $0.writeNote(WriteNote(text: "still here"), in: session) }.recorded)
            #expect(try await clinic.stop(first) == 0)
        }

        // MARK: Requests

        @Test("wrong requests: 4xx, with what happened and what was expected", .timeLimit(.minutes(10)))
        func requests() async throws {
            let clinic = try Clinic()
            let daemon = try await clinic.start()
            let session = try await clinic.startSession()
            func refusal(_ method: String, _ target: String, _ body: String? = nil) async throws -> (status: Int, code: String) {
                let length = body.map { "content-type: application/json\r\ncontent-length: \($0.utf8.count)\r\n" } ?? ""
                let answer = try await RawConnection.ask(
                    clinic.socket, "\(method) \(target) HTTP/1.1\r\nhost: vigil\r\nconnection: close\r\n\(length)\r\n\(body ?? "")")
                let refusal = try ControlJSON.decode(ErrorBody.self, from: answer.body.utf8)
                #expect(!refusal.error.isEmpty)
                return (answer.status, refusal.code)
            }
            #expect(try await refusal("GET", "/v1/nonsense") == (404, "unknown_route"))
            #expect(try await refusal("GET", "/") == (404, "unknown_route"))
            #expect(try await refusal("DELETE", "/v1/state").status / 100 == 4)
            #expect(try await refusal("GET", "/v1/sessions/s999") == (404, "unknown_session"))
            #expect(try await refusal("GET", "/v1/sessions/s999/timeline") == (404, "unknown_session"))
            #expect(try await refusal("POST", "/v1/sessions/s999/notes", #"{"text":"x"}"#) == (404, "unknown_session"))
            #expect(try await refusal("POST", "/v1/sessions/\(session)/notes", "{not json") == (400, "wrong_json"))
            #expect(try await refusal("POST", "/v1/sessions/\(session)/notes", #"{"words":"x"}"#) == (400, "wrong_json"))
            #expect(try await refusal("POST", "/v1/sessions/\(session)/notes", "") == (400, "wrong_json"))
            #expect(try await refusal("POST", "/v1/sessions/\(session)/notes", #"{"text":""}"#) == (422, "refused"))
            #expect(
                try await refusal("POST", "/v1/sessions/\(session)/acknowledgements", #"{"episode":"s1-99","bulk":false}"#) == (
                    422, "refused"
                ))
            #expect(try await refusal("POST", "/v1/sessions", #"{"room":"room-1","plan":"quick","patient":"P"}"#) == (409, "room_busy"))
            #expect(try await refusal("POST", "/v1/sessions", #"{"room":"cellar","plan":"quick","patient":"P"}"#) == (404, "unknown_room"))
            #expect(try await refusal("POST", "/v1/sessions", #"{"room":"room-1","plan":"other","patient":"P"}"#) == (400, "unknown_plan"))
            #expect(try await refusal("GET", "/v1/sessions/\(session)/timeline?from=soon") == (400, "wrong_query"))
            #expect(try await refusal("GET", "/v1/events?after=here") == (400, "wrong_query"))
            let long = #"{"text":"\#(String(repeating: "x", count: 100_000))"}"#
            #expect(try await refusal("POST", "/v1/sessions/\(session)/notes", long).status == 413)
            #expect(try await RawConnection.ask(clinic.socket, "This is no HTTP\r\n\r\n").status / 100 == 4)
            #expect(try await clinic.ask { try await $0.writeNote(WriteNote(text: "still here"), in: session) }.recorded)
            #expect(try await clinic.stop(daemon) == 0)
        }

        // MARK: The line

        @Test("garbage, truncation and flipped bits are counted by kind, and never make a reading", .timeLimit(.minutes(2)))
        func damagedLine() async throws {
            guard let data = try TestData.find() else { return }
            var random = SeededRandom.announced()
            let clean = try data.bytes("captures/intellivue/mp_rs232_session_part1.raw")
            let bytes = Self.damaged(clean, using: &random)
            let expected = try IntelliVue.family.decodeOffline([bytes])
            let clinic = try Clinic(sources: [("monitor", "intellivue", "")])
            let cable = try Cable(link: clinic.link("monitor"))
            let daemon = try await clinic.start()
            let session = try await clinic.startSession()
            try await clinic.waitForPort(of: "monitor")
            try await cable.play(bytes)
            let status = try await eventually("all bytes are taken") {
                try await clinic.status(of: "monitor").flatMap { $0.bytes == bytes.count ? $0 : nil }
            }
            let stored = try await clinic.finish(session).points
            #expect(stored.allSatisfy { $0.signal == .heartRate && $0.value == 60 && $0.quality == .valid }, "a wrong reading")
            #expect((100..<180).contains(stored.count), "\(stored.count) of 180: damaged frames are lost, the others are not")
            let kinds = Dictionary(uniqueKeysWithValues: expected.statistics.rejected.map { ($0.key.rawValue, $0.value) })
            #expect(status.rejected == kinds)
            for kind in ["garbage", "bad_checksum", "truncated"] {
                #expect(status.rejected[kind, default: 0] > 0, "no \(kind): \(status.rejected)")
            }
            print("damaged line: \(stored.count) of 180 readings, rejected \(status.rejected)")
            #expect(try await clinic.stop(daemon) == 0)
        }

        /// After the association: every tenth frame has a flipped bit, every 31st is broken off, and garbage stands before every 37th.
        private static func damaged(_ clean: [UInt8], using random: inout SeededRandom) -> [UInt8] {
            let starts = clean.indices.filter { clean[$0] == 0xC0 } + [clean.count]
            var bytes: [UInt8] = []
            for index in 0..<(starts.count - 1) {
                var frame = Array(clean[starts[index]..<starts[index + 1]])
                if index > 60, index % 10 == 0 {
                    frame[Int.random(in: 8..<(frame.count - 3), using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                }
                if index > 60, index % 31 == 0 { frame = Array(frame.prefix(frame.count / 2)) }
                if index > 60, index % 37 == 0 { bytes += random.bytes(Int.random(in: 1...400, using: &random)) }
                bytes += frame
            }
            return bytes
        }

        @Test("a device that sends nothing but noise blocks nobody", .timeLimit(.minutes(2)))
        func noise() async throws {
            var random = SeededRandom.announced()
            let clinic = try Clinic(sources: [("noisy", "intellivue", ""), ("oximeter", "nonin", "")])
            let noisy = try Cable(link: clinic.link("noisy"))
            let cable = try Cable(link: clinic.link("oximeter"))
            let daemon = try await clinic.start()
            let session = try await clinic.startSession()
            try await clinic.waitForPort(of: "noisy")
            try await clinic.waitForPort(of: "oximeter")
            let noise = random.bytes(2_000_000)
            async let played: Void = noisy.play(noise)
            var stream = NoninStream(.two)
            let packets = (0..<60).map { NoninStream.Packet(rate: 60 + $0, saturation: 92 + $0 % 7) }
            for packet in packets { try await cable.play(stream.bytes(of: packet)) }
            try await played
            try await until("all is taken") { try await clinic.status(of: "noisy")?.bytes == noise.count }
            let timeline = try await clinic.finish(session)
            #expect(timeline.points.filter { $0.signal == .pulseRate }.map(\.value) == packets.map { Double($0.rate ?? 0) })
            #expect(timeline.points.allSatisfy { $0.source == "oximeter" })
            #expect(try await clinic.stop(daemon) == 0)
        }
    }
}
