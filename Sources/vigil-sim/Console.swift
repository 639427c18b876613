import Glibc

/// The program's own words, written whole and at once.
enum Console {
    /// Writes to standard output.
    static func write(_ text: String) { send(text, to: STDOUT_FILENO) }

    /// Writes to standard error.
    static func writeError(_ text: String) { send(text, to: STDERR_FILENO) }

    /// Where the other side has gone there is nobody left to tell; the simulation goes on.
    private static func send(_ text: String, to descriptor: Int32) {
        var text = text
        _ = text.withUTF8 { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
}
