import ControlClient
import ControlProtocol
import DeviceSimulation
import LinuxIO
import Logging
import MonitorService
import ServiceLifecycle
import ServiceConfiguration
import SessionFlow
import Locking
import VitalsModel

#if canImport(Glibc)
    import Glibc
#endif

/// The whole chain in one process: simulated patients and monitors on ptys, the daemon, a nurse, and a tail; no root, no
/// hardware, no configuration. Patient time runs in lock-step with the simulators, so that the same seed shows the same session.
public struct Demonstration: Sendable {
    /// What is shown.
    public struct Options: Sendable {
        /// How fast patient time runs, from 1; a slow machine takes longer.
        public var speed: Double
        /// The plan.
        public var plan: SessionPlan
        /// How many rooms, from 1 to 8.
        public var rooms: Int
        /// Where the database is kept; made if it is missing.
        public var directory: String
        /// The simulated patients' seed.
        public var seed: UInt64

        /// Creates options.
        public init(speed: Double, plan: SessionPlan, rooms: Int, directory: String, seed: UInt64 = 1) {
            self.speed = speed
            self.plan = plan
            self.rooms = rooms
            self.directory = directory
            self.seed = seed
        }
    }

    /// What happened.
    public struct Outcome: Sendable {
        /// The sessions that were recorded.
        public var sessions: [SessionID]
        /// The database.
        public var databasePath: String
        /// Readings that are stored.
        public var readings: Int
        /// Entries that are stored.
        public var entries: Int
        /// Alerts that were raised, by priority.
        public var raised: [AlertPriority: Int]
        /// How much patient time was shown.
        public var patientTime: Duration
        /// How long it took.
        public var took: Duration
    }

    private let options: Options
    private let timeline = SessionTimeline.demonstration

    /// Creates a demonstration.
    public init(_ options: Options) { self.options = options }

    /// The control socket, while it runs.
    public var socketPath: String { "\(options.directory)/vigil.sock" }
    /// The database.
    public var databasePath: String { "\(options.directory)/vigil.db" }

    private var roomIDs: [RoomID] { (1...options.rooms).map { RoomID("room-\($0)") } }
    private func link(_ room: RoomID) -> String { "\(options.directory)/\(room)-monitor" }

    /// Runs to the end of the session.
    ///
    /// - Parameters:
    ///   - logger: The daemon's log.
    ///   - show: Takes what a follower of the daemon is told, in order.
    public func run(logger: Logger, show: @escaping @Sendable (FollowerItem) async -> Void) async throws -> Outcome {
        let began = BootClock.now()
        let clock = LockstepClock(bootID: "demo-\(began.wall.nanoseconds)", speed: options.speed, start: began)
        let rooms = try roomIDs.enumerated().map { index, room in try simulatedRoom(room, seed: options.seed + UInt64(index), start: began)
        }
        let ready = Gate()
        let service = try MonitorService(configuration(), clock: clock, logger: logger) { ready.open() }
        let daemon = ServiceGroup(services: [service], logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // Also when it fails: who waits for it must not wait for ever.
                defer { ready.open() }
                try await daemon.run()
            }
            try await ready.waitUntilOpen()
            let outcome = try await ControlClient.connected(to: socketPath) { client in
                let last = LastEntry()
                let follower = Task {
                    for try await item in client.follow() {
                        await show(item)
                        if last.isReached(by: item) { break }
                    }
                }
                let conductor = Conductor(
                    clock: clock, service: service, rooms: rooms, start: began, speed: options.speed, nurse: Nurse(client: client))
                let sessions = try await conductor.play(timeline, plan: options.plan)
                // The last words of the session are shown before the daemon goes.
                last.set(try await client.state().token)
                try await follower.value
                return try await summary(sessions, client: client, began: began)
            }
            await daemon.triggerGracefulShutdown()
            try await group.waitForAll()
            return outcome
        }
    }

    private func simulatedRoom(_ room: RoomID, seed: UInt64, start: Moment) throws -> SimulatedRoom {
        let patient = SimulatedPatient.demonstration(seed: seed)
        let monitor = IntelliVueMonitor(
            IntelliVueMonitor.Configuration(
                patient: patient, start: start.boot, wall: start.wall, cuff: .intravenous(firstDose: patient.firstDose)))
        let line = SimulatedLine(script: patient.script, device: "monitor", start: start.boot, seed: seed)
        let port = try SimulatedPort(device: monitor, line: line, place: .pseudoTerminal(link: link(room)), start: start.boot)
        return SimulatedRoom(room: room, source: SourceID("\(room)-monitor"), port: port)
    }

    private func configuration() -> MonitorService.Configuration {
        let rooms = roomIDs.map { room in
            RoomConfiguration(
                id: room,
                sources: [SourceConfiguration(id: SourceID("\(room)-monitor"), family: "intellivue", match: .path(link(room)))])
        }
        let clinic = ClinicConfiguration(storePath: databasePath, socketPath: socketPath, rooms: rooms)
        return MonitorService.Configuration(clinic: clinic, plans: [options.plan.id: options.plan], readPlan: InstallationFiles.stored)
    }

    private func summary(_ sessions: [SessionID], client: ControlClient, began: Moment) async throws -> Outcome {
        var outcome = Outcome(
            sessions: sessions, databasePath: databasePath, readings: 0, entries: 0, raised: [:], patientTime: timeline.end,
            took: BootClock.now().boot - began.boot)
        for session in sessions {
            let recorded = try await client.timeline(of: session)
            outcome.readings += recorded.points.count
            outcome.entries += recorded.entries.count
            for line in recorded.entries {
                if case .alert(let alert) = line.entry.draft.content, alert.change == .raised {
                    outcome.raised[alert.priority, default: 0] += 1
                }
            }
        }
        return outcome
    }
}

/// A room with its simulated monitor.
struct SimulatedRoom: Sendable {
    var room: RoomID
    var source: SourceID
    var port: SimulatedPort
}

/// Opens once; who waits goes on then.
final class Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(of: Void.self) }

    func open() { continuation.finish() }

    func waitUntilOpen() async throws {
        for await _ in stream {}
        try Task.checkCancellation()
    }
}

/// Tells a tail when it has shown everything up to an entry.
private final class LastEntry: Sendable {
    private let state = Mutex<(goal: Int64?, seen: Int64)>((nil, 0))

    func set(_ token: String) {
        state.withLock { $0.goal = ResumeToken(token)?.number ?? 0 }
    }

    /// Whether nothing is left to show; asked again with each heartbeat.
    func isReached(by item: FollowerItem) -> Bool {
        state.withLock { state in
            if case .entry(let line) = item { state.seen = max(state.seen, line.entry.number ?? 0) }
            return state.goal.map { state.seen >= $0 } ?? false
        }
    }
}
