import Glibc

/// The steps from a path to a descriptor that this process alone holds.
enum SerialPortOpening {
    private static let operation = "open the serial port"

    /// Follows all links, such as those below `/dev/serial/by-id`.
    static func resolve(_ path: String) throws(SystemError) -> String {
        guard let resolved = realpath(path, nil) else { throw failure(path, errno) }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Opens the device behind `resolvedPath`; errors name the path as it was configured.
    static func openDescriptor(_ resolvedPath: String, as path: String) throws(SystemError) -> Int32 {
        // Before open(2), since opening alone moves modem lines, and starts a watchdog where the path is one.
        var status = stat()
        guard stat(resolvedPath, &status) == 0 else { throw failure(path, errno) }
        guard status.st_mode & S_IFMT == S_IFCHR else { throw notATerminal(path) }
        guard !SystemConsole.isOn(resolvedPath) else { throw console(path) }
        let descriptor = uninterrupted { Glibc.open(resolvedPath, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC) }
        guard descriptor >= 0 else { throw failure(path, errno) }
        guard isatty(descriptor) == 1 else {
            let code = errno
            _ = close(descriptor)
            throw code == ENOTTY || code == EINVAL ? notATerminal(path) : failure(path, code)
        }
        return descriptor
    }

    /// Locks out other programs, for as long as the descriptor is open.
    static func takeForThisProcess(_ descriptor: Int32, path: String) throws(SystemError) {
        guard uninterrupted({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 else {
            throw failure(path, errno == EWOULDBLOCK ? EBUSY : errno)
        }
        // On a pseudo-terminal the mark would stay after us, as long as its maker holds the slave open; the lock has to do.
        if isPseudoTerminal(descriptor) { return }
        guard ioctl(descriptor, UInt(TIOCEXCL)) == 0 else { throw failure(path, errno) }
    }

    /// Whether the descriptor is the slave of a pseudo-terminal: major numbers 136 to 143 (Documentation/admin-guide/devices.txt
    /// of the kernel).
    static func isPseudoTerminal(_ descriptor: Int32) -> Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return false }
        return (136...143).contains((status.st_rdev >> 8) & 0xfff)
    }

    /// The error of a step that failed with an `errno` value, with what a person does about it.
    static func failure(_ path: String, _ code: Int32) -> SystemError {
        let remedy =
            switch code {
            case EACCES, EPERM:
                "add the user to group dialout (usermod -aG dialout USER) and start again; under systemd check DeviceAllow too"
            case EBUSY: "another program holds it: stop it (fuser -v \(path) names it; often ModemManager, brltty or a getty)"
            case ENOENT, ENXIO, ENODEV: "plug the adapter in, or correct the path (vigil device list shows the ports there are)"
            case EIO: "there is no device behind this port: correct the path (vigil device list shows the ports there are)"
            default: "check the port with stty -F \(path)"
            }
        return SystemError(operation, path: path, code: code, remedy: remedy)
    }

    private static func notATerminal(_ path: String) -> SystemError {
        SystemError(
            operation, path: path, code: ENOTTY, cause: "it is not a terminal device",
            remedy: "correct the path (vigil device list shows the ports there are)")
    }

    private static func console(_ path: String) -> SystemError {
        SystemError(
            operation, path: path, code: EBUSY, cause: "the kernel's console is on it, which would write into the device's line",
            remedy: "use another port, or take console= for this port off the kernel's command line and restart the machine")
    }
}
