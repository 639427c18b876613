import Glibc

/// The most that is read at once where the caller names no limit: 256 MiB.
public let wholeFileLimit = 256 * 1024 * 1024

/// Reads a whole file.
/// - Throws: `SystemError`: `ENOENT` where there is none, `EACCES` where it may not be read, `EISDIR` for a directory,
///   `EFBIG` beyond `limit` bytes.
public func readWholeFile(_ path: String, limit: Int = wholeFileLimit) throws(SystemError) -> [UInt8] {
    let descriptor = try FileOpening.openForReading(path)
    defer { _ = close(descriptor) }
    return try collect(path, limit: limit) { (buffer) throws(SystemError) in
        let count = uninterrupted { read(descriptor, buffer.baseAddress, buffer.count) }
        guard count >= 0 else { throw FileOpening.failure(path, errno) }
        return count
    }
}

/// Reads a whole file and unpacks it where it is gzip; other files are read as they are.
/// - Throws: `SystemError` as `readWholeFile`; `EBADMSG` where the gzip data are damaged or broken off.
public func readWholeGzipFile(_ path: String, limit: Int = wholeFileLimit) throws(SystemError) -> [UInt8] {
    let file = try GzipFile(path: path)
    return try collect(path, limit: limit) { (buffer) throws(SystemError) in try file.read(into: buffer) }
}

/// Reads until there is no more. The buffer grows with the file, since files in /proc and pipes do not tell their size.
private func collect(
    _ path: String, limit: Int, _ readSome: (UnsafeMutableRawBufferPointer) throws(SystemError) -> Int
) throws(SystemError) -> [UInt8] {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
    defer { buffer.deallocate() }
    var bytes: [UInt8] = []
    while true {
        let count = try readSome(buffer)
        if count == 0 { return bytes }
        bytes.append(contentsOf: buffer[..<count])
        guard bytes.count <= limit else {
            let cause = "it holds more than \(limit) bytes"
            throw SystemError("read the file", path: path, code: EFBIG, cause: cause, remedy: "split it into parts")
        }
    }
}

/// The first step of all reading of files.
enum FileOpening {
    /// Opens a file for reading; a directory is refused here, where its name is at hand.
    static func openForReading(_ path: String) throws(SystemError) -> Int32 {
        let descriptor = uninterrupted { open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) }
        guard descriptor >= 0 else { throw failure(path, errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            _ = close(descriptor)
            throw failure(path, EISDIR)
        }
        return descriptor
    }

    static func failure(_ path: String, _ code: Int32) -> SystemError {
        let remedy =
            switch code {
            case ENOENT, ENOTDIR: "check the path"
            case EACCES: "give the user who runs this the right to read it"
            case EISDIR: "name a file inside it"
            case EMFILE, ENFILE: "raise the limit of open files (LimitNOFILE, ulimit -n)"
            default: "check the disk (dmesg tells of faults)"
            }
        return SystemError("read the file", path: path, code: code, remedy: remedy)
    }
}
