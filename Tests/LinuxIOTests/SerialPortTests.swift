import Glibc
import LinuxIO
import MonitorTesting
import Testing
import VitalsModel

extension PortSuite {
    @Suite struct SerialPortTests {
        /// Each byte value, among them those that a terminal would swallow or change: 0x00 (break), 0x03 (interrupt), 0x0D
        /// and 0x0A (line ends), 0x11 and 0x13 (XON, XOFF), 0x7F (rub-out), 0xFF (the mark of PARMRK).
        private static let allValues = (0...255).map { UInt8($0) }

        @Test func allByteValuesReachTheDeviceUnchanged() throws {
            let cable = try Cable()
            try cable.port.write(SerialPortTests.allValues)
            var arrived: [UInt8] = []
            #expect(
                eventually {
                    arrived += cable.device.read(upTo: 1000)
                    return arrived.count >= 256
                })
            #expect(arrived == SerialPortTests.allValues)
        }

        @Test func allByteValuesReachThePortUnchanged() throws {
            let cable = try Cable(line: LineSettings(baud: 9600, dataBits: 7, parity: .even, stopBits: 2))
            let reader = try PortReader()
            let receiver = PortReceiver()
            _ = reader.add(cable.port, to: receiver)
            #expect(try cable.send(SerialPortTests.allValues))
            #expect(eventually { receiver.byteCount >= 256 })
            #expect(receiver.bytes == SerialPortTests.allValues)
            #expect(cable.device.read(upTo: 1000).isEmpty, "the port must not echo")
        }

        @Test(
            "wrong parity becomes 0 only where the line has parity and its family wants it checked",
            arguments: [
                (LineSettings(baud: 19200, parity: .odd), true), (LineSettings(baud: 19200, parity: .odd, checksParity: false), false),
                (LineSettings(baud: 19200), false),
            ])
        func parityCheck(line: LineSettings, isChecked: Bool) throws {
            let cable = try Cable(line: line)
            var settings = termios()
            try #require(tcgetattr(cable.device.masterDescriptor, &settings) == 0)
            #expect((settings.c_iflag & tcflag_t(INPCK) != 0) == isChecked)
            #expect(settings.c_iflag & tcflag_t(IGNPAR | PARMRK) == 0, "no byte may be left out or marked")
        }

        @Test func aSecondOpenIsRefusedUntilTheFirstIsClosed() throws {
            let cable = try Cable()
            let refusal = #expect(throws: SystemError.self) {
                try SerialPort.open(path: cable.device.slavePath, line: LineSettings(baud: 9600))
            }
            #expect(refusal?.code == EBUSY)
            #expect(refusal?.description.contains("fuser -v \(cable.device.slavePath)") == true)
            cable.port.close()
            _ = try SerialPort.open(path: cable.device.slavePath, line: LineSettings(baud: 9600))
        }

        @Test func linksAreFollowedAndBothPathsKept() throws {
            let device = try PseudoTerminal.open()
            let folder = try TemporaryFolder()
            #expect(symlink(device.slavePath, folder.path("by-id")) == 0)
            let port = try SerialPort.open(path: folder.path("by-id"), line: LineSettings(baud: 9600))
            #expect(port.path == folder.path("by-id"))
            #expect(port.resolvedPath == device.slavePath)
        }

        @Test func whatArrivedBeforeTheOpeningIsDropped() throws {
            let device = try PseudoTerminal.open()
            try device.write([1, 2, 3])
            let port = try SerialPort.open(path: device.slavePath, line: LineSettings(baud: 9600))
            let reader = try PortReader()
            let receiver = PortReceiver()
            _ = reader.add(port, to: receiver)
            try device.write([4])
            #expect(eventually { receiver.byteCount > 0 })
            #expect(receiver.bytes == [4])
        }

        @Test(arguments: [300, 9600, 115_200, 250_000, 31_250])
        func standardAndOtherSpeedsAreTaken(baud: Int) throws {
            _ = try Cable(line: LineSettings(baud: baud))
        }

        @Test(arguments: [
            LineSettings(baud: 0), LineSettings(baud: -9600), LineSettings(baud: Int.max), LineSettings(baud: 9600, dataBits: 5),
            LineSettings(baud: 9600, stopBits: 3),
        ])
        func impossibleLinesAreRefused(line: LineSettings) throws {
            let device = try PseudoTerminal.open()
            let refusal = #expect(throws: SystemError.self) { try SerialPort.open(path: device.slavePath, line: line) }
            #expect(refusal?.code == EINVAL)
        }

        @Test func aMissingPortAnOrdinaryFileAndAnotherDeviceAreToldApart() throws {
            let folder = try TemporaryFolder()
            let file = try folder.write([], as: "file")
            let line = LineSettings(baud: 9600)
            let missing = #expect(throws: SystemError.self) { try SerialPort.open(path: folder.path("none"), line: line) }
            #expect(missing?.code == ENOENT)
            #expect(missing?.description.contains("vigil device list") == true)
            let ordinary = #expect(throws: SystemError.self) { try SerialPort.open(path: file, line: line) }
            #expect(ordinary?.code == ENOTTY)
            let other = #expect(throws: SystemError.self) { try SerialPort.open(path: "/dev/null", line: line) }
            #expect(other?.code == ENOTTY)
        }

        @Test func aRefusedOpeningLeavesNoDescriptor() throws {
            let cable = try Cable()
            let before = FolderListing.openDescriptors(of: cable.device.slavePath)
            #expect(throws: SystemError.self) { try SerialPort.open(path: cable.device.slavePath, line: LineSettings(baud: 9600)) }
            #expect(FolderListing.openDescriptors(of: cable.device.slavePath) == before)
        }

        @Test func writingToAClosedOrDeadPortFails() throws {
            let cable = try Cable()
            cable.device.hangUp()
            let dead = #expect(throws: SystemError.self) { try cable.port.write([1]) }
            #expect(dead?.code == EIO)
            cable.port.close()
            cable.port.close()
            #expect(cable.port.isClosed)
            let closed = #expect(throws: SystemError.self) { try cable.port.write([1]) }
            #expect(closed?.code == EBADF)
        }

        @Test func aLineThatTakesNoBytesFailsInsteadOfWaiting() throws {
            let cable = try Cable()
            let failure = #expect(throws: SystemError.self) { try cable.port.write([UInt8](repeating: 7, count: 4 << 20)) }
            #expect(failure?.code == EAGAIN)
        }
    }
}
