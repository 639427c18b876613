import Glibc
import LinuxIO

/// A file that a command reads: by name, unpacked where the name ends in `.gz`, or standard input as `-`.
struct InputFile {
    private let path: String

    /// Names a file; nothing is opened yet.
    init(_ path: String) { self.path = path }

    /// The whole file.
    ///
    /// - Throws: `SystemError`.
    func bytes() throws -> [UInt8] {
        var bytes: [UInt8] = []
        try forEachPart { bytes += $0 }
        return bytes
    }

    /// Calls `body` with one part after the other; standard input as it comes, so that a live line can be looked at.
    ///
    /// - Throws: `SystemError`, and what `body` throws.
    func forEachPart(_ body: ([UInt8]) throws -> Void) throws {
        guard path == "-" else { return try body(path.hasSuffix(".gz") ? readWholeGzipFile(path) : readWholeFile(path)) }
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count > 0 { try body(Array(buffer[..<count])) }
            if count == 0 { return }
            if count < 0, errno != EINTR { throw SystemError("read standard input", code: errno) }
        }
    }
}
