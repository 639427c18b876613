import Glibc

/// The lines of a plain or gzip file, as bytes: no text is made of them, and memory does not grow with the file.
public struct LineReader: Sendable, Hashable {
    /// The longest line that is given, in bytes, without its end: 1 MiB.
    public static let longestLine = 1024 * 1024

    /// The file.
    public let path: String

    /// Names a file; it is opened anew by each `forEachLine`.
    public init(path: String) { self.path = path }

    /// Calls `body` with each line in turn, without its end (`\n` or `\r\n`). A last line without an end counts; what
    /// follows the last end does not, when it is empty. The bytes are valid during the call only.
    /// - Throws: `SystemError` as `readWholeGzipFile`, `EMSGSIZE` for a line beyond `longestLine`; and what `body` throws.
    public func forEachLine(_ body: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
        let file = try GzipFile(path: path)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: LineReader.longestLine + 2, alignment: 16)
        defer { buffer.deallocate() }
        /// Bytes at the front of the buffer: the beginning of a line whose end is still to come.
        var kept = 0
        while true {
            let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[kept...]))
            let filled = UnsafeRawBufferPointer(rebasing: buffer[..<(kept + count)])
            if count == 0 {
                if !filled.isEmpty { try body(LineReader.line(filled)) }
                return
            }
            let used = try LineReader.giveWholeLines(of: filled, searchFrom: kept, body)
            kept = filled.count - used
            guard kept < buffer.count else { throw tooLong() }
            if used > 0, kept > 0, let base = buffer.baseAddress { base.copyMemory(from: base + used, byteCount: kept) }
        }
    }

    /// Gives all lines that have an end; answers how many bytes they took. There is no end before `searchFrom`.
    private static func giveWholeLines(
        of filled: UnsafeRawBufferPointer, searchFrom: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws -> Int {
        guard let base = filled.baseAddress else { return 0 }
        var start = 0
        var search = searchFrom
        while search < filled.count, let end = memchr(base + search, Int32(UInt8(ascii: "\n")), filled.count - search) {
            let next = base.distance(to: UnsafeRawPointer(end))
            try body(line(UnsafeRawBufferPointer(rebasing: filled[start..<next])))
            start = next + 1
            search = start
        }
        return start
    }

    /// The bytes of a line without a carriage return at its end.
    private static func line(_ bytes: UnsafeRawBufferPointer) -> UnsafeBufferPointer<UInt8> {
        let hasReturn = bytes.last == UInt8(ascii: "\r")
        return UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - (hasReturn ? 1 : 0))]).assumingMemoryBound(to: UInt8.self)
    }

    private func tooLong() -> SystemError {
        let cause = "a line has more than \(LineReader.longestLine) bytes"
        return SystemError("read the lines of", path: path, code: EMSGSIZE, cause: cause, remedy: "check that it is a text file")
    }
}
