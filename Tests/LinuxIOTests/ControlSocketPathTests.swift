import Glibc
import LinuxIO
import MonitorTesting
import Testing

@Suite struct ControlSocketPathTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    @Test func aFreePathIsFine() throws { try ControlSocketPath.prepare(folder.path("new.sock")) }

    @Test func aServedSocketIsLeftAlone() throws {
        let socket = try #require(BoundSocket(folder.path("live.sock"), type: SOCK_STREAM))
        #expect(listen(socket.descriptor, 1) == 0)
        let refusal = #expect(throws: SystemError.self) { try ControlSocketPath.prepare(folder.path("live.sock")) }
        #expect(refusal?.code == EADDRINUSE)
        #expect(refusal?.description.contains("another vigild serves this socket") == true)
        #expect(exists(folder.path("live.sock")))
    }

    @Test func aSocketWithAFullQueueIsServedToo() throws {
        let socket = try #require(BoundSocket(folder.path("busy.sock"), type: SOCK_STREAM))
        #expect(listen(socket.descriptor, 0) == 0)
        for _ in 0..<3 {
            let refusal = #expect(throws: SystemError.self) { try ControlSocketPath.prepare(folder.path("busy.sock")) }
            #expect(refusal?.code == EADDRINUSE)
        }
    }

    @Test func aSocketThatNobodyServesIsRemoved() throws {
        do { _ = try #require(BoundSocket(folder.path("stale.sock"), type: SOCK_STREAM)) }
        #expect(exists(folder.path("stale.sock")))
        try ControlSocketPath.prepare(folder.path("stale.sock"))
        #expect(!exists(folder.path("stale.sock")))
    }

    @Test func filesOfOtherKindsAreNeverRemoved() throws {
        try folder.write([1], as: "file")
        #expect(symlink("nowhere", folder.path("link")) == 0)
        let datagram = try #require(BoundSocket(folder.path("datagram.sock"), type: SOCK_DGRAM))
        for name in ["file", "link", "datagram.sock"] {
            let refusal = #expect(throws: SystemError.self) { try ControlSocketPath.prepare(folder.path(name)) }
            #expect(refusal?.code == EEXIST, "\(name)")
            #expect(exists(folder.path(name)), "\(name)")
        }
        withExtendedLifetime(datagram) {}
    }

    @Test func impossiblePathsAreRefused() throws {
        let longest = folder.path(String(repeating: "x", count: 107 - folder.path("").utf8.count))
        try ControlSocketPath.prepare(longest)
        let cases = [(longest + "x", ENAMETOOLONG), ("vigil.sock", EINVAL), (folder.path("none/vigil.sock"), ENOENT)]
        for (path, code) in cases {
            let refusal = #expect(throws: SystemError.self) { try ControlSocketPath.prepare(path) }
            #expect(refusal?.code == code, "\(path)")
        }
    }

    @Test func theModeIsSet() throws {
        let socket = try #require(BoundSocket(folder.path("mode.sock"), type: SOCK_STREAM))
        try ControlSocketPath.setMode(folder.path("mode.sock"), 0o660)
        var status = stat()
        #expect(stat(folder.path("mode.sock"), &status) == 0)
        #expect(status.st_mode & 0o777 == 0o660)
        withExtendedLifetime(socket) {}
        let failure = #expect(throws: SystemError.self) { try ControlSocketPath.setMode(folder.path("none"), 0o660) }
        #expect(failure?.code == ENOENT)
    }
}
