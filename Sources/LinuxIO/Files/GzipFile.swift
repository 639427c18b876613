import CZlib
import Glibc

/// A plain or gzip file opened for reading; zlib tells them apart by their first bytes. For one thread.
final class GzipFile {
    private let path: String
    private let file: gzFile

    init(path: String) throws(SystemError) {
        let descriptor = try FileOpening.openForReading(path)
        guard let file = gzdopen(descriptor, "rb") else {
            _ = close(descriptor)
            throw FileOpening.failure(path, ENOMEM)
        }
        // zlib's own 8 KiB would mean a system call for each; a refusal keeps the 8 KiB and does no harm.
        _ = gzbuffer(file, 128 * 1024)
        self.path = path
        self.file = file
    }

    // Closing a file that was only read loses nothing, whatever it answers.
    deinit { _ = gzclose_r(file) }

    /// Reads unpacked bytes; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        let count = gzread(file, buffer.baseAddress, UInt32(clamping: buffer.count))
        if count > 0 { return Int(count) }
        var code: Int32 = Z_OK
        let words = gzerror(file, &code).map { String(cString: $0) } ?? ""
        switch code {
        case Z_OK, Z_STREAM_END: return 0
        case Z_ERRNO: throw FileOpening.failure(path, errno)
        default:
            // Z_BUF_ERROR at the end means that the file was broken off.
            let cause = code == Z_BUF_ERROR ? "the gzip data are broken off" : "the gzip data are damaged (\(words))"
            throw SystemError("read the file", path: path, code: EBADMSG, cause: cause, remedy: "test it with gzip -t and get it again")
        }
    }
}
