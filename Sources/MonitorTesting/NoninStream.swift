import DeviceProtocols

/// Makes the byte stream of an oximeter that sends format 2 or 7, from the written rules.
public struct NoninStream: Sendable {
    /// What one packet (1/3 s) says.
    public struct Packet: Sendable, Hashable {
        /// Display pulse rate per minute; nil for missing (511).
        public var rate: Int?
        /// Display saturation in percent; nil for missing (127).
        public var saturation: Int?
        /// Status bits of all its frames, beside bit 7 and the sync bit.
        public var status: NoninStatus

        /// Creates a packet.
        public init(rate: Int?, saturation: Int?, status: NoninStatus = []) {
            self.rate = rate
            self.saturation = saturation
            self.status = status
        }
    }

    /// Frames in a packet.
    public static let framesPerPacket = 25
    /// Bytes in a packet.
    public static let packetLength = 125

    private let format: NoninFormat
    private var phase = 0

    /// Creates a stream.
    public init(_ format: NoninFormat) { self.format = format }

    /// The 125 bytes of a packet. The pleth wave is a saw that passes through every byte value.
    public mutating func bytes(of packet: Packet) -> [UInt8] {
        (1...Self.framesPerPacket).flatMap { number in
            frame(status: packet.status.union(number == 1 ? [.always, .sync] : .always), value: Self.value(packet, number))
        }
    }

    /// The bytes of several packets.
    public mutating func bytes(of packets: [Packet]) -> [UInt8] { packets.flatMap { bytes(of: $0) } }

    private mutating func frame(status: NoninStatus, value: UInt8) -> [UInt8] {
        phase = (phase &* 5 &+ 7) & 0xFFFF
        let wave = UInt16(truncatingIfNeeded: phase)
        var bytes: [UInt8] =
            switch format {
            case .two: [0x01, status.rawValue, UInt8(wave >> 8), value]
            case .seven: [status.rawValue, UInt8(wave >> 8), UInt8(wave & 0xFF), value]
            }
        bytes.append(bytes.reduce(0, &+))
        return bytes
    }

    private static func value(_ packet: Packet, _ number: Int) -> UInt8 {
        let rate = packet.rate ?? 511
        let saturation = UInt8(truncatingIfNeeded: packet.saturation ?? 127)
        switch number {
        case 1, 14, 20, 22: return UInt8(truncatingIfNeeded: rate >> 7) & 0x03
        case 2, 15, 21, 23: return UInt8(truncatingIfNeeded: rate) & 0x7F
        case 3, 9, 10, 11, 16, 17: return saturation
        // A firmware revision with bit 7 set was seen in a real stream.
        case 4: return 0x94
        default: return 0
        }
    }
}
