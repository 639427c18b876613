import DeviceProtocols
import Foundation
import LinuxIO
import MonitorTesting
import SessionStore
import Testing
import VitalsModel

extension EndToEnd {
    /// `vigil` as people start it.
    @Suite("Commands")
    struct CommandTests {
        private func vigil(_ arguments: [String], within limit: Duration = .seconds(60)) async throws -> (status: Int32, lines: [String]) {
            let folder = try TemporaryFolder()
            let process = try ChildProcess(try BuiltProgram.path("vigil"), arguments, output: folder.path("output"))
            let status = try await process.end(within: limit)
            return (status, process.text.split(separator: "\n").map(String.init))
        }

        @Test("decode of the RS232 recording: a line a reading with the keys of the design, then the counts", .timeLimit(.minutes(2)))
        func decodeIntelliVue() async throws {
            guard let data = try TestData.find() else { return }
            let file = data.folder.appendingPathComponent("captures/intellivue/mp_rs232_session_part1.raw").path
            let (status, lines) = try await vigil(["device", "decode", "--family", "intellivue", file])
            #expect(status == 0)
            #expect(lines.first == #"{"offset":2515,"signal":"heart_rate","value":60,"unit":"/min","quality":"valid"}"#)
            #expect(lines.last == #"{"summary":{"frames":1444,"readings":720,"rejected":{}}}"#)
            let readings = try lines.dropLast().map { try JSONDecoder().decode(DecodedLine.self, from: Data($0.utf8)) }
            #expect(readings.count == 720)
            #expect(readings.filter { $0.quality == "valid" }.count == 180)
            #expect(readings.allSatisfy { ($0.value == nil) == ($0.quality == "invalid") })
            #expect(lines.dropLast().allSatisfy { $0.contains("\"value\":") }, "a missing value is null, not left out")
        }

        @Test("decode of Nonin's hexadecimal text, and of computed bytes of format 7", .timeLimit(.minutes(2)))
        func decodeNonin() async throws {
            guard let data = try TestData.find() else { return }
            let file = data.folder.appendingPathComponent("captures/nonin/pufferfish_df2_vector.hex").path
            let (status, lines) = try await vigil(["device", "decode", "--family", "nonin", "--input", "hex", file])
            #expect(status == 0)
            #expect(
                lines == [
                    #"{"offset":40,"signal":"spo2","value":97,"unit":"%","quality":"valid"}"#,
                    #"{"offset":100,"signal":"pulse_rate","value":72,"unit":"/min","quality":"valid"}"#,
                    #"{"summary":{"frames":25,"readings":2,"rejected":{}}}"#,
                ])
            var stream = NoninStream(.seven)
            let folder = try TemporaryFolder()
            try Data(stream.bytes(of: [.init(rate: 142, saturation: 98), .init(rate: 142, saturation: 97)]))
                .write(to: URL(fileURLWithPath: folder.path("seven.raw")))
            let seven = try await vigil(["device", "decode", "--family", "nonin", "--option", "format=7", folder.path("seven.raw")])
            #expect(seven.status == 0)
            let values = try seven.lines.dropLast().map { try JSONDecoder().decode(DecodedLine.self, from: Data($0.utf8)) }
            #expect(values.map(\.value) == [98, 142, 97])
        }

        @Test("decode says what is wrong: family, file, text", .timeLimit(.minutes(10)))
        func decodeRefusals() async throws {
            let folder = try TemporaryFolder()
            let file = try folder.write("01 8G", as: "bytes.hex")
            #expect(try await vigil(["device", "decode", "--family", "nonin", "--input", "hex", file]).status == 65)
            #expect(try await vigil(["device", "decode", "--family", "nonin", folder.path("missing")]).status == 66)
            #expect(try await vigil(["device", "decode", "--family", "nonn", file]).status == 64)
            #expect(try await vigil(["tail", "--socket", folder.path("no.sock")]).status == 69)
        }

        /// The plan that ships.
        private static let plan = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Config/plans/iv-ketamine.yaml").path
        private static let backtest = ["plan", "backtest", plan]

