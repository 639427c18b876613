import Glibc
import Testing

@testable import LinuxIO

@Suite struct UdevSerialPortsTests {
    private static func adapter(_ number: Int, serial: String?, link: String? = nil) -> SerialPortDescription {
        let properties = ["ID_VENDOR_ID": "0403", "ID_MODEL_ID": "6001", "ID_SERIAL_SHORT": serial, "DEVLINKS": link]
        return SerialPortDescription(devicePath: "/dev/ttyUSB\(number)") { properties[$0] ?? nil }
    }

    @Test func aDescriptionIsReadFromUdevsProperties() {
        let properties = [
            "ID_VENDOR_ID": "0403", "ID_MODEL_ID": "6A01", "ID_SERIAL_SHORT": "AB0XYZ", "ID_PATH": "pci-0000:00:02.0-usb-0:1:1.0",
            "ID_VENDOR": "FTDI", "ID_MODEL": "FT232", "ID_MODEL_FROM_DATABASE": "FT232 Serial (UART) IC", "ID_USB_INTERFACE_NUM": "00",
            "DEVLINKS": "/dev/serial/by-path/pci-1 /dev/serial/by-id/usb-FTDI",
        ]
        let port = SerialPortDescription(devicePath: "/dev/ttyUSB0") { properties[$0] }
        #expect(port.links == ["/dev/serial/by-id/usb-FTDI", "/dev/serial/by-path/pci-1"])
        #expect(port.vendorName == "FTDI")
        #expect(port.productName == "FT232 Serial (UART) IC")
        #expect(port.serialNumber == "AB0XYZ")
        #expect(port.physicalPath == "pci-0000:00:02.0-usb-0:1:1.0")
        #expect(port.interfaceNumber == "00")
        #expect(port.isAdapter(vendor: "0403", product: "6a01", serial: "AB0XYZ"))
        #expect(port.isAdapter(vendor: "0403", product: "6A01", serial: nil))
        #expect(!port.isAdapter(vendor: "0403", product: "6a01", serial: "ab0xyz"))
    }

    @Test func anAdapterIsFoundByItsNumbers() throws {
        let ports = [Self.adapter(3, serial: "A"), Self.adapter(1, serial: "B")]
        #expect(try UdevSerialPorts.devicePath(vendor: "0403", product: "6001", serial: "B", among: ports) == "/dev/ttyUSB1")
        #expect(try UdevSerialPorts.devicePath(vendor: "0403", product: "6001", serial: "C", among: ports) == nil)
    }

    @Test func severalFittingAdaptersAreAnErrorThatNamesThem() {
        let ports = [Self.adapter(3, serial: nil, link: "/dev/serial/by-path/a"), Self.adapter(1, serial: nil)]
        let failure = #expect(throws: SystemError.self) {
            try UdevSerialPorts.devicePath(vendor: "0403", product: "6001", serial: nil, among: ports)
        }
        #expect(failure?.code == ENOTUNIQ)
        #expect(failure?.cause == "several ports fit: /dev/ttyUSB3 (/dev/serial/by-path/a), /dev/ttyUSB1 (no link)")
    }

    @Test func thisMachinesPortsAreListedWithoutScreensAndPseudoTerminals() throws {
        let paths = try UdevSerialPorts.enumerate().map(\.devicePath)
        #expect(paths == paths.sorted())
        for path in paths { #expect(!path.hasPrefix("/dev/pts") && path != "/dev/tty" && path != "/dev/tty1" && path != "/dev/console") }
    }
}
