import Glibc

/// A folder under `$TMPDIR`, or `/tmp`, for one run; its files are removed with it.
struct ScratchFolder: ~Copyable {
    let path: String

    init() throws(BenchmarkFailure) {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/vigil-bench-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw .system("make a folder in", parent) }
        path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        // What cannot be removed stays behind in the folder for temporary files; no figure depends on it.
        guard let listing = opendir(path) else { return }
        while let item = readdir(listing) {
            let name = withUnsafePointer(to: &item.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { unlink("\(path)/\(name)") }
        }
        closedir(listing)
        rmdir(path)
    }

    /// The path of a file in the folder.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a text file.
    func write(_ text: String, to name: String) throws(BenchmarkFailure) {
        guard let file = fopen(file(name), "w") else { throw .system("write", file(name)) }
        let written = fputs(text, file)
        guard fclose(file) == 0, written >= 0 else { throw .system("write", self.file(name)) }
    }

    /// The size of a file in bytes; 0 for one that is not there.
    func size(of name: String) -> Int {
        var status = stat()
        return stat(file(name), &status) == 0 ? Int(status.st_size) : 0
    }
}
