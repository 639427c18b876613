import ControlProtocol
import Foundation
import LinuxIO
import MonitorTesting
import Testing
import VitalsModel

/// The image of the guest, or nil with the reason printed.
private let image: String? = {
    let folder = ProcessInfo.processInfo.environment["VIGIL_GUEST_IMAGE"]
    if folder == nil { print("skipped: VIGIL_GUEST_IMAGE names no image of the guest; `.ci/guest-image` makes one and prints its folder") }
    return folder
}()

/// Real adapters' drivers, real udev, real systemd: what no pseudo-terminal has. One guest for all.
@Suite("Guest", .serialized, .enabled(if: image != nil, "VIGIL_GUEST_IMAGE is not set"), BootedGuest(image: image))
struct GuestTests {
    private let guest: Guest
    private let record: Record
    private let events: UdevEvents

    init() throws {
        guest = try #require(Guest.current)
        record = Record(guest: guest)
        events = UdevEvents(guest: guest)
    }

    @Test("three adapters are there with their serial numbers, and their devices stream to the daemon of systemd", .timeLimit(.minutes(5)))
    func enumeration() async throws {
        for source: SourceID in ["oximeter", "monitor", "second", "board"] { try await record.waitFor(source, toBe: .streaming) }
        #expect(try await guest.attempt("systemctl is-system-running --wait").text == "running\n")
        #expect(try await guest.run("ps -C vigild -o user= ; systemctl is-active vigild") == "vigil\nactive\n")
        let devices = try await record.devices()
        for adapter in [Adapters.oximeter, Adapters.monitor, Adapters.second] {
            let port = try #require(devices.ports.first { $0.serial == adapter.serial })
            #expect(port.usb == "0403:6001" && port.links.contains(adapter.link) && port.claimedBy == [SourceID(adapter.name)], "\(port)")
            #expect(try await guest.run("udevadm info --query=property \(port.device)").contains("ID_USB_DRIVER=ftdi_sio\n"))
        }
        #expect(devices.ports.first { $0.device == "/dev/ttyS1" }?.claimedBy == ["board"])
        #expect(devices.ports.first { $0.device == "/dev/ttyS0" }?.claimedBy == [])
        for source in devices.sources {
            let isThere = ["oximeter", "monitor", "second", "board"].contains(source.source)
            #expect(source.state == (isThere ? .streaming : .absent), "\(source)")
        }
        let state = try await record.state()
        #expect(record.value(of: .spo2, in: "room-1", state) == 84)
        #expect(record.value(of: .heartRate, in: "room-2", state) != nil)
        #expect(record.value(of: .spo2, in: "room-3", state) == 96)
    }

    @Test("an adapter that moves to another socket is known by what it says of itself", .timeLimit(.minutes(5)))
    func identity() async throws {
        let oldPlace = try await guest.run("readlink -f /sys/class/tty/$(basename $(readlink -f \(Adapters.second.link)))/device")
        let before = try await record.count()
        try await guest.pull(Adapters.second)
        try await record.waitFor("second", toBe: .lost, after: before)
        try await guest.plug(Adapters.second, into: 9)
        try await record.waitFor("second", toBe: .streaming, after: before)
        let newPlace = try await guest.run("readlink -f /sys/class/tty/$(basename $(readlink -f \(Adapters.second.link)))/device")
        #expect(oldPlace.contains("/1-3/") && newPlace.contains("/1-9/"), "\(oldPlace) \(newPlace)")
        #expect(try await guest.run("readlink -f \(Adapters.second.link)") == "\(try #require(await record.place(of: "second").port))\n")
    }

