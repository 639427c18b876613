import Glibc

/// A file that a command writes.
enum OutputFile {
    /// Writes a text; a file of that name is replaced.
    ///
    /// - Throws: `CommandFailure` 73 when the file cannot be made or written.
    static func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "we") else { throw failure(path) }
        var text = text
        let isWritten = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) == $0.count }
        let reason = errno
        // What is still in the buffer is written, or refused, only here.
        guard fclose(file) == 0 else { throw failure(path) }
        guard isWritten else { throw failure(path, reason) }
    }

    private static func failure(_ path: String, _ code: Int32 = errno) -> CommandFailure {
        CommandFailure(description: "cannot write \(path): \(String(cString: strerror(code)))", status: EX_CANTCREAT)
    }
}