        /// A back-test of a stored session with the plan that it had gives the alerts that it had, each at its time.
        private static func expectSameAlerts(of database: String, with result: (status: Int32, lines: [String])) throws {
            #expect(result.status == 0)
            let store = try SessionStore.openForReading(path: database)
            let entries = try store.entries(of: "s1").map(\.draft)
            try store.close()
            let start = try #require(entries.first).at.boot
            let live = entries.compactMap { entry -> String? in
                guard case .alert(let alert) = entry.content, alert.change == .raised || alert.change == .reoccurred else { return nil }
                return "\(alert.rule) \((entry.at.boot - start).inSeconds)"
            }
            let tried = try result.lines.dropLast().map { line in
                let episode = try JSONDecoder().decode(BacktestLine.self, from: Data(line.utf8))
                return "\(episode.rule) \(episode.raised)"
            }
            #expect(!live.isEmpty && tried.sorted() == live.sorted())
        }

        /// What is read of a line of a back-test.
        private struct BacktestLine: Decodable {
            var only: String?
            var file: String
            var rule: String
            var raised: Double

            enum CodingKeys: String, CodingKey {
                case only, file, rule
                case raised = "raised_s"
            }
        }

        @Test("back-test: many files in their order, two plans against each other, and what is wrong", .timeLimit(.minutes(10)))
        func backtest() async throws {
            let folder = try TemporaryFolder()
            let files = try (0..<12).map { number in
                // One breach of the limits each, the later the file the longer.
                let values = Array(repeating: 97, count: 20) + Array(repeating: 89, count: 30 + number) + Array(repeating: 97, count: 20)
                let lines = values.enumerated().map { "\($0.offset),spo2,\($0.element)\n" }
                return try folder.write("time_s,signal,value\n" + lines.joined(), as: "\(number).csv")
            }
            let (status, lines) = try await vigil(Self.backtest + files)
            #expect(status == 0)
            let found = try lines.dropLast().map { try JSONDecoder().decode(BacktestLine.self, from: Data($0.utf8)) }
            // The fall at 20 s is seen with the second low value: the plan's median of three.
            #expect(found.map(\.file) == files && found.allSatisfy { $0.rule == "spo2-low-92" && $0.raised == 41 })
            #expect(lines.last?.hasPrefix(#"{"summary":{"files":12,"#) == true)

            let plan = try String(contentsOfFile: Self.plan, encoding: .utf8)
            // The grade's id follows its limit, and another rule rests on it.
            let changed = plan.replacingOccurrences(of: "below: 92", with: "below: 89")
                .replacingOccurrences(of: "spo2-low-92", with: "spo2-low-89")
            let other = try folder.write(changed, as: "other.yaml")
            let compared = try await vigil(Self.backtest + files + ["--against", other])
            // Standard error, with the difference in words, is in the same file.
            let only = try compared.lines.filter { $0.hasPrefix(#"{"only":"#) }.map {
                try JSONDecoder().decode(BacktestLine.self, from: Data($0.utf8))
            }
            #expect(only.map(\.file) == files && only.allSatisfy { $0.only == "this" })
            #expect(compared.lines.contains { $0.hasSuffix(#""only_this":12,"only_other":0}"#) })
            #expect(try await vigil(Self.backtest).status == 64)
            #expect(try await vigil(Self.backtest + ["--sessions", folder.path("no.db")]).status == 66)
            #expect(try await vigil(Self.backtest + files + [other]).status == 65)
        }

        @Test("the demonstration shows what a newcomer is promised, and ends with 0", .timeLimit(.minutes(10)))
        func demonstration() async throws {
            let folder = try TemporaryFolder()
            let (result, took) = try await measured {
                try await vigil(["demo", "--speed", "400", "--directory", folder.path], within: .seconds(480))
            }
            let (status, lines) = result
            #expect(status == 0, "\(lines.suffix(5))")
            func shows(_ words: String...) -> Bool { lines.contains { line in words.allSatisfy { line.contains($0) } } }
            #expect(shows("HIGH", "raised", "Systolic pressure critically high"), "two cuff readings above 180")
            #expect(shows("raised", "SpO2 very low"), "a desaturation")
            #expect(shows("raised", "No SpO2 (sensor off"), "a sensor off")
            #expect(shows("source room-1-monitor lost: ") && shows("HR data", "ended"), "a source that came back")
            #expect(shows("vigil timeline s1"), "the commands to look at it")
            try await Self.expectSameAlerts(
                of: folder.path("vigil.db"), with: vigil(Self.backtest + ["--sessions", folder.path("vigil.db")]))
            print("vigil demo --speed 400 took \(took), \(lines.count) lines")
        }
    }
}
