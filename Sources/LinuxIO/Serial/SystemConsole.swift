/// The ports that the kernel writes its own messages to; a device there would be sent them in the middle of a frame.
enum SystemConsole {
    /// Whether a console is on the device, by sysfs' list of active ones.
    static func isOn(_ resolvedPath: String) -> Bool {
        // Where the list cannot be read (a container without sysfs) there is nothing to know, and the port is not refused.
        guard let list = try? readWholeFile("/sys/class/tty/console/active") else { return false }
        return isOn(resolvedPath, active: String(decoding: list, as: UTF8.self))
    }

    /// Whether `active`, names parted by blanks such as `tty0 ttyS0`, holds the device.
    static func isOn(_ resolvedPath: String, active: String) -> Bool {
        active.split(whereSeparator: \.isWhitespace).contains { resolvedPath == "/dev/\($0)" }
    }
}
