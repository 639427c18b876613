import CLinux
import Glibc
import Locking

/// A pseudo-terminal in raw mode: a serial cable made of software. The simulators hold the master; the daemon opens the slave
/// by its path like any serial port.
public final class PseudoTerminal: Sendable {
    /// The path that the other side opens, such as `/dev/pts/3`.
    public let slavePath: String

    private struct Descriptors {
        /// -1 once hung up.
        var master: Int32
        /// Kept open, never read: without any open slave the master would see a hang-up before the other side comes.
        var slave: Int32
    }

    private let descriptors: Mutex<Descriptors>

    private init(slavePath: String, master: Int32, slave: Int32) {
        self.slavePath = slavePath
        descriptors = Mutex(Descriptors(master: master, slave: slave))
    }

    deinit { hangUp() }

    /// Makes a new pseudo-terminal in raw mode.
    /// - Throws: `SystemError`, where the system has no more of them (`ENOSPC`) or no `/dev/pts`.
    public static func open() throws(SystemError) -> PseudoTerminal {
        let master = clinux_open_pty_master()
        guard master >= 0 else { throw failure("make a pseudo-terminal", path: "/dev/ptmx", errno) }
        do throws(SystemError) {
            let path = try slavePath(of: master)
            return PseudoTerminal(slavePath: path, master: master, slave: try openRawSlave(path))
        } catch {
            _ = close(master)
            throw error
        }
    }

    /// The master's descriptor, for poll(2) alone; -1 once hung up.
    public var masterDescriptor: Int32 { descriptors.withLock { $0.master } }

    /// Sends bytes down the cable, without waiting, and answers how many it took: fewer where the other side does not read
    /// and the kernel's buffer is full. What was not taken is lost, as on a real line, unless the caller sends it again.
    /// - Throws: `SystemError`; `EBADF` once hung up.
    @discardableResult
    public func write(_ bytes: [UInt8]) throws(SystemError) -> Int {
        try descriptors.withLock { (state) throws(SystemError) in
            let master = state.master
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes { all in
                    uninterrupted { Glibc.write(master, all.baseAddress?.advanced(by: sent), all.count - sent) }
                }
                if count == 0 || (count < 0 && errno == EAGAIN) { break }
                guard count > 0 else { throw PseudoTerminal.failure("write to the pseudo-terminal", path: slavePath, errno) }
                sent += count
            }
            return sent
        }
    }

    /// Takes what the other side has sent, at most `limit` bytes, without waiting; empty where there is nothing or it is
    /// hung up. Nothing else can happen: the own slave descriptor keeps the master from `EIO`.
    public func read(upTo limit: Int) -> [UInt8] {
        descriptors.withLock { state in
            guard state.master >= 0, limit > 0 else { return [] }
            let master = state.master
            return [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
                count = max(0, uninterrupted { Glibc.read(master, buffer.baseAddress, limit) })
            }
        }
    }

    /// Pulls the cable out: the other side sees a hang-up at once. A second call does nothing.
    public func hangUp() {
        descriptors.withLock { state in
            guard state.master >= 0 else { return }
            _ = close(state.slave)
            _ = close(state.master)
            state = Descriptors(master: -1, slave: -1)
        }
    }

    private static func slavePath(of master: Int32) throws(SystemError) -> String {
        var name = [CChar](repeating: 0, count: 64)
        guard clinux_pty_slave_path(master, &name, name.count) == 0 else {
            throw failure("find the slave of a pseudo-terminal", path: "/dev/ptmx", errno)
        }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func openRawSlave(_ path: String) throws(SystemError) -> Int32 {
        let slave = uninterrupted { Glibc.open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC) }
        guard slave >= 0 else { throw failure("open a pseudo-terminal", path: path, errno) }
        var settings = termios()
        guard tcgetattr(slave, &settings) == 0 else {
            defer { _ = close(slave) }
            throw failure("read the mode of a pseudo-terminal", path: path, errno)
        }
        cfmakeraw(&settings)
        guard tcsetattr(slave, TCSANOW, &settings) == 0 else {
            defer { _ = close(slave) }
            throw failure("set a pseudo-terminal to raw mode", path: path, errno)
        }
        return slave
    }

    private static func failure(_ operation: String, path: String, _ code: Int32) -> SystemError {
        let remedy =
            switch code {
            case ENOSPC: "end programs that hold many pseudo-terminals, or raise kernel.pty.max"
            case EBADF: "it was hung up; make a new one"
            case EMFILE, ENFILE: "raise the limit of open files (ulimit -n)"
            default: "check that /dev/pts is mounted (mount -t devpts)"
            }
        return SystemError(operation, path: path, code: code, remedy: remedy)
    }
}
