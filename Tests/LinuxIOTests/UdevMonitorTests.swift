import Glibc
import Testing

@testable import LinuxIO

/// The monitor by itself; that changes arrive is proven with made-up adapters in the end-to-end tests and in the guest.
@Suite struct UdevMonitorTests {
    @Test func itStartsAndStopsManyTimesAndLeavesNothingBehind() throws {
        let before = FolderListing.openDescriptors(beginning: "socket:")
        for _ in 0..<50 {
            let monitor = try UdevMonitor { _ in }
            monitor.stop()
            monitor.stop()
        }
        _ = try UdevMonitor { _ in }
        #expect(FolderListing.openDescriptors(beginning: "socket:") < before + 25)
    }

    @Test func aNodeThatWasReplacedIsAnotherOne() throws {
        let cable = try Cable()
        #expect(cable.port.isStillThere)
        cable.device.hangUp()
        #expect(!cable.port.isStillThere)
        cable.port.close()
        #expect(!cable.port.isStillThere)
    }

    @Test func aPortIsKnownByEachOfItsNames() {
        let links = "/dev/serial/by-id/usb-1 /dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0"
        let port = SerialPortDescription(devicePath: "/dev/ttyUSB0") { $0 == "DEVLINKS" ? links : nil }
        #expect(port.isAt("/dev/ttyUSB0") && port.isAt("/dev/serial/by-id/usb-1") && !port.isAt("/dev/ttyUSB1"))
        #expect(port.pathLink == "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0")
    }
}
