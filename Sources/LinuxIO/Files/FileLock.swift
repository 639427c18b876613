import Glibc
import Locking

/// A lock that one process holds: the second daemon on the same store is refused.
///
/// The kernel frees it when the process ends in whatever way. The file stays: removing it would let two processes lock two
/// files of the same name. Keep the lock in a stored property, or call `release`: it ends with its last use.
public final class FileLock: Sendable {
    /// The lock file; it holds the number of the process that locked it last.
    public let path: String
    /// -1 once released.
    private let descriptor: Mutex<Int32>

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = Mutex(descriptor)
    }

    deinit { release() }

    /// Creates the file where it is missing and locks it, without waiting.
    /// - Throws: `SystemError`; `EWOULDBLOCK` where it is locked, with the number and name of the process that holds it.
    public static func acquire(path: String) throws(SystemError) -> FileLock {
        // A link is not followed: in a directory that others may write to, it could lead to a file worth truncating.
        let descriptor = uninterrupted { open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o640) }
        guard descriptor >= 0 else { throw failure(path, errno) }
        guard uninterrupted({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 else {
            let code = errno
            defer { _ = close(descriptor) }
            throw code == EWOULDBLOCK ? held(path, by: holder(descriptor)) : failure(path, code)
        }
        guard writeOwnNumber(descriptor) else {
            let code = errno
            _ = close(descriptor)
            throw failure(path, code)
        }
        return FileLock(path: path, descriptor: descriptor)
    }

    /// Frees the lock; a second call does nothing.
    public func release() {
        descriptor.withLock { descriptor in
            guard descriptor >= 0 else { return }
            _ = close(descriptor)
            descriptor = -1
        }
    }

    private static func writeOwnNumber(_ descriptor: Int32) -> Bool {
        let text = Array("\(getpid())\n".utf8)
        return ftruncate(descriptor, 0) == 0 && uninterrupted { pwrite(descriptor, text, text.count, 0) } == text.count
    }

    /// The process that wrote its number into the file, which between lock and write may still be the one before.
    private static func holder(_ descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = uninterrupted { pread(descriptor, &bytes, bytes.count, 0) }
        return Int32(String(decoding: bytes.prefix(max(0, count)).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }

    private static func held(_ path: String, by process: Int32?) -> SystemError {
        guard let process else {
            let remedy = "find the process with fuser -v \(path) and stop it"
            return SystemError("lock", path: path, code: EWOULDBLOCK, cause: "another process holds the lock", remedy: remedy)
        }
        // The name is only a courtesy: a process of another user may hide it, or it has just ended.
        let name = (try? readWholeFile("/proc/\(process)/comm")).map { String(decoding: $0.dropLast(), as: UTF8.self) } ?? "unknown"
        let cause = "process \(process) (\(name)) holds the lock"
        return SystemError("lock", path: path, code: EWOULDBLOCK, cause: cause, remedy: "stop that process, or use another store")
    }

    private static func failure(_ path: String, _ code: Int32) -> SystemError {
        let remedy =
            switch code {
            case ENOENT: "create its directory"
            case EACCES, EPERM, EROFS: "make its directory writable for the user who runs this"
            case ENOSPC, EDQUOT: "free space on its file system"
            case ELOOP: "remove the link: a lock is a file of its own"
            default: "check the file and its directory"
            }
        return SystemError("lock", path: path, code: code, remedy: remedy)
    }
}
