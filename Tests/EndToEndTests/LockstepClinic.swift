import ControlClient
import ControlProtocol
import DeviceSimulation
import LinuxIO
import Logging
import MonitorService
import MonitorTesting
import ServiceConfiguration
import SessionFlow
import Locking
import VitalsModel

/// The service in this process, on patient time that a test moves: a monitor and an oximeter on ptys in one room. After every
/// step everything has come to rest, so that nothing depends on how fast the machine is.
final class LockstepClinic: Sendable {
    static let room: RoomID = "room-1"
    /// The oximeter is stepped half a second after the monitor: two devices never speak in the same nanosecond.
    private static let lag: Duration = .milliseconds(500)
    /// How long nothing may move before bytes on a line count as lost with a pulled plug.
    private static let patience: Duration = .milliseconds(200)

    let folder: TemporaryFolder
    let configuration: MonitorService.Configuration
    let monitor: SimulatedPort
    let oximeter: SimulatedPort
    private let start: Moment
    private let clock: LockstepClock
    private let service: MonitorService
    private let running: Task<Void, any Error>
    /// Bytes of each line, each way, that went with a pulled plug.
    private let lost = Mutex<[SourceID: [Int]]>([:])

    /// Prepares the room and starts the service.
    init(patient: SimulatedPatient, plan: SessionPlan) async throws {
        folder = try TemporaryFolder()
        start = BootClock.now()
        let device = IntelliVueMonitor(
            .init(patient: patient, start: start.boot, wall: start.wall, cuff: .intravenous(firstDose: patient.firstDose)))
        monitor = try Self.port(device, "monitor", patient, folder, start)
        oximeter = try Self.port(NoninOximeter(patient: patient, start: start.boot), "oximeter", patient, folder, start)
        clock = LockstepClock(bootID: "lockstep", speed: 100, start: start)
        let room = RoomConfiguration(
            id: Self.room,
            sources: [
                SourceConfiguration(id: "monitor", family: "intellivue", match: .path(folder.path("monitor"))),
                SourceConfiguration(id: "oximeter", family: "nonin", match: .path(folder.path("oximeter"))),
            ])
        configuration = MonitorService.Configuration(
            clinic: ClinicConfiguration(storePath: folder.path("vigil.db"), socketPath: folder.path("vigil.sock"), rooms: [room]),
            plans: [plan.id: plan], readPlan: InstallationFiles.stored)
        var logger = Logger(label: "lockstep")
        logger.logLevel = .critical
        let service = try MonitorService(configuration, clock: clock, logger: logger)
        self.service = service
        running = Task { try await service.run() }
        try await until("the service answers") { try await Self.answers(folder.path("vigil.sock")) }
    }

    private static func port(
        _ device: any SimulatedDevice, _ name: String, _ patient: SimulatedPatient, _ folder: TemporaryFolder, _ start: Moment
    ) throws -> SimulatedPort {
        try SimulatedPort(
            device: device, line: SimulatedLine(script: patient.script, device: name, start: start.boot),
            place: .pseudoTerminal(link: folder.path(name)), start: start.boot)
    }

    private static func answers(_ socket: String) async throws -> Bool {
        do {
            return try await ControlClient.connected(to: socket) { try await $0.health() }.version.isEmpty == false
        } catch is ControlClientError {
            return false
        }
    }

    /// Patient time goes on to `elapsed` since the start.
    func move(to elapsed: Duration) async throws {
        try await step(monitor, of: "monitor", to: start.boot + elapsed)
        try await step(oximeter, of: "oximeter", to: start.boot + elapsed + Self.lag)
    }

    private func step(_ port: SimulatedPort, of source: SourceID, to instant: BootInstant) async throws {
        clock.advance(to: instant)
        await service.drain()
        var quietSince = BootClock.now().boot
        var before: [Int] = []
        while true {
            try port.step(to: instant)
            // At rest is what nothing has moved in while the pipeline drained.
            let asked = outstanding(port, of: source)
            await service.drain()
            let now = outstanding(port, of: source)
            // A pulled plug must have been noticed before time goes on.
            let isNoticed = port.isPlugged || !service.hasPort(source)
            if isNoticed, now == asked, now == lost.withLock({ $0[source] ?? [0, 0] }) { return }
            if now != before { (quietSince, before) = (BootClock.now().boot, now) }
            if isNoticed, port.traffic.plugs > 1 || !port.isPlugged, BootClock.now().boot - quietSince > Self.patience {
                return lost.withLock { $0[source] = now }
            }
            guard BootClock.now().boot - quietSince < .seconds(10) else {
                throw DeadlineMissed(description: "\(source) at \(instant): \(now) bytes do not arrive")
            }
            await Task.yield()
        }
    }

    /// Bytes of a line that the other side has not got, to the service and to the device.
    private func outstanding(_ port: SimulatedPort, of source: SourceID) -> [Int] {
        let traffic = port.traffic
        return [traffic.bytesWritten - service.bytesTaken(by: source), service.bytesSent(by: source) - traffic.bytesRead]
    }

    /// What people do, by the routes that they use; everything is at rest afterwards.
    func act<Answer>(_ body: (ControlClient) async throws -> Answer) async throws -> Answer {
        let answer = try await ControlClient.connected(to: folder.path("vigil.sock"), timing: .patient, body)
        await service.drain()
        return answer
    }

    /// Ends the service, which leaves the database closed.
    func stop() async throws {
        running.cancel()
        do {
            try await running.value
        } catch is CancellationError {
            // That is how it ends.
        }
        monitor.unplug()
        oximeter.unplug()
    }
}
