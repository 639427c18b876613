import Glibc

/// Standard output and standard error, written whole and at once.
enum StandardOutput {
    /// Nobody reads the output any more (`| head`).
    struct ReaderGone: Error {}

    /// Makes a write into a closed pipe an error of that write, instead of the end of the program without a word.
    static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

    /// Whether standard output is a terminal's.
    static let descriptor: Int32 = STDOUT_FILENO

    /// Writes lines, each with a line feed.
    ///
    /// - Throws: `ReaderGone`, or `CommandFailure` when the output cannot be written (a full disk).
    static func write(lines: [String]) throws {
        if !lines.isEmpty { try write(lines.joined(separator: "\n") + "\n") }
    }

    /// Writes a text.
    ///
    /// - Throws: as `write(lines:)`.
    static func write(_ text: String) throws {
        var text = text
        let failure = text.withUTF8 { send($0, to: STDOUT_FILENO) }
        guard let failure else { return }
        if failure == EPIPE { throw ReaderGone() }
        throw CommandFailure(description: "cannot write the output: \(String(cString: strerror(failure)))", status: EX_IOERR)
    }

    /// Writes a text to standard error. Where even that fails there is nobody left to tell.
    static func writeError(_ text: String) {
        var text = text
        _ = text.withUTF8 { send($0, to: STDERR_FILENO) }
    }

    /// Writes all bytes; the `errno` of a failure, else nil.
    private static func send(_ bytes: UnsafeBufferPointer<UInt8>, to descriptor: Int32) -> Int32? {
        var sent = 0
        while sent < bytes.count {
            guard let base = bytes.baseAddress else { return nil }
            let count = Glibc.write(descriptor, base + sent, bytes.count - sent)
            if count >= 0 { sent += count } else if errno != EINTR { return errno }
        }
        return nil
    }
}
