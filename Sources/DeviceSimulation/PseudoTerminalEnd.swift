import Glibc
import LinuxIO
import Locking

/// A line made of a pseudo-terminal; a link, where one is wanted, follows it like a by-id link follows a replugged adapter.
final class PseudoTerminalEnd: LineEnd {
    private let terminal: PseudoTerminal
    private let link: String?
    /// An own descriptor of the slave, for counting what was not read; nil once hung up.
    private let slave: Mutex<Int32?>

    init(terminal: PseudoTerminal, link: String?) throws(SystemError) {
        self.terminal = terminal
        self.link = link
        let path = terminal.slavePath
        let descriptor = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw SystemError("open a pseudo-terminal", path: path, code: errno, remedy: "raise the limit of open files (ulimit -n)")
        }
        slave = Mutex(descriptor)
        if let link { try PseudoTerminalEnd.point(link, to: path) }
    }

    deinit { hangUp() }

    /// The path that the other side opens: the link, or the slave itself.
    var path: String { link ?? terminal.slavePath }

    func write(_ bytes: [UInt8]) throws(SystemError) -> Int { try terminal.write(bytes) }
    func read(upTo limit: Int) -> [UInt8] { terminal.read(upTo: limit) }
    var pollDescriptors: [Int32] { [terminal.masterDescriptor] }

    var unreadByteCount: Int {
        slave.withLock { descriptor in
            var count: Int32 = 0
            guard let descriptor, ioctl(descriptor, UInt(FIONREAD), &count) == 0 else { return 0 }
            return Int(count)
        }
    }

    func hangUp() {
        slave.withLock { descriptor in
            guard let open = descriptor.take() else { return }
            _ = close(open)
            // The link goes first, as udev takes it away; a failure leaves it dangling, which an opener sees as well.
            if let link, readLink(link) == terminal.slavePath { _ = unlink(link) }
        }
        terminal.hangUp()
    }

    /// Makes or moves the link in one step, so that nobody ever sees it half made.
    private static func point(_ link: String, to target: String) throws(SystemError) {
        var information = stat()
        if lstat(link, &information) == 0, information.st_mode & S_IFMT != S_IFLNK {
            throw SystemError("make the link", path: link, code: EEXIST, remedy: "something else has that name; choose another")
        }
        let new = link + ".new"
        _ = unlink(new)
        guard symlink(target, new) == 0, rename(new, link) == 0 else {
            throw SystemError("make the link", path: link, code: errno, remedy: "check that its folder exists and can be written")
        }
    }

    private func readLink(_ path: String) -> String? {
        var target = [CChar](repeating: 0, count: 256)
        let count = readlink(path, &target, target.count)
        return count > 0 ? String(decoding: target.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}
