import CLinux
import Glibc

/// Who is at the other end of a Unix socket, as the kernel noted it when the connection was made.
public struct PeerIdentity: Sendable, Hashable {
    /// The process.
    public var pid: Int32
    /// The user it ran as.
    public var uid: UInt32
    /// Its main group.
    public var gid: UInt32

    /// Creates an identity.
    public init(pid: Int32, uid: UInt32, gid: UInt32) {
        self.pid = pid
        self.uid = uid
        self.gid = gid
    }
}

/// The kernel's word on who connected; what the peer says of itself is not asked.
public enum PeerCredentials {
    /// Reads who made the connection.
    /// - Throws: `SystemError`; `ENOTCONN` where the descriptor is a socket without a peer, `ENOTSOCK` where it is none.
    public static func read(_ descriptor: Int32) throws(SystemError) -> PeerIdentity {
        var identity = PeerIdentity(pid: 0, uid: 0, gid: 0)
        guard clinux_peer_credentials(descriptor, &identity.pid, &identity.uid, &identity.gid) == 0 else {
            throw SystemError("read who is connected", code: errno, remedy: "connect through the control socket")
        }
        // A socket that is no Unix socket, or has no peer, answers with nobody (unix(7)) instead of an error.
        guard identity.pid > 0 else {
            throw SystemError("read who is connected", code: ENOTCONN, remedy: "connect through the control socket")
        }
        return identity
    }

    /// The login name of a user; `uid:1000` where the user database has none.
    public static func userName(_ uid: UInt32) -> String {
        lookUp { buffer -> (Int32, String?) in
            var entry = passwd()
            var found: UnsafeMutablePointer<passwd>?
            let code = getpwuid_r(uid, &entry, &buffer, buffer.count, &found)
            return (code, found.flatMap { $0.pointee.pw_name }.map { String(cString: $0) })
        } ?? "uid:\(uid)"
    }

    /// The name of a group; `gid:1000` where the group database has none.
    public static func groupName(_ gid: UInt32) -> String {
        lookUp { buffer -> (Int32, String?) in
            var entry = group()
            var found: UnsafeMutablePointer<group>?
            let code = getgrgid_r(gid, &entry, &buffer, buffer.count, &found)
            return (code, found.flatMap { $0.pointee.gr_name }.map { String(cString: $0) })
        } ?? "gid:\(gid)"
    }

    /// The names of all groups that a login belongs to now, its main group first; only that group where the user database
    /// has no such login.
    public static func groupNames(ofUser name: String, mainGroup gid: UInt32) -> [String] {
        var count: Int32 = 64
        var groups = [gid_t](repeating: 0, count: Int(count))
        while getgrouplist(name, gid, &groups, &count) < 0 {
            // 65536 is the kernel's own limit (NGROUPS_MAX).
            guard Int(count) > groups.count, count <= 65536 else { return [groupName(gid)] }
            groups = [gid_t](repeating: 0, count: Int(count))
        }
        return groups.prefix(Int(count)).map { groupName($0) }
    }

    /// Calls a look-up with a larger and larger buffer, up to 1 MiB, for as long as it answers `ERANGE`.
    private static func lookUp(_ call: (inout [CChar]) -> (Int32, String?)) -> String? {
        var buffer = [CChar](repeating: 0, count: 1024)
        while true {
            let (code, name) = call(&buffer)
            if code != ERANGE || buffer.count >= 1 << 20 { return name }
            buffer = [CChar](repeating: 0, count: buffer.count * 4)
        }
    }
}