    @Test("replugged during a session under another number, the source streams within 2 s and the episode goes on", .timeLimit(.minutes(5)))
    func otherNumber() async throws {
        let session = try await record.startSession(in: "room-1")
        let episode = try await eventually("the low saturation alerts") { try await record.session(session).episodes.first?.episode }
        let oldPort = try #require(try await record.place(of: "oximeter").port)
        try await holdOpen(oldPort)
        let before = try await record.count()
        try await guest.pull(Adapters.oximeter)
        try await record.waitFor("oximeter", toBe: .lost, after: before)
        let seen = try await events.all().count
        try await guest.plug(Adapters.oximeter, into: 10)
        let added = try await events.next(after: seen, "add")
        let streaming = try await record.waitFor("oximeter", toBe: .streaming, after: before)
        print("guest: replugged as \(added.port) instead of \(oldPort): streaming \((streaming - added.at).text) after udev's event")
        #expect("/dev/\(added.port)" != oldPort)
        #expect(streaming - added.at <= .seconds(2))
        try await guest.run("systemctl stop holder")

        // The alert is the same one, held while nothing came.
        try await eventually("the episode is active again") {
            try await record.session(session).episodes.first { $0.episode == episode && $0.condition == .active } == nil ? nil : ()
        }
        let timeline = try await record.timeline(of: session)
        let changes = timeline.entries.compactMap { line -> AlertChange? in
            if case .alert(let transition) = line.entry.draft.content { transition.change } else { nil }
        }
        #expect(changes.count { $0 == .raised } == 1 && !changes.contains(.closed), "\(changes)")
        #expect(timeline.session.endedAt == nil)
        let saturations = timeline.points.filter { $0.signal == .spo2 }
        #expect(saturations.allSatisfy { $0.value == 84 && $0.source == "oximeter" })
    }

    @Test("two adapters that nothing tells apart are told apart by their sockets, whatever their numbers", .timeLimit(.minutes(5)))
    func twins() async throws {
        try await guest.plug(Adapters.left, into: Adapters.leftPort)
        try await record.waitFor("left", toBe: .streaming)
        try await guest.plug(Adapters.right, into: Adapters.rightPort)
        try await record.waitFor("right", toBe: .streaming)
        let (first, second) = try await twinPorts()
        // Both out, and in again in the other order: the numbers change hands.
        let before = try await record.count()
        for twin in [Adapters.left, Adapters.right] {
            try await guest.pull(twin)
            try await record.waitFor(SourceID(twin.name), toBe: .lost, after: before)
        }
        try await guest.plug(Adapters.right, into: Adapters.rightPort)
        try await record.waitFor("right", toBe: .streaming, after: before)
        try await guest.plug(Adapters.left, into: Adapters.leftPort)
        try await record.waitFor("left", toBe: .streaming, after: before)
        #expect(try await twinPorts() == (second, first))
        for twin in [Adapters.left, Adapters.right] { try await guest.pull(twin) }
    }

    @Test("an adapter that is a modem by its class (ttyACM) is known by vendor, product and serial number", .timeLimit(.minutes(5)))
    func modemClass() async throws {
        let (vendor, product, serial) = Installation.gadget
        let device = "systemd-run --quiet --unit=gadget vigil-sim nonin --tty /dev/ttyGS0"
        // The guest plays the adapter too: ttyGS0 is the device's end, ttyACM0 the computer's.
        try await guest.run(
            """
            set -e
            modprobe -a dummy_hcd libcomposite usb_f_acm
            mountpoint -q /sys/kernel/config || mount -t configfs none /sys/kernel/config
            mkdir /sys/kernel/config/usb_gadget/oximeter && cd /sys/kernel/config/usb_gadget/oximeter
            echo 0x\(vendor) > idVendor; echo 0x\(product) > idProduct
            mkdir strings/0x409 configs/c.1 functions/acm.0
            echo \(serial) > strings/0x409/serialnumber; echo Vigil > strings/0x409/manufacturer; echo Oximeter > strings/0x409/product
            ln -s functions/acm.0 configs/c.1/
            ls /sys/class/udc > UDC
            \(device)
            """)
        try await record.waitFor("gadget", toBe: .streaming)
        #expect(try await record.place(of: "gadget").port == "/dev/ttyACM0")
        let before = try await record.count()
        try await guest.run("cd /sys/kernel/config/usb_gadget/oximeter && echo '' > UDC && systemctl stop gadget")
        try await record.waitFor("gadget", toBe: .lost, after: before)
        try await guest.run("cd /sys/kernel/config/usb_gadget/oximeter && ls /sys/class/udc > UDC && \(device)")
        try await record.waitFor("gadget", toBe: .streaming, after: before)
        try await guest.run("cd /sys/kernel/config/usb_gadget/oximeter && echo '' > UDC && systemctl stop gadget")
    }

