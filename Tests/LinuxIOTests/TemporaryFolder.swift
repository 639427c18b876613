import Glibc

/// A folder of one test; it goes with all that is in it when the test lets it go.
final class TemporaryFolder: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/vigil-linuxio-XXXXXX".utf8CString)
        path = mkdtemp(&template).map { String(cString: $0) } ?? "/tmp"
    }

    deinit {
        for name in FolderListing.names(in: path) { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file and answers its path.
    func write(_ bytes: [UInt8], as name: String) -> String {
        let descriptor = open(path(name), O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count <= 0 { break }
            rest = rest.dropFirst(count)
        }
        close(descriptor)
        return path(name)
    }
}

/// What a folder holds.
enum FolderListing {
    static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// What a link points to; empty where it is none.
    static func target(of link: String) -> String {
        var text = [CChar](repeating: 0, count: 4096)
        let count = readlink(link, &text, text.count)
        return String(decoding: text.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// How many descriptors of this process lead to a path that begins so. Other suites open terminals at the same time.
    static func openDescriptors(beginning prefix: String) -> Int {
        names(in: "/proc/self/fd").count { target(of: "/proc/self/fd/\($0)").hasPrefix(prefix) }
    }

    /// How many descriptors of this process lead to a path.
    static func openDescriptors(of path: String) -> Int {
        names(in: "/proc/self/fd").count { target(of: "/proc/self/fd/\($0)") == path }
    }
}
