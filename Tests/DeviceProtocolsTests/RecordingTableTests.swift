import DeviceProtocols
import Foundation
import MonitorTesting
import Testing

extension Recording: CustomTestStringConvertible {
    /// The file.
    public var testDescription: String { file }
}

// One case at a time: hundreds of them at once would keep every waiting test from its turn for minutes.
@Suite("Recordings", .serialized)
struct RecordingTableTests {
    @Test("every recording is in the table once, and every row of the table has its recording")
    func table() throws {
        guard let data = try TestData.find() else { return }
        let rows = RecordingTable.all.map(\.file).sorted()
        #expect(Dictionary(grouping: rows) { $0 }.filter { $0.value.count > 1 }.keys.sorted() == [], "these have two rows")
        let files = try data.files(below: "captures").filter { $0.split(separator: "/").last != "PROVENANCE.md" }
        #expect(!files.isEmpty)
        #expect(files.filter { !rows.contains($0) } == [], "recordings without a row of RecordingTable")
        #expect(rows.filter { !files.contains($0) } == [], "rows without a recording")
    }

    @Test("every recording gives what it holds", arguments: RecordingTable.all)
    func recording(row: Recording) throws {
        guard let data = try TestData.find(for: row.file) else { return }
        let faults = try row.faults(row, data)
        #expect(faults == [])
    }

    @Test("a row of the table is of a family that Vigil speaks, with options that it takes", arguments: RecordingTable.all)
    func family(row: Recording) throws {
        #expect(DeviceCatalog.family(row.family.id) != nil)
        _ = try row.family.decoder(.offline, options: row.options)
    }
}
