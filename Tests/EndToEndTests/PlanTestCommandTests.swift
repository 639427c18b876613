import Foundation
import LinuxIO
import MonitorTesting
import Testing

extension EndToEnd {
    /// `vigil plan test` as people start it.
    @Suite("Plan test")
    struct PlanTestCommandTests {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        private func vigil(_ arguments: String...) async throws -> (status: Int32, lines: [String]) {
            let output = try TemporaryFolder()
            let process = try ChildProcess(try BuiltProgram.path("vigil"), ["plan", "test"] + arguments, output: output.path("output"))
            let status = try await process.end(within: .seconds(60))
            return (status, process.text.split(separator: "\n").map(String.init))
        }

        private func scenario(_ expected: String, as name: String) throws -> String {
            try folder.write("rule low: SpO2 below 92, medium\ngiven\n0:00 SpO2: 93 90\nexpect\n\(expected)\n", as: name)
        }

        @Test("what is shipped is as expected", .timeLimit(.minutes(2)))
        func shipped() async throws {
            let (status, lines) = try await vigil()
            #expect(status == 0, "\(lines.joined(separator: "\n"))")
            #expect(lines.count == 1)
            #expect(lines.first?.contains(" scenarios, 0 failed, ") ?? false)
        }

        @Test("a folder is searched; what differs is listed, and the exit code says so", .timeLimit(.minutes(2)))
        func differences() async throws {
            _ = try scenario("0:01 low raised", as: "tests/deeper/right.scenario")
            _ = try scenario("0:02 low raised", as: "tests/wrong.scenario")
            try folder.write("no scenario", as: "tests/README")
            let (status, lines) = try await vigil("--verbose", folder.path("tests"))
            #expect(status == 1)
            #expect(lines.first == "ok \(folder.path("tests/deeper/right.scenario"))")
            #expect(lines.contains("FAILED \(folder.path("tests/wrong.scenario"))"))
            #expect(lines.contains("  - 0:02 low raised"))
            #expect(lines.last?.hasPrefix("2 scenarios, 1 failed, ") ?? false)
            let json = try await vigil("--json", folder.path("tests"))
            #expect(json.status == 1)
            #expect(json.lines.count == 3)
            #expect(json.lines.first?.contains("\"ok\":true") ?? false)
            #expect(json.lines.last?.hasPrefix("{\"summary\":{\"failed\":1,\"scenarios\":2,") ?? false)
        }

        @Test("a clinic's plan takes the place of the shipped one; a path goes from the scenario's folder", .timeLimit(.minutes(2)))
        func otherPlans() async throws {
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            let shipped = try String(contentsOf: root.appending(path: "Config/plans/iv-ketamine.yaml"), encoding: .utf8)
            // The grade's id follows its limit, and another rule rests on it.
            let changed = shipped.replacing("below: 92", with: "below: 93").replacing("spo2-low-92", with: "spo2-low-93")
            let stricter = try folder.write(changed, as: "plans/own.yaml")
            let text = "rules spo2-low\nphase acute\ngiven\n0:00 SpO2: 92x25\nexpect\n0:20 spo2-low-93 raised\n"
            let byID = try folder.write("plan iv-ketamine\n" + text, as: "tests/id.scenario")
            let byPath = try folder.write("plan ../plans/own.yaml\n" + text, as: "tests/path.scenario")
            #expect(try await vigil(byPath).status == 0)
            #expect(try await vigil(byID).status == 1)
            #expect(try await vigil("--plan", stricter, byID).status == 0)
        }

        @Test("what cannot be read: the scenario, a file, a plan", .timeLimit(.minutes(2)))
        func faults() async throws {
            let broken = try scenario("0:01 low vanished", as: "broken.scenario")
            let (status, lines) = try await vigil(broken)
            #expect(status == 65)
            #expect(lines.contains { $0.hasPrefix("\(broken):5: `vanished` is no change") })
            #expect(try await vigil(folder.path("missing.scenario")).status == 66)
            try folder.write("nothing", as: "empty/README")
            #expect(try await vigil(folder.path("empty")).status == 66)
            let nowhere = try folder.write("plan nowhere.yaml\nexpect\nnothing", as: "nowhere.scenario")
            #expect(try await vigil(nowhere).status == 66)
            let faulty = try folder.write("id: faulty\n", as: "faulty.yaml")
            let named = try folder.write("plan faulty.yaml\nexpect\nnothing", as: "faulty.scenario")
            #expect(try await vigil(named).status == 78)
            #expect(try await vigil("--plan", faulty, broken).status == 78)
        }
    }
}
