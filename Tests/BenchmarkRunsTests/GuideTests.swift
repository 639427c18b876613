import DeviceProtocols
import Foundation
import Testing

/// What the README says must be so.
@Suite("README")
struct GuideTests {
    @Test("the table of devices is the catalogue")
    func families() throws {
        let rows = try Self.readme().filter { $0.hasPrefix("| `") }
        let expected = DeviceCatalog.families.map { "| `\($0.id)` | \($0.displayName) | \($0.maturity.rawValue) |" }
        let ids = Set(DeviceCatalog.families.map { "| `\($0.id)` |" })
        let isFamily = { (row: String) in
            ids.contains { row.hasPrefix($0) } || Maturity.allCases.contains { row.hasSuffix("| \($0.rawValue) |") }
        }
        #expect(rows.filter(isFamily) == expected)
    }

    @Test("the lines that the gate runs are there, once each", arguments: ["run", "test"])
    func lines(word: String) throws {
        let lines = try Self.readme()
        let places = lines.indices.filter { lines[$0] == "<!-- line: \(word) -->" }
        #expect(places.count == 1)
        let place = try #require(places.first)
        #expect(lines[place + 1].hasPrefix("```") && lines[place + 3] == "```")
        #expect(lines[place + 2].contains("swift \(word)"))
    }

    /// This file is Tests/BenchmarkRunsTests/GuideTests.swift of the package.
    private static func readme() throws -> [String] {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: package.appendingPathComponent("README.md"), encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}
