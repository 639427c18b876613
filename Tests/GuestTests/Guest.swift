import Foundation
import LinuxIO
import MonitorTesting
import Testing
import VitalsModel

/// A machine with real USB drivers, real udev and real systemd in which vigild is installed as in a clinic, booted once for all
/// tests of the suite.
final class Guest: Sendable {
    /// The machine of the running suite.
    @TaskLocal static var current: Guest?

    /// An emulated machine that nobody ends, ends by itself.
    private static let longestLife = 1500

    private let folder: TemporaryFolder
    private let qemu: ChildProcess
    private let monitor: MachineMonitor
    private let shell: LineSocket
    let cables: Cables

    /// Boots and installs; prints how long that took.
    static func boot(image: String) async throws -> Guest {
        let start = BootClock.now().boot
        let folder = try TemporaryFolder()
        let disk = try await ProgramsDisk.make(files: try Installation.files(), in: folder)
        let now = BootClock.now()
        let packed = now.boot
        let cables = try Cables(Adapters.devices(start: now), in: folder, start: packed)
        let listener = try LineSocket.listen(at: folder.path("control.sock"))
        let qemu = try ChildProcess.start(
            host: "timeout", ["\(longestLife)", "qemu-system-x86_64"] + machine(image: image, disk: disk, folder),
            output: folder.path("qemu.txt")
        )
        do {
            let shell = try await eventually("the control line") {
                if let code = qemu.exitCode() { throw GuestFailure(description: "QEMU ended with \(code): \(qemu.text)") }
                return listener.accept()
            }
            let ready = try await shell.dialogue { try $0.receive(by: BootClock.now().boot + .seconds(300)) }
            let booted = BootClock.now().boot
            let monitor = try await MachineMonitor(socket: folder.path("qmp.sock"))
            let guest = Guest(folder: folder, qemu: qemu, monitor: monitor, shell: shell, cables: cables)
            try await Installation.install(in: guest)
            print(
                "guest: programs packed in \((packed - start).text), booted in \((booted - packed).text) (\(ready)),",
                "vigild installed and started in \((BootClock.now().boot - booted).text)")
            return guest
        } catch {
            print("guest: console: \((try? String(contentsOfFile: folder.path("console.txt"), encoding: .utf8)) ?? "none")")
            try await qemu.end()
            throw error
        }
    }

    private init(folder: TemporaryFolder, qemu: ChildProcess, monitor: MachineMonitor, shell: LineSocket, cables: Cables) {
        (self.folder, self.qemu, self.monitor, self.shell, self.cables) = (folder, qemu, monitor, shell, cables)
    }

    /// Switches the machine off at the plug.
    func end() async throws { try await qemu.end() }

    // MARK: - Inside

    /// What a command in the guest gave.
    struct Output: Sendable {
        var code: Int32
        /// Both outputs.
        var text: String
    }

    /// Runs a shell command as root in the guest.
    func attempt(_ command: String, within limit: Duration = .seconds(120)) async throws -> Output {
        try await shell.dialogue { line in
            try line.send(Data(command.utf8).base64EncodedString())
            let answer = try line.receive(by: BootClock.now().boot + limit).split(separator: " ", maxSplits: 1)
            guard let code = answer.first.flatMap({ Int32($0) }), let text = Data(base64Encoded: String(answer.dropFirst().first ?? ""))
            else { throw GuestFailure(description: "the guest answered \(answer)") }
            return Output(code: code, text: String(decoding: text, as: UTF8.self))
        }
    }

    /// Runs a shell command that must succeed, and answers its output.
    @discardableResult
    func run(_ command: String, within limit: Duration = .seconds(120)) async throws -> String {
        let output = try await attempt(command, within: limit)
        guard output.code == 0 else {
            throw GuestFailure(description: "in the guest: \(command): exit code \(output.code)\n\(output.text)")
        }
        return output.text
    }

    // MARK: - Plugs

    /// Plugs a USB adapter into a port of the machine.
    func plug(_ adapter: Adapter, into port: Int) async throws {
        try cables.with(adapter.name) { $0.isPlugged = true }
        try await monitor.execute("device_add", adapter.properties(port: port))
    }

    /// Pulls a USB adapter, and waits until the guest has let it go.
    func pull(_ adapter: Adapter) async throws {
        try cables.with(adapter.name) { $0.isPlugged = false }
        try await monitor.execute("device_del", ["id": adapter.name])
        try await monitor.waitForEnd(of: adapter.name)
    }

    // MARK: - The machine

    private static func machine(image: String, disk: String, _ folder: TemporaryFolder) -> [String] {
        func socket(_ id: String, _ more: String = "") -> [String] { ["-chardev", "socket,id=\(id),path=\(folder.path(id)).sock\(more)"] }
        // Emulated, so that it runs where there is no KVM, or one for others.
        var words = [
            "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-machine", "pc", "-accel", "tcg,thread=multi",
            "-cpu", "max", "-smp", "2", "-m", "1024", "-kernel", "\(image)/vmlinuz", "-initrd", "\(image)/initrd.img",
            "-append", "console=ttyS0 quiet panic=-1 mitigations=off no_timer_check random.trust_cpu=on",
            "-drive", "file=\(image)/root.img,format=raw,if=virtio,snapshot=on",
            "-drive", "file=\(disk),format=raw,if=virtio,readonly=on",
            "-device", "virtio-rng-pci", "-qmp", "unix:\(folder.path("qmp.sock")),server=on,wait=off",
            "-serial", "file:\(folder.path("console.txt"))",
            "-device", "virtio-serial-pci", "-device", "virtserialport,chardev=control,name=vigil.control",
            // A fixed address, which is part of the by-path links.
            "-device", "qemu-xhci,id=usb,p2=15,p3=15,addr=\(Adapters.controllerAddress)",
            "-device", "isa-serial,chardev=\(Adapters.board),index=1",
        ]
        // Chardevs are made before devices, wherever they stand.
        words += socket("control") + socket(Adapters.board, ",mux=on")
        words += Adapters.all.flatMap { socket($0.name) }
        for (adapter, port) in Adapters.pluggedAtBoot {
            words += ["-device", adapter.properties(port: port).map { "\($0)=\($1)" }.joined(separator: ",")]
        }
        return words
    }
}

/// Boots the machine before the first test of the suite, and ends it after the last.
struct BootedGuest: SuiteTrait, TestScoping {
    let image: String?

    func provideScope(for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void) async throws {
        guard let image else { return try await body() }
        let start = BootClock.now().boot
        let guest = try await Guest.boot(image: image)
        do {
            try await Guest.$current.withValue(guest) { try await body() }
            try await guest.end()
        } catch {
            try await guest.end()
            throw error
        }
        print("guest: all tests took \((BootClock.now().boot - start).text)")
    }
}
