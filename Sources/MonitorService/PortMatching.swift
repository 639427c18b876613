import LinuxIO
import ServiceConfiguration

/// The rules of vigil.yaml against the ports of the machine.
enum PortMatching {
    /// The device that a rule means now, such as `/dev/ttyUSB0`; nil while no such adapter is plugged in.
    ///
    /// - Throws: `SystemError`: `ENOENT` where a path leads nowhere, `ENOTUNIQ` where several adapters fit.
    static func device(of match: SourceMatch) throws(SystemError) -> String? {
        switch match {
        case .path(let path): return try SerialPort.resolve(path)
        case .usb(let vendor, let product, let serial):
            guard let found = try UdevSerialPorts.devicePath(vendor: vendor, product: product, serial: serial) else { return nil }
            return try SerialPort.resolve(found)
        }
    }
}

extension SourceMatch {
    /// Whether a port is one that this rule means.
    func fits(_ port: SerialPortDescription) -> Bool {
        switch self {
        case .usb(let vendor, let product, let serial): port.isAdapter(vendor: vendor, product: product, serial: serial)
        // A link may also be one that somebody made by hand; one that leads nowhere means no port.
        case .path(let path): port.isAt(path) || (try? SerialPort.resolve(path)) == port.devicePath
        }
    }
}
