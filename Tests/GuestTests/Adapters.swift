import DeviceSimulation
import LinuxIO
import VitalsModel

/// A USB-serial adapter: QEMU's is an FTDI one, 0403:6001.
struct Adapter: Sendable, Hashable {
    /// The name of its cable and of its device.
    let name: String
    /// What it says of itself; empty for a cheap one that has no serial number.
    let serial: String

    /// How QEMU makes it, in a port of the machine.
    func properties(port: Int) -> [String: String] {
        ["driver": "usb-serial", "id": name, "chardev": name, "bus": "usb.0", "port": "\(port)", "serial": serial]
    }

    /// udev's link to it that stays when it moves.
    var link: String { "/dev/serial/by-id/usb-QEMU_QEMU_USB_SERIAL_\(serial)-if00-port0" }
}

/// What there is to plug in, and the device behind each.
enum Adapters {
    static let oximeter = Adapter(name: "oximeter", serial: "OXI0001")
    static let monitor = Adapter(name: "monitor", serial: "MON0001")
    static let second = Adapter(name: "second", serial: "OXI0002")
    static let left = Adapter(name: "left", serial: "")
    static let right = Adapter(name: "right", serial: "")
    static let all = [oximeter, monitor, second, left, right]
    /// Adapters and the ports of the machine that they start in. Ports from 9 on are free.
    static let pluggedAtBoot = [(oximeter, 1), (monitor, 2), (second, 3)]
    static let leftPort = 5
    static let rightPort = 6

    /// The port on the mainboard, ttyS1.
    static let board = "board"
    /// Where the USB controller sits on the PCI bus.
    static let controllerAddress = "0x8"

    /// udev's link to whatever is plugged into a port of the machine.
    static func pathLink(port: Int) -> String { "/dev/serial/by-path/pci-0000:00:08.0-usb-0:\(port):1.0-port0" }

    /// The devices, each with values of its own.
    static func devices(start: Moment) -> [String: CabledDevice] {
        let patient = SimulatedPatient(model: PatientModel(seed: 1), script: .quiet, firstDose: .seconds(3600))
        let bedside = IntelliVueMonitor(.init(patient: patient, start: start.boot, wall: start.wall, cuff: .manual))
        func steady(_ rate: Int, _ saturation: Int, isPlugged: Bool = true, isMultiplexed: Bool = false) -> CabledDevice {
            CabledDevice(
                SteadyOximeter(pulseRate: rate, saturation: saturation, start: start.boot), isPlugged: isPlugged,
                isMultiplexed: isMultiplexed)
        }
        return [
            // Low enough to alert.
            oximeter.name: steady(84, 84),
            monitor.name: CabledDevice(bedside, isPlugged: true, isMultiplexed: false),
            second.name: steady(62, 96),
            left.name: steady(71, 97, isPlugged: false),
            right.name: steady(133, 91, isPlugged: false),
            board: steady(77, 95, isMultiplexed: true),
        ]
    }
}
