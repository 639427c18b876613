import Glibc
import Testing

@testable import LinuxIO

@Suite struct SerialPortRefusalTests {
    @Test func aPortWithoutPermissionNamesTheGroup() {
        let text = SerialPortOpening.failure("/dev/ttyUSB0", EACCES).description
        #expect(text.hasPrefix("cannot open the serial port /dev/ttyUSB0: Permission denied (EACCES); "))
        #expect(text.contains("usermod -aG dialout"))
    }

    @Test func theKernelsConsoleIsKnownByItsWholeName() {
        #expect(SystemConsole.isOn("/dev/ttyS0", active: "tty0 ttyS0\n"))
        #expect(!SystemConsole.isOn("/dev/ttyS1", active: "tty0 ttyS0\n"))
        #expect(!SystemConsole.isOn("/dev/ttyS0", active: "tty0 ttyS01\n"))
        #expect(!SystemConsole.isOn("/dev/ttyS0", active: ""))
    }

    @Test func anErrorWithoutANameKeepsItsNumber() {
        #expect(SystemError("do it", code: 4095).description == "cannot do it: error 4095 (4095)")
    }
}
