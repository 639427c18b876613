/// A serial line.
public struct LineSettings: Sendable, Hashable {
    /// Parity of each character.
    public enum Parity: String, Sendable, Hashable, CaseIterable { case none, even, odd }
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
    /// Whether a byte that came with another parity is read as 0; if not, it is read as it came.
    ///
    /// False where some devices of a family are said to send without parity. It is the family's business and no part of the text form.
    public var checksParity: Bool

    /// Creates a line; the default is 8N1 without flow control.
    public init(
        baud: Int, dataBits: Int = 8, parity: Parity = .none, stopBits: Int = 1, flowControl: FlowControl = .none,
        checksParity: Bool = true
    ) {
        self.baud = baud
        self.dataBits = dataBits
        self.parity = parity
        self.stopBits = stopBits
        self.flowControl = flowControl
        self.checksParity = checksParity
    }
}

extension LineSettings: CustomStringConvertible {
    /// The line as people write it: `9600 8N1`, `19200 8E1 RTS/CTS`.
    public var description: String {
        "\(baud) \(dataBits)\(parity.letter)\(stopBits)" + (flowControl == .rtsCts ? " RTS/CTS" : "")
    }

    /// Reads a line as people write it; nil where it is none. Whether a port can do it is the port's business.
    public init?(_ text: String) {
        let parts = text.uppercased().split(separator: " ")
        guard (2...3).contains(parts.count), let baud = Int(parts[0]), (50...4_000_000).contains(baud) else { return nil }
        let format = Array(parts[1])
        guard format.count == 3, let dataBits = format[0].wholeNumberValue, (7...8).contains(dataBits),
            let parity = Parity.allCases.first(where: { $0.letter == String(format[1]) }), let stopBits = format[2].wholeNumberValue,
            (1...2).contains(stopBits), parts.count == 2 || parts[2] == "RTS/CTS"
        else { return nil }
        self.init(
            baud: baud, dataBits: dataBits, parity: parity, stopBits: stopBits, flowControl: parts.count == 3 ? .rtsCts : .none)
    }
}

extension LineSettings.Parity {
    /// As people write it between the numbers of bits.
    fileprivate var letter: String {
        switch self {
        case .none: "N"
        case .even: "E"
        case .odd: "O"
        }
    }
}
