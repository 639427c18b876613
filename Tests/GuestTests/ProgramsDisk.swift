import Foundation
import LinuxIO
import MonitorTesting

/// A disk with the programs as they were built beside the tests, Swift's libraries, and the files of an installation. The guest
/// reads only the pages that it runs, which is quicker than sharing a folder or copying.
struct ProgramsDisk {
    static let programs = ["vigild", "vigil", "vigil-sim"]

    /// Writes the disk and answers its path.
    ///
    /// - Parameters:
    ///   - files: More files, by name; they come to lie in the disk's folder `files`.
    static func make(files: [String: String], in folder: TemporaryFolder) async throws -> String {
        let root = URL(fileURLWithPath: folder.path("programs"), isDirectory: true)
        let texts = root.appendingPathComponent("files", isDirectory: true)
        try FileManager.default.createDirectory(at: texts, withIntermediateDirectories: true)
        for (name, text) in files { try text.write(to: texts.appendingPathComponent(name), atomically: false, encoding: .utf8) }
        var libraries: Set<String> = []
        for name in programs {
            let program = try builtProgram(name)
            try await ChildProcess.run(host: "strip", ["-o", root.appendingPathComponent(name).path, program])
            libraries.formUnion(foreignLibraries(try await ChildProcess.run(host: "ldd", [program])))
        }
        // Beside the programs: their run path holds their own folder.
        for library in libraries {
            let name = URL(fileURLWithPath: library).lastPathComponent
            try FileManager.default.copyItem(
                atPath: URL(fileURLWithPath: library).resolvingSymlinksInPath().path, toPath: root.appendingPathComponent(name).path)
        }
        let disk = folder.path("programs.img")
        try await ChildProcess.run(
            host: "mke2fs", ["-q", "-t", "ext4", "-O", "^has_journal", "-m", "0", "-d", root.path, disk, "1G"])
        try FileManager.default.removeItem(at: root)
        return disk
    }

    /// The libraries in ldd's output that no Debian package brings: those outside the system's own folders.
    private static func foreignLibraries(_ listing: String) -> [String] {
        listing.split(separator: "\n").compactMap { line in
            guard let arrow = line.range(of: "=> "), let end = line.range(of: " (0x", options: .backwards) else { return nil }
            let path = String(line[arrow.upperBound..<end.lowerBound])
            return URL(fileURLWithPath: path).deletingLastPathComponent().path.hasSuffix("-linux-gnu") ? nil : path
        }
    }

    private static func builtProgram(_ name: String) throws -> String {
        // The folder of the running test program, and of whatever bundle it was told to run.
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let bundles = CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
        let folders = ([own].compactMap { $0 } + bundles).map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
        guard let folder = folders.first(where: { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }) else {
            throw GuestFailure(description: "\(name) was not built beside the tests; looked in \(folders.joined(separator: ", "))")
        }
        return "\(folder)/\(name)"
    }
}
