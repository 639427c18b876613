import Glibc
import LinuxIO
import MonitorTesting

/// A serial cable from a test to the daemon: a pseudo-terminal that a link leads to, as a by-id link leads to an adapter.
final class Cable: Sendable {
    private let terminal: PseudoTerminal

    init(link: String) throws {
        terminal = try PseudoTerminal.open()
        guard symlink(terminal.slavePath, link) == 0 else {
            throw SystemError("make the link", path: link, code: errno, remedy: "use a new folder")
        }
    }

    /// Pulls the plug.
    func pull() { terminal.hangUp() }

    /// Sends bytes in writes of `size`, as fast as they are read. What the daemon says is taken and thrown away, so that it
    /// never has to wait.
    func play(_ bytes: [UInt8], chunk size: Int = 4096) async throws {
        var position = 0
        var untilDrain = 0
        while position < bytes.count {
            let end = min(position + size, bytes.count)
            position += try terminal.write(Array(bytes[position..<end]))
            untilDrain -= size
            if untilDrain <= 0 {
                untilDrain = 4096
                while !terminal.read(upTo: 65_536).isEmpty {}
            }
            if position < end { await pass(.milliseconds(1)) }
        }
    }
}
