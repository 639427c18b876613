import Glibc
import LinuxIO
import Testing

@Suite struct PeerCredentialsTests {
    @Test func theOtherEndOfASocketIsKnown() throws {
        var ends: [Int32] = [-1, -1]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        defer { for end in ends { close(end) } }
        #expect(try PeerCredentials.read(ends[0]) == PeerIdentity(pid: getpid(), uid: getuid(), gid: getgid()))
    }

    @Test func whatIsNoConnectionHasNobody() {
        let lonely = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(lonely) }
        for (descriptor, code) in [(-1, EBADF), (lonely, ENOTCONN)] {
            let failure = #expect(throws: SystemError.self) { try PeerCredentials.read(descriptor) }
            #expect(failure?.code == code)
        }
    }

    @Test func usersAndGroupsHaveNames() {
        #expect(PeerCredentials.userName(0) == "root")
        #expect(PeerCredentials.userName(4_294_960_000) == "uid:4294960000")
        #expect(PeerCredentials.groupName(0) == "root")
        #expect(PeerCredentials.groupName(4_294_960_000) == "gid:4294960000")
        #expect(PeerCredentials.groupNames(ofUser: "root", mainGroup: 0).first == "root")
        #expect(PeerCredentials.groupNames(ofUser: "no such login", mainGroup: 4_294_960_000) == ["gid:4294960000"])
    }
}
