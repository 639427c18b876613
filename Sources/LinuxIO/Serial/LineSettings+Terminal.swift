import CLinux
import Glibc
import VitalsModel

/// How a line is set on a terminal. Everything is set from nothing, so that no mode of an earlier user stays.
extension LineSettings {
    /// Refuses what no serial port has.
    func check(for path: String) throws(SystemError) {
        let fault: String? =
            if !(50...4_000_000).contains(baud) {
                "baud \(baud) is outside 50 to 4000000"
            } else if dataBits != 7 && dataBits != 8 {
                "\(dataBits) data bits are neither 7 nor 8"
            } else if stopBits != 1 && stopBits != 2 {
                "\(stopBits) stop bits are neither 1 nor 2"
            } else {
                nil
            }
        guard let fault else { return }
        throw SystemError("set the serial port", path: path, code: EINVAL, cause: fault, remedy: "correct the source's line options")
    }

    /// Sets the line, raises DTR and RTS, drops old input and reads all settings back.
    func apply(to descriptor: Int32, path: String) throws(SystemError) {
        func failure() -> SystemError {
            let code = errno
            let remedy = "try other line options; the driver of this port may not know these (\(description))"
            return SystemError("set the serial port", path: path, code: code, remedy: remedy)
        }
        var settings = termios()
        guard tcgetattr(descriptor, &settings) == 0 else { throw failure() }
        fill(&settings)
        guard uninterrupted({ tcsetattr(descriptor, TCSANOW, &settings) }) == 0 else { throw failure() }
        if LineSettings.standardSpeeds[baud] == nil, clinux_set_line_speed(descriptor, UInt32(baud)) != 0 { throw failure() }
        guard raiseModemLines(descriptor) else { throw failure() }
        guard tcflush(descriptor, TCIFLUSH) == 0 else { throw failure() }
        try readBack(descriptor, path: path, wanted: settings)
    }

    /// Raw mode in this line's format. CLOCAL: the modem's carrier line is not looked at, since device cables leave it open.
    private func fill(_ settings: inout termios) {
        cfmakeraw(&settings)
        // A byte with a wrong parity is read as 0 and keeps its place, so that the frame's checksum refuses it, unless the family
        // has no use for that; a break, which an unplugged cable sends without end, is ignored.
        settings.c_iflag = tcflag_t(IGNBRK) | (parity != .none && checksParity ? tcflag_t(INPCK) : 0)
        settings.c_cflag = tcflag_t(CREAD | CLOCAL | HUPCL) | formatFlags
        // VMIN 1: a read without bytes says EAGAIN, so that 0 always means the end. VTIME 0.
        settings.c_cc.6 = 1
        settings.c_cc.5 = 0
        cfsetspeed(&settings, LineSettings.standardSpeeds[baud] ?? speed_t(B9600))
    }

    private var formatFlags: tcflag_t {
        var flags = tcflag_t(dataBits == 7 ? CS7 : CS8)
        if parity != .none { flags |= tcflag_t(PARENB) }
        if parity == .odd { flags |= tcflag_t(PARODD) }
        if stopBits == 2 { flags |= tcflag_t(CSTOPB) }
        if flowControl == .rtsCts { flags |= tcflag_t(CRTSCTS) }
        return flags
    }

    /// Many devices send only while the computer's DTR is up, and some take their power from it.
    private func raiseModemLines(_ descriptor: Int32) -> Bool {
        var lines: Int32 = TIOCM_DTR | TIOCM_RTS
        if ioctl(descriptor, UInt(TIOCMBIS), &lines) == 0 { return true }
        // A pseudo-terminal, and an adapter whose driver has no modem lines.
        return errno == ENOTTY || errno == EINVAL
    }

    /// Compares what the driver has set with what it was asked for: tcsetattr(3) succeeds when any one change was made.
    private func readBack(_ descriptor: Int32, path: String, wanted: termios) throws(SystemError) {
        var actual = termios()
        var speed = UInt32(baud)
        let isRead = tcgetattr(descriptor, &actual) == 0
        // A speed that has a name is read back by it; only for others, and where the driver has another, the number is asked for.
        let isNamed = isRead && LineSettings.standardSpeeds[baud] == cfgetospeed(&actual)
        guard isRead, isNamed || clinux_get_line_speed(descriptor, &speed) == 0 else {
            throw SystemError("read back the serial port's settings", path: path, code: errno, remedy: "check the cable and the adapter")
        }
        let format = tcflag_t(CSIZE | PARENB | PARODD | CSTOPB) | tcflag_t(CRTSCTS)
        let isRaw = actual.c_iflag == wanted.c_iflag && actual.c_lflag == wanted.c_lflag && actual.c_oflag == wanted.c_oflag
        // A pseudo-terminal turns every format into 8N1 and says nothing.
        let hasFormat = SerialPortOpening.isPseudoTerminal(descriptor) || actual.c_cflag & format == wanted.c_cflag & format
        // A divider cannot hit every speed; a receiver tolerates about 3 %.
        let hasSpeed = abs(Int(speed) - baud) * 100 <= baud * 3
        guard isRaw, hasFormat, hasSpeed else {
            let fault = "the driver did not take \(description)" + (hasSpeed ? "" : " and runs at \(speed) bit/s")
            let remedy = "use another adapter, or set device and source to a line that both can do"
            throw SystemError("set the serial port", path: path, code: EINVAL, cause: fault, remedy: remedy)
        }
    }

    /// The speeds that have a number of their own in every driver; others go by `clinux_set_line_speed`.
    private static let standardSpeeds: [Int: speed_t] = [
        50: speed_t(B50), 75: speed_t(B75), 110: speed_t(B110), 134: speed_t(B134), 150: speed_t(B150), 200: speed_t(B200),
        300: speed_t(B300), 600: speed_t(B600), 1200: speed_t(B1200), 1800: speed_t(B1800), 2400: speed_t(B2400),
        4800: speed_t(B4800), 9600: speed_t(B9600), 19200: speed_t(B19200), 38400: speed_t(B38400), 57600: speed_t(B57600),
        115_200: speed_t(B115200), 230_400: speed_t(B230400), 460_800: speed_t(B460800), 500_000: speed_t(B500000),
        576_000: speed_t(B576000), 921_600: speed_t(B921600), 1_000_000: speed_t(B1000000), 1_152_000: speed_t(B1152000),
        1_500_000: speed_t(B1500000), 2_000_000: speed_t(B2000000), 2_500_000: speed_t(B2500000), 3_000_000: speed_t(B3000000),
        3_500_000: speed_t(B3500000), 4_000_000: speed_t(B4000000),
    ]
}
