import Glibc
import Locking
import VitalsModel

/// An open serial port, for this process alone, in raw mode: every byte passes as it is, both ways.
///
/// `PortReader` reads it; any thread may write and close. The descriptor is used under a lock and never after `close`, so
/// that its number can go to another file at once.
public final class SerialPort: Sendable {
    /// The path as the configuration gave it, such as `/dev/serial/by-id/...`.
    public let path: String
    /// The device behind all links, such as `/dev/ttyUSB0`; another one after each replugging.
    public let resolvedPath: String

    private struct State {
        /// -1 once closed.
        var descriptor: Int32
        var afterClosing: (@Sendable () -> Void)?
    }

    private let state: Mutex<State>

    init(path: String, resolvedPath: String, descriptor: Int32) {
        self.path = path
        self.resolvedPath = resolvedPath
        state = Mutex(State(descriptor: descriptor, afterClosing: nil))
    }

    deinit { close() }

    /// Opens the port, takes it for this process alone, sets the line and drops what had arrived before.
    ///
    /// The port is locked by `flock` (which holds for root too) and by `TIOCEXCL`. DTR and RTS are raised where the port has
    /// them. The settings are read back, since drivers may silently set others; a pseudo-terminal has no character format.
    /// - Throws: `SystemError`; `EBUSY` where another program holds the port or the kernel's console is on it, `ENOTTY`
    ///   where it is no terminal, `EINVAL` where the line cannot be had.
    public static func open(path: String, line: LineSettings) throws(SystemError) -> SerialPort {
        let resolvedPath = try SerialPortOpening.resolve(path)
        try line.check(for: path)
        let descriptor = try SerialPortOpening.openDescriptor(resolvedPath, as: path)
        do throws(SystemError) {
            try SerialPortOpening.takeForThisProcess(descriptor, path: path)
            try line.apply(to: descriptor, path: path)
        } catch {
            _ = Glibc.close(descriptor)
            throw error
        }
        return SerialPort(path: path, resolvedPath: resolvedPath, descriptor: descriptor)
    }

    /// The device behind all links of a path, such as `/dev/ttyUSB0`.
    /// - Throws: `SystemError`; `ENOENT` while it is not plugged in.
    public static func resolve(_ path: String) throws(SystemError) -> String { try SerialPortOpening.resolve(path) }

    /// Whether the device node that was opened is still the one at its path: after replugging the same name is another node.
    public var isStillThere: Bool {
        state.withLock { state in
            var (own, present) = (stat(), stat())
            guard state.descriptor >= 0, fstat(state.descriptor, &own) == 0, stat(resolvedPath, &present) == 0 else { return false }
            return own.st_dev == present.st_dev && own.st_ino == present.st_ino
        }
    }

    /// Whether the port was closed, by this process or because the device went.
    public var isClosed: Bool { state.withLock { $0.descriptor < 0 } }

    /// Hands all bytes to the driver at once, without waiting for the line.
    /// - Throws: `SystemError`: `EBADF` when closed, `EIO` when the device is gone, `EAGAIN` when the driver has no more
    ///   room; then a first part may have been sent, and the device will refuse that frame by its checksum.
    public func write(_ bytes: [UInt8]) throws(SystemError) {
        try state.withLock { (state) throws(SystemError) in
            guard state.descriptor >= 0 else { throw failure(EBADF, sent: 0, of: bytes.count) }
            var sent = 0
            while sent < bytes.count {
                let descriptor = state.descriptor
                let count = bytes.withUnsafeBytes { all in
                    uninterrupted { Glibc.write(descriptor, all.baseAddress?.advanced(by: sent), all.count - sent) }
                }
                guard count > 0 else { throw failure(count == 0 ? EAGAIN : errno, sent: sent, of: bytes.count) }
                sent += count
            }
        }
    }

    /// How many written bytes the driver has not yet sent; 0 when closed or where the driver does not count them.
    ///
    /// `close` drops them: who has said goodbye to a device waits, by a timer of its own, until this is 0.
    public var unsentByteCount: Int {
        state.withLock { state in
            var count: Int32 = 0
            guard state.descriptor >= 0, ioctl(state.descriptor, UInt(TIOCOUTQ), &count) == 0 else { return 0 }
            return Int(count)
        }
    }

    /// Closes the port at once; a second call does nothing. Bytes that were not yet sent are dropped.
    public func close() {
        let afterClosing = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.descriptor >= 0 else { return nil }
            // With bytes left to send, the kernel would hold close(2) for up to 30 s (closing_wait of the port).
            tcflush(state.descriptor, TCIOFLUSH)
            _ = Glibc.close(state.descriptor)
            state.descriptor = -1
            return state.afterClosing.take()
        }
        afterClosing?()
    }

    private func failure(_ code: Int32, sent: Int, of total: Int) -> SystemError {
        let remedy =
            switch code {
            case EAGAIN: "the line does not take bytes: check the cable and the flow control setting (\(sent) of \(total) bytes were sent)"
            case EBADF: "the port was closed; open it again"
            default: "check the cable and that the device is on; the port is opened again once it is back"
            }
        return SystemError("write to the serial port", path: path, code: code, remedy: remedy)
    }
}

// MARK: - What the reader needs

extension SerialPort {
    /// What one attempt to read gave.
    enum ReadOutcome: Sendable, Hashable {
        case bytes(Int)
        case nothingYet
        case endOfFile
        case failed(code: Int32)
        case closed
    }

    /// The descriptor for poll(2) alone, or nil when closed. Polling a number that was closed meanwhile does no harm: the
    /// read that follows is under the lock and answers `closed`.
    var descriptorForPolling: Int32? {
        state.withLock { $0.descriptor >= 0 ? $0.descriptor : nil }
    }

    /// Reads once what there is, up to the size of `buffer`, without waiting.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> ReadOutcome {
        state.withLock { state in
            guard state.descriptor >= 0 else { return .closed }
            let descriptor = state.descriptor
            let count = uninterrupted { Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
            if count > 0 { return .bytes(count) }
            if count == 0 { return .endOfFile }
            return errno == EAGAIN ? .nothingYet : .failed(code: errno)
        }
    }

    /// Names what is called once, after the port was closed by whomever; at once where it is closed already.
    func afterClosing(_ notify: @escaping @Sendable () -> Void) {
        let closed = state.withLock { state in
            if state.descriptor >= 0 { state.afterClosing = notify }
            return state.descriptor < 0
        }
        if closed { notify() }
    }

    /// Forgets what `afterClosing` was given.
    func forgetAfterClosing() { state.withLock { $0.afterClosing = nil } }
}
