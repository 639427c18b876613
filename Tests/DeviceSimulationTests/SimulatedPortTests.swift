import DeviceProtocols
import DeviceSimulation
import Glibc
import LinuxIO
import Locking
import MonitorTesting
import Testing
import VitalsModel

/// The daemon's side in small: one port, its decoder, and what came.
final class ListeningClient: Sendable {
    struct Seen {
        var decoder: any DeviceDecoder
        var bytes = 0
        var readings: [DecodedReading] = []
        var loss: PortLoss?
    }

    let port: SerialPort
    let reader: PortReader
    let seen: Mutex<Seen>

    init(path: String, family: DeviceFamily) throws {
        port = try SerialPort.open(path: path, line: family.line)
        reader = try PortReader()
        seen = Mutex(Seen(decoder: try family.decoder(.live)))
        _ = reader.add(
            port, deliver: { [weak self] bytes, moment in self?.take(bytes, moment) ?? .more },
            lost: { [weak self] loss in self?.seen.withLock { $0.loss = loss } })
    }

    deinit {
        reader.stop()
        port.close()
    }

    var bytes: Int { seen.withLock { $0.bytes } }
    var isLost: Bool { seen.withLock { $0.loss != nil } }
    func count(_ signal: Signal) -> Int { seen.withLock { seen in seen.readings.count { $0.signal == signal } } }

    private func take(_ bytes: [UInt8], _ moment: Moment) -> PortReader.Flow {
        send(
            seen.withLock { seen in
                seen.bytes += bytes.count
                return collect(seen.decoder.receive(bytes, at: moment.boot), &seen)
            })
        return .more
    }

    /// Lets the decoder's time pass.
    func advance(to now: BootInstant) { send(seen.withLock { seen in collect(seen.decoder.advance(to: now), &seen) }) }

    private func collect(_ output: DeviceOutput, _ seen: inout Seen) -> [[UInt8]] {
        for case .reading(let reading) in output.events { seen.readings.append(reading) }
        return output.bytesToSend
    }

    private func send(_ frames: [[UInt8]]) {
        for frame in frames {
            do { try port.write(frame) } catch { if !isLost { Issue.record("\(error)") } }
        }
    }
}

@Suite("A simulated port is a port of the operating system", .serialized)
struct SimulatedPortTests {
    private func monitorPort(_ folder: TemporaryFolder, start: BootInstant, script: SimulationScript = .quiet) throws -> SimulatedPort {
        let configuration = IntelliVueMonitor.Configuration(patient: patient(script), start: start, wall: testWall, cuff: .manual)
        return try SimulatedPort(
            device: IntelliVueMonitor(configuration), line: SimulatedLine(script: script, device: "monitor", start: start),
            place: .pseudoTerminal(link: "\(folder.path)/link"), start: start)
    }

    @Test("bytes go both ways through the link, and all of them are counted")
    func throughTheLink() throws {
        let folder = try TemporaryFolder()
        let start = BootClock.now().boot
        let port = try monitorPort(folder, start: start)
        let client = try ListeningClient(path: "\(folder.path)/link", family: IntelliVue.family)
        client.advance(to: start)
        let came = try eventually {
            try port.step(to: BootClock.now().boot)
            return client.count(.heartRate) >= 2
        }
        #expect(came)
        #expect(eventually { client.bytes == port.traffic.bytesWritten && port.unreadByteCount == 0 })
        #expect(port.traffic.bytesRead > 0)
        let sent = port.withDevice(as: IntelliVueMonitor.self) { $0.sentCounts[.heartRate] ?? 0 }
        #expect(sent == client.count(.heartRate))
    }

    @Test("unplugging is seen at once; plugging in makes another port, and the link points to it")
    func replugging() throws {
        let folder = try TemporaryFolder()
        let link = "\(folder.path)/link"
        let port = try monitorPort(folder, start: BootClock.now().boot)
        let first = try ListeningClient(path: link, family: IntelliVue.family)
        let firstDevice = first.port.resolvedPath
        port.unplug()
        #expect(eventually { first.isLost })
        #expect(access(link, F_OK) != 0 && !port.isPlugged && port.path == nil)
        try port.step(to: BootClock.now().boot)
        #expect(!port.isPlugged)
        try port.plug()
        #expect(port.isPlugged && port.path == link && port.traffic.plugs == 2)
        let second = try ListeningClient(path: link, family: IntelliVue.family)
        #expect(second.port.resolvedPath != firstDevice)
        second.advance(to: BootClock.now().boot)
        #expect(
            try eventually {
                try port.step(to: BootClock.now().boot)
                return second.count(.heartRate) >= 1
            })
    }

    @Test("the script pulls the cable in simulated time and plugs it in again")
    func scriptedCable() throws {
        let folder = try TemporaryFolder()
        let script = SimulationScript(events: [ScriptEvent(.cablePulled, at: .seconds(30), for: .seconds(45))])
        let port = try SimulatedPort(
            device: NoninOximeter(patient: patient(script), start: testStart),
            line: SimulatedLine(script: script, device: "oximeter", start: testStart),
            place: .pseudoTerminal(link: "\(folder.path)/link"), start: testStart)
        let client = try ListeningClient(path: "\(folder.path)/link", family: Nonin.family)
        for second in 1...29 {
            try port.step(to: testStart + .seconds(second))
            #expect(eventually { client.bytes == port.traffic.bytesWritten })
        }
        // 75 frames of 5 bytes each second, and the very first.
        #expect(client.bytes == 29 * 375 + 5)
        try port.step(to: testStart + .seconds(31))
        #expect(eventually { client.isLost } && !port.isPlugged)
        // What was due before the pull went out before it.
        #expect(client.bytes <= 30 * 375 && port.traffic.bytesWritten == 30 * 375)
        try port.step(to: testStart + .milliseconds(74_990))
        #expect(!port.isPlugged)
        try port.step(to: testStart + .seconds(75))
        #expect(port.isPlugged && port.traffic.plugs == 2)
        #expect(port.traffic.bytesDropped > 44 * 375)
    }

    @Test("in real time the drive answers a client and goes on by itself")
    func realTime() throws {
        let folder = try TemporaryFolder()
        let start = BootClock.now().boot
        let port = try monitorPort(folder, start: start)
        let drive = RealTimeDrive(ports: [port]) { error in Issue.record("\(error)") }
        try drive.start()
        defer { drive.stop() }
        let client = try ListeningClient(path: "\(folder.path)/link", family: IntelliVue.family)
        client.advance(to: BootClock.now().boot)
        #expect(eventually { client.count(.heartRate) >= 3 })
        port.unplug()
        #expect(eventually { client.isLost })
    }

    @Test("at a Unix socket one client after the other is served")
    func unixSocket() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/socket"
        let port = try SimulatedPort(
            device: NoninOximeter(patient: patient(), start: testStart), line: SimulatedLine(start: testStart),
            place: .unixSocket(path: path), start: testStart)
        var seconds = 0
        for _ in 1...2 {
            let client = try connect(to: path)
            seconds += 1
            try port.step(to: testStart + .seconds(seconds))
            var buffer = [UInt8](repeating: 0, count: 4096)
            #expect(eventually { recv(client, &buffer, buffer.count, Int32(MSG_DONTWAIT)) >= 375 })
            #expect(buffer[0] == 0x01 && buffer[1] & 0x80 != 0)
            _ = close(client)
            seconds += 1
            try port.step(to: testStart + .seconds(seconds))
        }
        port.unplug()
        #expect(access(path, F_OK) != 0)
    }

    private func connect(to path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0)
        return descriptor
    }
}
