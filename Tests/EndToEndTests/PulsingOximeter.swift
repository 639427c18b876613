import DeviceProtocols
import DeviceSimulation
import LinuxIO
import MonitorTesting
import VitalsModel

/// An oximeter on a patient whose saturation is always too low and whose pulse is too high every other second: alerts come and
/// go all the time.
struct PulsingOximeter: SimulatedDevice {
    private static let packetTime: Duration = .nanoseconds(333_333_333)
    private static let packetsPerSwing = 3

    private var stream = NoninStream(.two)
    private var next: BootInstant
    private var count = 0

    /// Nothing is noted: the tests that use it look at alerts.
    var sent: SentValues { SentValues() }

    init(start: BootInstant) { next = start }

    var nextDeadline: BootInstant? { next }

    mutating func receive(_ bytes: [UInt8], at now: BootInstant) -> [[UInt8]] { [] }

    mutating func advance(to now: BootInstant) -> [[UInt8]] {
        var packets: [[UInt8]] = []
        while next <= now {
            let isHigh = count / Self.packetsPerSwing % 2 == 0
            packets.append(stream.bytes(of: NoninStream.Packet(rate: isHigh ? 140 : 80, saturation: 84)))
            next = next + Self.packetTime
            count += 1
        }
        return packets
    }
}

/// A simulated device on a pty that runs in real time until it is let go.
final class RunningDevice: Sendable {
    let port: SimulatedPort
    private let drive: RealTimeDrive

    init(_ device: any SimulatedDevice, link: String, start: BootInstant = BootClock.now().boot) throws {
        port = try SimulatedPort(device: device, line: SimulatedLine(start: start), place: .pseudoTerminal(link: link), start: start)
        drive = RealTimeDrive(ports: [port]) { print("the simulated line failed: \($0)") }
        try drive.start()
    }

    deinit {
        drive.stop()
        port.unplug()
    }
}
