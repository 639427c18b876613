import Glibc

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
