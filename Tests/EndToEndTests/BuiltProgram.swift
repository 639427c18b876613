import Foundation

/// A program of this package as it was built beside the tests, in whatever build folder that was.
struct BuiltProgram: Error, CustomStringConvertible {
    let description: String

    /// The path of a program.
    ///
    /// - Throws: an error that says where it was looked for.
    static func path(_ name: String) throws -> String {
        let folders = candidates()
        for folder in folders {
            let path = "\(folder)/\(name)"
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        throw BuiltProgram(description: "\(name) was not built beside the tests; looked in \(folders.joined(separator: ", "))")
    }

    /// The folder of the running test program, and of whatever bundle it was told to run.
    private static func candidates() -> [String] {
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let bundles = CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
        return ([own].compactMap { $0 } + bundles).map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
    }
}
