import Testing

@Suite("The house")
struct HouseTests {
    @Test("no source breaks a rule of the house")
    func sources() throws {
        let sources = try Package.sources()
        #expect(sources.count > 50, "the sources were not found")
        let faults = HouseRules(house: .ours).faults(in: sources)
        #expect(faults.isEmpty, "\(faults.joined(separator: "\n"))")
    }

    @Test("every folder below Sources is on the map, and nothing else is")
    func map() throws {
        let folders = try Package.targets()
        let mapped = Set(House.ours.rooms.keys)
        #expect(folders.subtracting(mapped).isEmpty, "add to House.swift: \(folders.subtracting(mapped).sorted())")
        // A folder that is not yet made is no fault; one that was renamed shows up above.
        #expect(mapped.intersection(folders).count > 15)
    }

    // MARK: Each check can fail

    private func faults(_ target: String, _ text: String) -> [String] {
        HouseRules(house: .ours).faults(in: [SourceText(target: target, path: "\(target)/Example.swift", text: text)])
    }

    @Test(
        "a pure target that imports the world is told why",
        arguments: ["Foundation", "FoundationEssentials", "Dispatch", "Glibc", "Synchronization", "Logging", "GRDB"],
        ["VitalsModel", "DeviceProtocols", "AlertEngine", "SessionFlow"])
    func impure(module: String, target: String) {
        #expect(faults(target, "import \(module)\n").first?.contains("byte for byte") ?? false)
    }

    @Test(
        "every way of writing an import is seen",
        arguments: [
            "import Dispatch", "@preconcurrency import Dispatch", "public import Dispatch", "    import Dispatch",
            "import struct Dispatch.DispatchTime",
            "import class Dispatch.DispatchQueue", "@_exported public import Dispatch", "import Dispatch // for a queue",
        ])
    func spellings(line: String) {
        #expect(faults("AlertEngine", "\(line)\nstruct Example {}\n").count == 1)
    }

    @Test(
        "what is no import is none",
        arguments: [
            "// import Dispatch", "/// The import Dispatch would be wrong.", "let text = \"import Dispatch\"", "import VitalsModel",
            "important()",
        ])
    func noImport(line: String) {
        #expect(faults("AlertEngine", "\(line)\n").isEmpty)
    }

    @Test("text targets may use FoundationEssentials, the configuration also Yams, and no more")
    func textTargets() {
        for target in ["ControlProtocol", "TimelineReports", "ServiceConfiguration"] {
            #expect(faults(target, "import FoundationEssentials\n").isEmpty)
            #expect(faults(target, "import Foundation\n").count == 1)
            #expect(faults(target, "import Glibc\n").first?.contains("text only") ?? false)
        }
        #expect(faults("ServiceConfiguration", "import Yams\n").isEmpty)
        #expect(faults("ControlProtocol", "import Yams\n").count == 1)
    }

    @Test(
        "an arrow that points up is refused",
        arguments: [
            ("VitalsModel", "AlertEngine"), ("AlertEngine", "SessionFlow"), ("SessionFlow", "MonitorService"),
            ("DeviceProtocols", "AlertEngine"),
            ("ControlProtocol", "SessionStore"), ("MonitorService", "Demonstration"), ("MonitorService", "ControlClient"),
        ])
    func upward(target: String, module: String) {
        #expect(faults(target, "import \(module)\n").first?.contains("points up") ?? false)
    }

    @Test(
        "an edge knows no other edge", arguments: [("SessionStore", "LinuxIO"), ("ControlClient", "LinuxIO"), ("LinuxIO", "SessionStore")])
    func edges(target: String, module: String) {
        #expect(faults(target, "import \(module)\n").first?.contains("no other edge") ?? false)
    }

    @Test("the product does not hold what is for tests")
    func testing() {
        #expect(faults("MonitorService", "import MonitorTesting\n").first?.contains("for tests") ?? false)
    }

    @Test("a target that is not on the map, or a dependency without a line, is refused")
    func unknown() {
        #expect(faults("Utilities", "let x = 1\n").first?.contains("not on the map") ?? false)
        #expect(faults("MonitorService", "import LeftPad\n").first?.contains("Architecture guide") ?? false)
    }

    @Test("the map itself may have no circle and no wrong storey")
    func wrongMaps() {
        let circle = House(rooms: [
            "A": .init(storey: .pure, ours: ["B"]), "B": .init(storey: .pure, ours: ["C"]), "C": .init(storey: .pure, ours: ["A"]),
        ])
        #expect(HouseRules(house: circle).arrowFaults().count == 3)
        let upsideDown = House(rooms: ["Pure": .init(storey: .pure, ours: ["Edge"]), "Edge": .init(storey: .edge, ours: ["Other"])])
        #expect(HouseRules(house: upsideDown).arrowFaults().count == 2)
    }

    @Test("a file may have 500 lines and not 501")
    func length() {
        #expect(faults("VitalsModel", String(repeating: "\n", count: 500)).isEmpty)
        #expect(faults("VitalsModel", String(repeating: "\n", count: 501)).first?.contains("501 lines") ?? false)
    }

    @Test(
        "words without a place in the product are found in code and not in comments",
        arguments: [
            "try!", "nonisolated(unsafe)", "Thread.sleep", "Task.sleep", "usleep(",
        ])
    func words(word: String) {
        #expect(faults("LinuxIO", "    \(word) x\n").count == 1)
        #expect(faults("LinuxIO", "    // \(word) x\n/// \(word)\n").isEmpty)
        #expect(faults("LinuxIO", "    let url = \"http://x\"; \(word) x\n").count == 1)
    }

    @Test("an unchecked class must check its queue")
    func unchecked() {
        let declaration = "final class Example: @unchecked Sendable {}\n"
        #expect(faults("LinuxIO", declaration).first?.contains("dispatchPrecondition") ?? false)
        #expect(faults("LinuxIO", declaration + "func f() { dispatchPrecondition(condition: .onQueue(queue)) }\n").isEmpty)
    }
}
