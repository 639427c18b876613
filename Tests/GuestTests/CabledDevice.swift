import DeviceProtocols
import DeviceSimulation
import LinuxIO
import Locking
import MonitorTesting
import VitalsModel

/// An oximeter that always says the same, so that any other value is known to be wrong.
struct SteadyOximeter: SimulatedDevice {
    private static let packetTime: Duration = .nanoseconds(333_333_333)

    let pulseRate: Int
    let saturation: Int
    private var stream = NoninStream(.two)
    private var next: BootInstant

    /// Nothing is noted.
    var sent: SentValues { SentValues() }
    var nextDeadline: BootInstant? { next }

    init(pulseRate: Int, saturation: Int, start: BootInstant) {
        (self.pulseRate, self.saturation, next) = (pulseRate, saturation, start)
    }

    mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> [[UInt8]] { [] }

    mutating func advance(to now: BootInstant) -> [[UInt8]] {
        var packets: [[UInt8]] = []
        while next <= now {
            packets.append(stream.bytes(of: NoninStream.Packet(rate: pulseRate, saturation: saturation)))
            next = next + Self.packetTime
        }
        return packets
    }
}

/// A simulated device with what QEMU needs to hear from it: whether it is plugged in, and breaks on the line.
struct CabledDevice: SimulatedDevice {
    /// QEMU's escape byte on a multiplexed line (its manual, "Keys in the character backend multiplexer"): 01 'b' is a break,
    /// 01 01 is the byte 01.
    private static let escape: UInt8 = 0x01

    private var device: any SimulatedDevice
    private let isMultiplexed: Bool
    /// While it is not, what the device says goes nowhere; QEMU would keep it and bring it with the next plug.
    var isPlugged: Bool
    private var breaks = 0

    init(_ device: any SimulatedDevice, isPlugged: Bool, isMultiplexed: Bool) {
        (self.device, self.isPlugged, self.isMultiplexed) = (device, isPlugged, isMultiplexed)
    }

    var nextDeadline: BootInstant? { device.nextDeadline }
    var sent: SentValues { device.sent }

    mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> [[UInt8]] { pass(device.receive(bytes, at: now)) }

    mutating func advance(to now: BootInstant) -> [[UInt8]] { pass(device.advance(to: now)) }

    /// A break comes in the middle of what is said next.
    mutating func breakLine() { breaks += 1 }

    private mutating func pass(_ frames: [[UInt8]]) -> [[UInt8]] {
        guard isPlugged else { return [] }
        return isMultiplexed ? frames.map { escaped($0) } : frames
    }

    private mutating func escaped(_ frame: [UInt8]) -> [UInt8] {
        func double(_ bytes: ArraySlice<UInt8>) -> [UInt8] { bytes.flatMap { $0 == Self.escape ? [$0, $0] : [$0] } }
        guard breaks > 0, frame.count > 1 else { return double(frame[...]) }
        breaks -= 1
        let middle = frame.count / 2
        return double(frame[..<middle]) + [Self.escape, UInt8(ascii: "b")] + double(frame[middle...])
    }
}

/// The simulated devices on their cables into the guest.
final class Cables: Sendable {
    private let ports: [String: SimulatedPort]
    private let drive: RealTimeDrive

    /// Lets the devices run in real time, each at its socket in the folder.
    init(_ devices: [String: CabledDevice], in folder: TemporaryFolder, start: BootInstant) throws {
        var ports: [String: SimulatedPort] = [:]
        for (name, device) in devices {
            ports[name] = try SimulatedPort(
                device: device, line: SimulatedLine(start: start), place: .unixSocket(path: folder.path("\(name).sock")), start: start)
        }
        self.ports = ports
        drive = RealTimeDrive(ports: Array(ports.values)) { print("a simulated line failed: \($0)") }
        try drive.start()
    }

    deinit {
        drive.stop()
        for port in ports.values { port.unplug() }
    }

    /// Does something to a device.
    func with(_ name: String, _ body: @Sendable (inout CabledDevice) -> Void) throws {
        guard let port = ports[name], port.withDevice(as: CabledDevice.self, body) != nil else {
            throw GuestFailure(description: "there is no device \(name)")
        }
    }
}
