/// Why a port is no longer read. Except for `closedHere` and `readerStopped`, the device or its adapter went.
public enum PortLoss: Sendable, Hashable, CustomStringConvertible {
    /// A read gave 0 bytes: a terminal says so after it was unplugged.
    case endOfFile
    /// poll(2) reported a hang-up or an error, and there was nothing left to read.
    case hangUp
    /// A read failed with this `errno` value, mostly `EIO`.
    case readFailed(code: Int32)
    /// poll(2) itself failed with this `errno` value; all ports of the reader are lost at once.
    case pollFailed(code: Int32)
    /// This process closed the port while it was being read.
    case closedHere
    /// The port was added after the reader had been stopped.
    case readerStopped

    /// The reason in words, for a log line or an entry.
    public var description: String {
        switch self {
        case .endOfFile: "the device was unplugged"
        case .hangUp: "the line was hung up"
        case .readFailed(let code): "reading failed: \(SystemError.words(for: code)) (\(SystemError.name(of: code)))"
        case .pollFailed(let code): "waiting for bytes failed: \(SystemError.words(for: code)) (\(SystemError.name(of: code)))"
        case .closedHere: "the port was closed here"
        case .readerStopped: "the reader had been stopped"
        }
    }
}
