import DeviceProtocols
import Foundation
import LinuxIO
import MonitorTesting
import Testing
import VitalsModel

extension EndToEnd {
    /// Every recording that is a plain stream of bytes, through the program that people type.
    @Suite("vigil device decode")
    struct DecodeCommandTests {
        /// The last line.
        private struct Closing: Decodable, Equatable {
            struct Summary: Decodable, Equatable {
                var frames: Int
                var readings: Int
                var rejected: [String: Int]
            }

            var summary: Summary

            init(_ statistics: DecoderStatistics) {
                let rejected = statistics.rejected.filter { $0.value > 0 }.map { ($0.key.rawValue, $0.value) }
                summary = Summary(
                    frames: statistics.frames, readings: statistics.readings,
                    rejected: Dictionary(rejected, uniquingKeysWith: { first, _ in first }))
            }
        }

        @Test("a recording gives what the decoder gives inside a program: each reading, and the counts", .timeLimit(.minutes(10)))
        func recordings() async throws {
            guard let data = try TestData.find() else { return }
            let rows = RecordingTable.all.filter { $0.form != .annotated }
            #expect(Set(rows.map(\.form)) == [.raw, .hexadecimal])
            for row in rows {
                let expected = try row.decoded(data)
                let lines = try await decoded(row, data)
                let readings = try lines.dropLast().map { try JSONDecoder().decode(DecodedLine.self, from: Data($0.utf8)) }
                #expect(readings == expected.readings.map(DecodedLine.init), "\(row.file)")
                let closing = try lines.last.map { try JSONDecoder().decode(Closing.self, from: Data($0.utf8)) }
                #expect(closing == Closing(expected.statistics), "\(row.file)")
                // A key that is left out decodes like null; the line must have it.
                #expect(lines.dropLast().allSatisfy { $0.contains("\"value\":") }, "\(row.file)")
            }
            print("vigil device decode: \(rows.count) recordings, each as in process")
        }

        /// The lines that `vigil device decode` prints of a recording.
        private func decoded(_ row: Recording, _ data: TestData) async throws -> [String] {
            let options = row.options.sorted { $0.key < $1.key }.flatMap { ["--option", "\($0.key)=\($0.value)"] }
            let input = row.form == .hexadecimal ? ["--input", "hex"] : []
            let file = data.folder.appendingPathComponent(row.path).path
            let folder = try TemporaryFolder()
            let process = try ChildProcess(
                try BuiltProgram.path("vigil"), ["device", "decode", "--family", row.family.id] + input + options + [file],
                output: folder.path("output"))
            #expect(try await process.end(within: .seconds(60)) == 0, "\(row.file): \(process.text.suffix(400))")
            return process.text.split(separator: "\n").map(String.init)
        }
    }
}
