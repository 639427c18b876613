import Glibc
import LinuxIO
import MonitorTesting
import Testing

@Suite struct FileLockTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func aSecondHolderIsRefusedWithTheFirstOnesNumber() throws {
        let path = folder.path("store.lock")
        let lock = try FileLock.acquire(path: path)
        let refusal = #expect(throws: SystemError.self) { try FileLock.acquire(path: path) }
        #expect(refusal?.code == EWOULDBLOCK)
        #expect(refusal?.description.contains("process \(getpid()) (") == true)
        lock.release()
        lock.release()
        _ = try FileLock.acquire(path: path)
    }

    @Test func aLockOfAProcessThatDiedIsFree() throws {
        // The number of a process that was killed while it held the lock stays in the file and means nothing.
        let path = try folder.write(Array("99999999\nmore".utf8), as: "old.lock")
        let lock = try FileLock.acquire(path: path)
        #expect(try readWholeFile(path) == Array("\(getpid())\n".utf8))
        lock.release()
    }

    @Test func aHolderThatWroteNoNumberIsRefusedToo() throws {
        let path = try folder.write([], as: "foreign.lock")
        let foreign = open(path, O_RDWR)
        defer { close(foreign) }
        #expect(flock(foreign, LOCK_EX | LOCK_NB) == 0)
        let refusal = #expect(throws: SystemError.self) { try FileLock.acquire(path: path) }
        #expect(refusal?.description.contains("another process holds the lock") == true)
    }

    @Test func aMissingFolderAndALinkAreRefused() {
        #expect(symlink("store.lock", folder.path("link")) == 0)
        for (name, code) in [("none/store.lock", ENOENT), ("link", ELOOP)] {
            let failure = #expect(throws: SystemError.self) { try FileLock.acquire(path: folder.path(name)) }
            #expect(failure?.code == code, "\(name)")
        }
    }
}
