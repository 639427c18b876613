import Glibc
import LinuxIO
import Locking
import MonitorTesting
import Testing
import VitalsModel

/// Takes what a reader delivers and writes down in which order it came.
final class PortReceiver: Sendable {
    struct Record: Sendable {
        var bytes: [UInt8] = []
        var moments: [Moment] = []
        var losses: [PortLoss] = []
        /// Callbacks that came after the loss: there must be none.
        var afterLoss = 0
        var flow = PortReader.Flow.more
    }

    private let state = Mutex(Record())

    var record: Record { state.withLock { $0 } }
    var bytes: [UInt8] { record.bytes }
    var byteCount: Int { state.withLock { $0.bytes.count } }
    var losses: [PortLoss] { record.losses }

    /// What is answered from now on.
    func answer(_ flow: PortReader.Flow) { state.withLock { $0.flow = flow } }

    func receive(_ bytes: [UInt8], _ received: Moment) -> PortReader.Flow {
        state.withLock { record in
            record.bytes += bytes
            record.moments.append(received)
            if !record.losses.isEmpty { record.afterLoss += 1 }
            return record.flow
        }
    }

    func lose(_ reason: PortLoss) { state.withLock { $0.losses.append(reason) } }
}

extension PortReader {
    /// Adds a port with a receiver.
    func add(_ port: SerialPort, to receiver: PortReceiver) -> PortToken {
        add(port, deliver: { receiver.receive($0, $1) }, lost: { receiver.lose($0) })
    }
}

/// A cable with the daemon's end plugged in.
struct Cable {
    let device: PseudoTerminal
    let port: SerialPort

    init(line: LineSettings = LineSettings(baud: 115_200)) throws {
        device = try PseudoTerminal.open()
        try Cable.setLoginMode(device)
        port = try SerialPort.open(path: device.slavePath, line: line)
    }

    /// Sets the modes of a login terminal, as an earlier user of a port may have left them: each of them changes bytes.
    private static func setLoginMode(_ device: PseudoTerminal) throws {
        var settings = termios()
        try #require(tcgetattr(device.masterDescriptor, &settings) == 0)
        settings.c_iflag |= tcflag_t(ICRNL | IXON | BRKINT | ISTRIP)
        settings.c_oflag |= tcflag_t(OPOST | ONLCR)
        settings.c_lflag |= tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
        settings.c_cc.6 = 0
        try #require(tcsetattr(device.masterDescriptor, TCSANOW, &settings) == 0)
    }

    /// Sends all bytes from the device, waiting where the daemon's end is behind; false when it stays behind.
    func send(_ bytes: [UInt8]) throws -> Bool {
        var rest = bytes[...]
        return try eventuallySent(&rest)
    }

    private func eventuallySent(_ rest: inout ArraySlice<UInt8>) throws -> Bool {
        var failure: (any Error)?
        let sent = eventually {
            do {
                rest = rest.dropFirst(try device.write(Array(rest.prefix(4096))))
            } catch {
                failure = error
            }
            return rest.isEmpty || failure != nil
        }
        if let failure { throw failure }
        return sent
    }
}
