import CUdev
import Glibc

/// The serial ports of this machine, as udev knows them.
public enum UdevSerialPorts {
    private static let operation = "list the serial ports"

    /// All ports that have hardware behind them, in the order of their paths. Screens of the machine itself, pseudo-terminals
    /// and the empty places `ttyS1` and so on of a PC are left out.
    /// - Throws: `SystemError`, where libudev finds no `/sys`.
    public static func enumerate() throws(SystemError) -> [SerialPortDescription] {
        guard let udev = udev_new() else { throw failure(ENOMEM) }
        defer { udev_unref(udev) }
        guard let list = udev_enumerate_new(udev) else { throw failure(ENOMEM) }
        defer { udev_enumerate_unref(list) }
        try check(udev_enumerate_add_match_subsystem(list, "tty"))
        try check(udev_enumerate_scan_devices(list))
        var ports: [SerialPortDescription] = []
        var entry = udev_enumerate_get_list_entry(list)
        while let present = entry {
            if let port = describe(udev_list_entry_get_name(present), in: udev) { ports.append(port) }
            entry = udev_list_entry_get_next(present)
        }
        return ports.sorted { $0.devicePath < $1.devicePath }
    }

    /// The path of the one adapter with these USB numbers, or nil while it is not plugged in.
    /// - Parameters:
    ///   - vendor: four hexadecimal digits, such as `0403`.
    ///   - product: four hexadecimal digits, such as `6001`.
    ///   - serial: the adapter's serial number; nil where there is but one such adapter.
    /// - Throws: `SystemError`; `ENOTUNIQ` where several ports fit.
    public static func devicePath(vendor: String, product: String, serial: String?) throws(SystemError) -> String? {
        try devicePath(vendor: vendor, product: product, serial: serial, among: try enumerate())
    }

    static func devicePath(
        vendor: String, product: String, serial: String?, among ports: [SerialPortDescription]
    ) throws(SystemError) -> String? {
        let fitting = ports.filter { $0.isAdapter(vendor: vendor, product: product, serial: serial) }
        if fitting.count < 2 { return fitting.first?.devicePath }
        let names = fitting.map { "\($0.devicePath) (\($0.links.first ?? "no link"))" }.joined(separator: ", ")
        throw SystemError(
            "choose the adapter", path: "\(vendor):\(product)" + (serial.map { " \($0)" } ?? ""), code: ENOTUNIQ,
            cause: "several ports fit: \(names)",
            remedy: serial == nil
                ? "add its serial number to the source, or match by the path of a link" : "match by the path of a link")
    }

    /// Describes one device by its path in `/sys`; nil where it is no real port or has just gone.
    private static func describe(_ systemPath: UnsafePointer<CChar>?, in udev: OpaquePointer) -> SerialPortDescription? {
        guard let device = udev_device_new_from_syspath(udev, systemPath) else { return nil }
        defer { udev_device_unref(device) }
        return describe(device)
    }

    /// Describes a device that an enumeration or a monitor gave; nil where it is no real port.
    static func describe(_ device: OpaquePointer) -> SerialPortDescription? {
        // The parent belongs to the device and is not given back.
        guard udev_device_get_parent(device) != nil, let node = udev_device_get_devnode(device) else { return nil }
        // The 8250 driver lists places without a chip with the type 0 (PORT_UNKNOWN).
        if let type = udev_device_get_sysattr_value(device, "type"), String(cString: type) == "0" { return nil }
        return describe(device, at: node)
    }

    /// Describes a device that has gone, by what udev knew of it: there is nothing left in `/sys` to look at.
    static func describe(gone device: OpaquePointer) -> SerialPortDescription? {
        udev_device_get_devnode(device).map { describe(device, at: $0) }
    }

    private static func describe(_ device: OpaquePointer, at node: UnsafePointer<CChar>) -> SerialPortDescription {
        SerialPortDescription(devicePath: String(cString: node)) { name in
            udev_device_get_property_value(device, name).map { String(cString: $0) }
        }
    }

    /// libudev answers errors as negative `errno` values.
    private static func check(_ answer: Int32) throws(SystemError) {
        if answer < 0 { throw failure(-answer) }
    }

    private static func failure(_ code: Int32) -> SystemError {
        SystemError(
            operation, code: code, remedy: "check that /sys is mounted and that systemd-udevd runs (systemctl status systemd-udevd)")
    }
}
