/// A serial line.
public struct LineSettings: Sendable, Hashable {
    /// Parity of each character.
    public enum Parity: String, Sendable, Hashable { case none, even, odd }
    /// Flow control by wires; by XON/XOFF never, since frames hold those bytes.
    public enum FlowControl: String, Sendable, Hashable { case none, rtsCts }

    /// Bits per second.
    public var baud: Int
    /// 7 or 8.
    public var dataBits: Int
    /// Parity.
    public var parity: Parity
    /// 1 or 2.
    public var stopBits: Int
    /// Flow control.
    public var flowControl: FlowControl

    /// Creates a line; the default is 8N1 without flow control.
    public init(baud: Int, dataBits: Int = 8, parity: Parity = .none, stopBits: Int = 1, flowControl: FlowControl = .none) {
        self.baud = baud
        self.dataBits = dataBits
        self.parity = parity
        self.stopBits = stopBits
        self.flowControl = flowControl
    }
}
