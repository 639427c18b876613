import Foundation
import SessionStore
import Testing
import VitalsModel

/// A small file system in memory; nil where mounting is not permitted.
final class SmallDisk: Sendable {
    let folder: String

    init?(kilobytes: Int) throws {
        folder = FileManager.default.temporaryDirectory.path + "/vigil-disk-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        guard try Self.run("mount", ["-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", folder]) == 0 else {
            try FileManager.default.removeItem(atPath: folder)
            return nil
        }
    }

    deinit {
        do {
            _ = try Self.run("umount", ["-l", folder])
            try FileManager.default.removeItem(atPath: folder)
        } catch { print("left behind: \(folder): \(error)") }
    }

    /// Writes until nothing more fits.
    func fill() throws {
        let file = folder + "/ballast"
        guard FileManager.default.createFile(atPath: file, contents: nil) else { return }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
        var isFull = false
        while !isFull {
            do { try handle.write(contentsOf: Data(repeating: 1, count: 4096)) } catch { isFull = true }
        }
        try handle.close()
    }

    func free() throws { try FileManager.default.removeItem(atPath: folder + "/ballast") }

    private static func run(_ command: String, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [command] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}

@Suite("A full disk")
struct DiskFullTests {
    @Test("Nothing is lost: entries and readings wait and are written in order when there is room again")
    func recovery() throws {
        guard let disk = try SmallDisk(kilobytes: 4_096) else { return print("skipped: mounting a tmpfs is not permitted") }
        let path = disk.folder + "/vigil.db"
        let store = try SessionStore.open(path: path, bootID: "boot-a", now: moment(100))
        _ = try store.commit(StoreBatch(sessions: [sessionRecord()], entries: [note("before")]))
        let witness = WriterWitness()
        // Late only by failing: a busy machine may be slow as well.
        let limits = StoreWriterLimits(lateAfter: .seconds(60), firstRetry: .milliseconds(20), lastRetry: .milliseconds(100))
        let writer = StoreWriter(store: store, limits: limits, now: { moment(500) }, observer: witness.observer)
        try disk.fill()
        for index in 0..<200 {
            writer.submitReadings([reading(sequence: UInt64(index))])
            let text = String(repeating: "x", count: 500)
            writer.submitEntries(StoreBatch(entries: [note("e\(index)", text: text)])) { witness.results.add($0) }
        }
        #expect(witness.troubles.wait(for: 1).first?.error?.code == .diskFull)
        #expect(witness.recoveries.all.isEmpty)
        #expect(try store.entries(after: 0, limit: 10).count >= 1, "reading goes on")
        try disk.free()
        #expect(witness.results.wait(for: 200).count == 200)
        #expect(witness.numbers == Array(2...201))
        #expect(witness.recoveries.wait(for: 1).count == 1)
        #expect(writer.backlog == StoreBacklog(entries: 0, readings: 0, droppedEntries: 0, droppedReadings: 0, isLate: false))
        #expect(try store.readings(of: "s1").count == 200)
        #expect(try store.verifyChain() == [])
        #expect(try store.integrityCheck() == [])
        try store.close()
        #expect(try SessionStore.open(path: path, bootID: "boot-a", now: moment(600)).lastNumber == 201)
    }
}
