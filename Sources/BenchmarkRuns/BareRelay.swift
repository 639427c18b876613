import Glibc

/// The yardstick of the latency benchmark: one thread that reads lines from a tty and writes each to one Unix socket, as a C
/// program would; with a database it commits each line (SQLite, WAL, synchronous FULL) before it is written.
public final class BareRelay {
    private let listener: Int32
    private let device: Int32
    private let table: BareTable?

    /// Opens the tty, which must be in raw mode, and listens on `socket`.
    public init(device path: String, socket socketPath: String, database: String?) throws {
        table = try database.map { try BareTable(path: $0) }
        device = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC)
        listener = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard device >= 0 else { throw BenchmarkFailure.system("open", path) }
        guard listener >= 0, UnixStream.withUnixAddress(socketPath, { bind(listener, $0, $1) }) == 0, listen(listener, 1) == 0 else {
            throw BenchmarkFailure.system("listen on", socketPath)
        }
    }

    deinit {
        close(listener)
        close(device)
    }

    /// Relays to the first client until it goes or the tty ends.
    public func run() throws {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { throw BenchmarkFailure.system("accept a client on", "the socket") }
        defer { close(client) }
        var watched = [pollfd(fd: device, events: Int16(POLLIN), revents: 0), pollfd(fd: client, events: Int16(POLLIN), revents: 0)]
        var line: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            guard poll(&watched, 2, -1) > 0 || errno == EINTR else { throw BenchmarkFailure.system("poll", "the tty") }
            if watched[1].revents != 0 { return }
            guard watched[0].revents != 0 else { continue }
            let count = chunk.withUnsafeMutableBytes { read(device, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            for byte in chunk[..<count] {
                line.append(byte)
                guard byte == UInt8(ascii: "\n") else { continue }
                try pass(line, to: client)
                line.removeAll(keepingCapacity: true)
            }
        }
    }

    private func pass(_ line: [UInt8], to client: Int32) throws {
        try table?.commit(line: line)
        let sent = line.withUnsafeBytes { send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard sent == line.count else { throw BenchmarkFailure.system("write to", "the socket") }
    }
}
