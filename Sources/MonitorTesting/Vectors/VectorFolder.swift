import Foundation

/// A folder of vector files: `nonin.vectors` holds those of the family `nonin`.
public struct VectorFolder: Sendable {
    /// The files that could be read, in the order of their names.
    public private(set) var files: [VectorFile] = []
    /// What is wrong with the others, with file and line.
    public private(set) var faults: [String] = []

    /// Reads a folder.
    public init(_ folder: URL) {
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".vectors") }
            for name in names.sorted() { read(folder.appendingPathComponent(name), family: String(name.dropLast(".vectors".count))) }
        } catch {
            faults.append("the folder of vectors cannot be read: \(error)")
        }
    }

    private mutating func read(_ file: URL, family: String) {
        do {
            files.append(try VectorFile(String(contentsOf: file, encoding: .utf8), family: family))
        } catch {
            faults.append("\(error)")
        }
    }
}