    @Test("breaks on the line of a mainboard port cost frames, and never a wrong reading", .timeLimit(.minutes(5)))
    func breaks() async throws {
        try await record.waitFor("board", toBe: .streaming)
        let session = try await record.startSession(in: "room-board")
        let before = try await record.counters(of: "board")
        let counted = try await guest.run("cat /proc/tty/driver/serial | grep '^1:'")
        for _ in 0..<5 {
            try guest.cables.with(Adapters.board) { $0.breakLine() }
            await pass(.milliseconds(700))
        }
        let counts = try await guest.run("cat /proc/tty/driver/serial | grep '^1:'")
        #expect(!counted.contains("brk:") && counts.contains("brk:"), "the kernel saw no break: \(counts)")
        let after = try await eventually("frames go on") {
            let status = try await record.counters(of: "board")
            return status.frames > before.frames + 250 ? status : nil
        }
        #expect(after.state == .streaming)
        let points = try await record.timeline(of: session).points
        #expect(points.contains { $0.signal == .spo2 } && points.contains { $0.signal == .pulseRate })
        #expect(points.allSatisfy { $0.value == ($0.signal == .spo2 ? 95 : 77) }, "\(points.filter { $0.value != 95 && $0.value != 77 })")
        print("guest: \(after.frames - before.frames) frames over 5 breaks, refused: \(after.rejected)")
    }

    @Test("a permission that is taken away is said with its remedy; given back, the source streams again", .timeLimit(.minutes(5)))
    func permission() async throws {
        let rule = "/run/udev/rules.d/70-locked.rules"
        let before = try await record.count()
        try await guest.pull(Adapters.second)
        try await record.waitFor("second", toBe: .lost, after: before)
        try await guest.run(
            """
            install -D -m 644 /dev/stdin \(rule) << 'END'
            SUBSYSTEM=="tty", ENV{ID_SERIAL_SHORT}=="\(Adapters.second.serial)", GROUP="root", MODE="0600"
            END
            udevadm control --reload
            """)
        try await guest.plug(Adapters.second, into: 3)
        let reason = try await eventually("the daemon says why it cannot open the port") {
            let reason = try await record.place(of: "second").reason
            return reason.contains("(EACCES)") ? reason : nil
        }
        print("guest: without the permission: \(reason)")
        #expect(reason.contains("Permission denied") && reason.contains("usermod -aG dialout"))
        let seen = try await events.all().count
        try await guest.run(
            """
            rm \(rule)
            udevadm control --reload
            udevadm trigger --action=add --settle --subsystem-match=tty --property-match=ID_SERIAL_SHORT=\(Adapters.second.serial)
            """)
        #expect(try await guest.run("stat -L -c '%A %G' \(Adapters.second.link)") == "crw-rw---- dialout\n")
        let streaming = try await record.waitFor("second", toBe: .streaming, after: before)
        let added = try await events.next(after: seen, "add")
        print("guest: with the permission: streaming \((streaming - added.at).text) after udev's event")
    }

    /// A program that does not let go of a port that is gone: the adapter comes back under another number.
    private func holdOpen(_ port: String) async throws {
        // Opened by a child of the unit's shell, which as a session leader would be ended by the hang-up.
        try await guest.run("systemd-run --quiet --unit=holder bash -c '(exec 3<> \(port); exec sleep 900) & wait'")
        try await eventually("the holder has the port") {
            try await guest.attempt("ls -l /proc/[0-9]*/fd/3 2> /dev/null | grep -q ' \(port)$'").code == 0 ? () : nil
        }
    }

    /// The ports of the twins, after a look at their values.
    private func twinPorts() async throws -> (left: String, right: String) {
        let state = try await eventually("both twins have values") {
            let state = try await record.state()
            return ["room-left", "room-right"].allSatisfy { record.value(of: .spo2, in: $0, state) != nil } ? state : nil
        }
        #expect(record.value(of: .spo2, in: "room-left", state) == 97 && record.value(of: .pulseRate, in: "room-left", state) == 71)
        #expect(record.value(of: .spo2, in: "room-right", state) == 91 && record.value(of: .pulseRate, in: "room-right", state) == 133)
        let devices = try await record.devices()
        func port(of source: SourceID, _ socket: Int) throws -> String {
            let port = try #require(devices.ports.first { $0.claimedBy == [source] })
            #expect(port.serial == nil && port.links.contains(Adapters.pathLink(port: socket)), "\(port)")
            #expect(devices.sources.first { $0.source == source }?.port == port.device)
            return port.device
        }
        return (try port(of: "left", Adapters.leftPort), try port(of: "right", Adapters.rightPort))
    }
}
