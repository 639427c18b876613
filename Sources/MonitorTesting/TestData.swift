import Foundation

/// The folder of real recordings. They are read in place and never copied into the repository.
///
/// `VIGIL_TEST_DATA` names the folder; without it `../shared/data` beside the package is tried. A test that needs a recording
/// prints `skipped` when the variable is unset and the folder is missing, and fails when the variable is set to a missing folder.
public struct TestData: Sendable {
    /// The folder.
    public let folder: URL

    /// Finds the folder; nil, with `skipped` printed, when there is none and none was asked for.
    ///
    /// - Throws: `TestDataError` when `VIGIL_TEST_DATA` names a folder that is missing.
    public static func find(for test: String = #function) throws -> TestData? {
        let given = ProcessInfo.processInfo.environment["VIGIL_TEST_DATA"]
        let folder = given.map { URL(fileURLWithPath: $0, isDirectory: true) } ?? defaultFolder
        if isFolder(folder) { return TestData(folder: folder) }
        if let given { throw TestDataError("VIGIL_TEST_DATA is \(given), which is no folder; unset it to skip tests with recordings") }
        print("\(test): skipped, no recordings at \(folder.path); set VIGIL_TEST_DATA to their folder")
        return nil
    }

    /// The bytes of a file, named relative to the folder.
    public func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appendingPathComponent(name))) }

    /// The lines of a text file, without empty ones.
    public func lines(_ name: String) throws -> [String] {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
            .split(whereSeparator: \.isNewline).map(String.init)
    }

    /// The files in a folder and the folders in it, named relative to it, in order.
    public func files(below name: String) throws -> [String] {
        let root = folder.appendingPathComponent(name)
        return try FileManager.default.subpathsOfDirectory(atPath: root.path)
            .filter { !Self.isFolder(root.appendingPathComponent($0)) }.sorted()
    }

    /// This file is Sources/MonitorTesting/TestData.swift of the package.
    private static var defaultFolder: URL {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return package.deletingLastPathComponent().appendingPathComponent("shared/data", isDirectory: true)
    }

    private static func isFolder(_ url: URL) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) && isDirectory.boolValue
    }
}

/// A recording that is missing or cannot be read.
public struct TestDataError: Error, Hashable, CustomStringConvertible {
    /// What happened, and what to do.
    public let description: String

    init(_ description: String) { self.description = description }
}
