import Glibc
import LinuxIO
import Locking
import VitalsModel

/// A line made of a real serial port, with a null-modem cable to the computer under test.
final class SerialPortEnd: LineEnd {
    private let port: SerialPort
    private let reader: PortReader
    private let inbox = ArrivedBytes()

    init(path: String, line: LineSettings) throws(SystemError) {
        port = try SerialPort.open(path: path, line: line)
        reader = try PortReader()
        let inbox = inbox
        // A lost port is noticed by the next write, whose error says it.
        _ = reader.add(port, deliver: { bytes, _ in inbox.append(bytes) ? .more : .pause }, lost: { _ in })
    }

    func write(_ bytes: [UInt8]) throws(SystemError) -> Int {
        do throws(SystemError) {
            try port.write(bytes)
        } catch  where error.code == EAGAIN {
            return 0
        }
        return bytes.count
    }

    func read(upTo limit: Int) -> [UInt8] { inbox.take(limit) }
    /// The bytes are read by another thread; the drive looks for them at least each 20 ms.
    var pollDescriptors: [Int32] { [] }
    var unreadByteCount: Int { port.unsentByteCount }

    func hangUp() {
        reader.stop()
        port.close()
    }
}

/// Bytes that wait for the simulated device; at most 64 KiB, since no client sends as much.
private final class ArrivedBytes: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    /// Answers whether there is room for more.
    func append(_ more: [UInt8]) -> Bool {
        bytes.withLock { waiting in
            waiting += more
            return waiting.count < 65_536
        }
    }

    func take(_ limit: Int) -> [UInt8] {
        bytes.withLock { waiting in
            let part = Array(waiting.prefix(limit))
            waiting.removeFirst(part.count)
            return part
        }
    }
}
