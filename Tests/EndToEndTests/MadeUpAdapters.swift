import Foundation
import Glibc
import LinuxIO
import MonitorTesting

/// USB-serial adapters that are made up by umockdev: udev's own library sees them come and go, with their serial numbers, and
/// their device nodes lead to pseudo-terminals of the test.
///
/// The daemon runs as a child of a small script in umockdev's environment; the script takes its orders from a file. A node is a
/// bind mount in a mount namespace of the script's own, which ends with it; that needs root.
final class MadeUpAdapters: Sendable {
    /// Whether umockdev and Python are installed; says so where they are not.
    static func areAvailable(for test: String = #function) -> Bool {
        let programs = ["/usr/bin/umockdev-wrapper", "/usr/bin/python3"]
        let missing = programs.filter { !FileManager.default.isExecutableFile(atPath: $0) }
        if !missing.isEmpty { print("skipped \(test): \(missing.joined(separator: ", ")) not found (apt-get install umockdev python3)") }
        if getuid() != 0 { print("skipped \(test): it mounts device nodes, which needs root") }
        return missing.isEmpty && getuid() == 0
    }

    private let folder: TemporaryFolder

    init(in folder: TemporaryFolder) throws {
        self.folder = folder
        try folder.write(Self.script, as: "adapters.py")
        try folder.write("", as: "orders")
    }

    /// Starts a program that sees these adapters alone.
    func start(_ program: String, _ arguments: [String], output: String) throws -> ChildProcess {
        try ChildProcess(
            "/usr/bin/unshare",
            ["--mount", "/usr/bin/umockdev-wrapper", "/usr/bin/python3", folder.path("adapters.py"), folder.path("orders"), program]
                + arguments,
            output: output)
    }

    /// Plugs an adapter in: `/dev/ttyUSB<number>`, leading to a pseudo-terminal.
    func add(_ number: Int, serial: String, terminal: String) throws { try order("add \(number) \(serial) \(terminal)") }

    /// Pulls it out.
    func remove(_ number: Int) throws { try order("remove \(number)") }

    private func order(_ text: String) throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.path("orders")))
        try file.seekToEnd()
        try file.write(contentsOf: Data("\(text)\n".utf8))
        try file.close()
    }

    /// The calls are those of umockdev's C library, so that no binding has to be installed.
    private static let script = """
        import ctypes, os, signal, subprocess, sys, time
        orders, command = sys.argv[1], sys.argv[2:]
        lib = ctypes.CDLL("libumockdev.so.0")
        pointer, text, texts = ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_char_p)
        lib.umockdev_testbed_new.restype = pointer
        lib.umockdev_testbed_get_root_dir.restype = text
        lib.umockdev_testbed_get_root_dir.argtypes = [pointer]
        lib.umockdev_testbed_add_devicev.restype = text
        lib.umockdev_testbed_add_devicev.argtypes = [pointer, text, text, text, texts, texts]
        lib.umockdev_testbed_uevent.argtypes = [pointer, text, text]
        lib.umockdev_testbed_remove_device.argtypes = [pointer, text]

        def array(items):
            return (ctypes.c_char_p * (len(items) + 1))(*[item.encode() for item in items], None)

        bed = lib.umockdev_testbed_new()
        dev = lib.umockdev_testbed_get_root_dir(bed).decode() + "/dev"
        os.makedirs(dev, exist_ok=True)
        os.makedirs(lib.umockdev_testbed_get_root_dir(bed).decode() + "/sys/class/tty", exist_ok=True)
        child = subprocess.Popen(command)

        def ended(number, frame):
            child.send_signal(number)

        signal.signal(signal.SIGTERM, ended)
        plain = {"PATH": os.environ["PATH"]}
        places = {}
        done = 0
        while child.poll() is None:
            lines = open(orders).read().split("\\n")[:-1]
            for line in lines[done:]:
                word = line.split()
                name = "ttyUSB" + word[1]
                node = dev + "/" + name
                if word[0] == "add":
                    hub = lib.umockdev_testbed_add_devicev(
                        bed, b"usb", ("usb" + word[1]).encode(), None, array([]), array(["DEVTYPE", "usb_device"]))
                    # The node first: udev tells of a port once it can be opened. Not a link: umockdev cannot resolve one that
                    # leads out of its own folder, and crashes.
                    open(node, "w").close()
                    subprocess.run(["mount", "--bind", word[3], node], check=True, env=plain)
                    places[word[1]] = (hub, lib.umockdev_testbed_add_devicev(
                        bed, b"tty", name.encode(), hub, array([]), array([
                            "DEVNAME", "/dev/" + name, "ID_VENDOR_ID", "0403", "ID_MODEL_ID", "6001", "ID_SERIAL_SHORT", word[2],
                            "DEVLINKS", "/dev/serial/by-id/usb-FTDI_" + word[2]])))
                else:
                    hub, port = places.pop(word[1])
                    subprocess.run(["umount", "--lazy", node], check=True, env=plain)
                    os.unlink(node)
                    lib.umockdev_testbed_uevent(bed, port, b"remove")
                    lib.umockdev_testbed_remove_device(bed, port)
                    lib.umockdev_testbed_remove_device(bed, hub)
            done = len(lines)
            time.sleep(0.01)
        for number in places:
            subprocess.run(["umount", "--lazy", dev + "/ttyUSB" + number], env=plain)
        subprocess.run(["rm", "-rf", "--one-file-system", os.path.dirname(dev)], env=plain)
        sys.exit(child.returncode)

        """
}
