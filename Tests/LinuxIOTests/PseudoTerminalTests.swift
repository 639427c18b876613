import Glibc
import LinuxIO
import MonitorTesting
import Testing
import VitalsModel

extension PortSuite {
    @Suite struct PseudoTerminalTests {
        @Test func theMasterSeesNoHangUpWhileNobodyHasOpenedTheSlave() throws {
            let device = try PseudoTerminal.open()
            var row = pollfd(fd: device.masterDescriptor, events: Int16(POLLIN), revents: 0)
            #expect(poll(&row, 1, 0) == 0)
            let port = try SerialPort.open(path: device.slavePath, line: LineSettings(baud: 9600))
            port.close()
            #expect(poll(&row, 1, 0) == 0)
        }

        @Test func aFullCableTakesWhatFitsAndSaysHowMuch() throws {
            let device = try PseudoTerminal.open()
            let count = try device.write([UInt8](repeating: 0, count: 1 << 20))
            #expect(count > 0 && count < 1 << 20)
        }

        @Test func hangUpClosesBothEndsOnce() throws {
            let device = try PseudoTerminal.open()
            #expect(FolderListing.openDescriptors(of: device.slavePath) == 1)
            device.hangUp()
            device.hangUp()
            // Another suite may be given the number that is free now, for a moment.
            #expect(eventually { FolderListing.openDescriptors(of: device.slavePath) == 0 })
            #expect(device.masterDescriptor == -1)
            #expect(device.read(upTo: 10).isEmpty)
            let failure = #expect(throws: SystemError.self) { try device.write([1]) }
            #expect(failure?.code == EBADF)
        }

        @Test func aTerminalsSizeIsKnownAndAPipesIsTheUsual() throws {
            let device = try PseudoTerminal.open()
            var window = winsize(ws_row: 50, ws_col: 132, ws_xpixel: 0, ws_ypixel: 0)
            #expect(ioctl(device.masterDescriptor, UInt(TIOCSWINSZ), &window) == 0)
            #expect(TerminalScreen.isTerminal(device.masterDescriptor))
            #expect(TerminalScreen.size(device.masterDescriptor) == TerminalScreen.Size(columns: 132, rows: 50))
            #expect(!TerminalScreen.isTerminal(-1))
            #expect(TerminalScreen.size(-1) == .usual)
        }
    }
}
