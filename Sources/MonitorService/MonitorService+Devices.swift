import ControlProtocol
import DeviceProtocols
import LinuxIO
import Logging
import ServiceConfiguration
import VitalsModel

extension MonitorService {
    func devices() async throws -> DeviceList {
        var sources: [DeviceSource] = []
        for room in rooms {
            for runner in self.sources where room.configuration.sources.contains(where: { $0.id == runner.configuration.id }) {
                let place = await runner.place()
                sources.append(
                    DeviceSource(
                        room: room.id, source: runner.configuration.id, family: runner.family.id,
                        match: runner.configuration.match.description, state: place.status.state, reason: place.status.reason,
                        since: place.since?.wall.utcText, port: place.status.port))
            }
        }
        return DeviceList(at: clock.now().wall.utcText, ports: await ports(), sources: sources)
    }

    /// The ports that udev knows; none, with a line in the log, where it cannot be asked.
    private func ports() async -> [DevicePort] {
        do {
            return try MachinePorts.list(configuration.clinic.rooms.flatMap(\.sources))
        } catch {
            logger.warning("\(error)")
            return []
        }
    }
}

/// The serial ports of this machine as the control interface describes them.
public enum MachinePorts {
    /// All ports, each with the sources whose rules mean it.
    ///
    /// - Throws: `SystemError` where libudev finds no `/sys`.
    public static func list(_ sources: [SourceConfiguration] = []) throws -> [DevicePort] {
        try UdevSerialPorts.enumerate().map { port in describe(port, claimedBy: sources.filter { $0.match.fits(port) }.map(\.id)) }
    }

    static func describe(_ port: SerialPortDescription, claimedBy sources: [SourceID]) -> DevicePort {
        var usb: String?
        if let vendor = port.vendorID, let product = port.productID { usb = "\(vendor):\(product)" }
        let words = [port.vendorName, port.productName].compactMap { $0 }
        return DevicePort(
            device: port.devicePath, links: port.links, usb: usb, serial: port.serialNumber,
            name: words.isEmpty ? nil : words.joined(separator: " "), physicalPath: port.physicalPath, claimedBy: sources)
    }
}
