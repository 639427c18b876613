import Glibc
import LinuxIO

/// Finds scenario files.
enum ScenarioFiles {
    /// How deep folders are searched: a link to a folder above itself must not keep the search going for ever.
    private static let deepest = 8

    /// A file, or the scenarios of a folder and the folders in it, by name.
    ///
    /// - Throws: `CommandFailure` 66 for a folder without any, `SystemError` for one that cannot be read.
    static func find(_ path: String) throws -> [String] {
        guard isFolder(path) else { return [path] }
        let found = try search(path, depth: 0)
        guard !found.isEmpty else {
            throw CommandFailure(description: "no *.scenario in \(path); name a file, or another folder", status: EX_NOINPUT)
        }
        return found
    }

    /// Whether a folder is there.
    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func search(_ folder: String, depth: Int) throws -> [String] {
        guard depth < deepest else { return [] }
        return try names(in: folder).sorted().flatMap { name -> [String] in
            let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            if isFolder(path) { return try search(path, depth: depth + 1) }
            return name.hasSuffix(".scenario") ? [path] : []
        }
    }

    /// What is in a folder, without hidden files and the folder itself.
    private static func names(in folder: String) throws -> [String] {
        guard let listing = opendir(folder) else {
            throw SystemError("search the folder", path: folder, code: errno, remedy: "check the right to read it")
        }
        defer { closedir(listing) }
        var names: [String] = []
        while let item = readdir(listing) {
            let name = withUnsafePointer(to: &item.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }
}
