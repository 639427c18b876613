import ControlProtocol
import DeviceProtocols
import Dispatch
import LinuxIO
import Logging
import ServiceConfiguration
import ServiceLifecycle
import SessionFlow
import SessionStore
import Locking
import VitalsModel

/// The version of this build.
public let vigilVersion = "0.1.0"

/// The whole daemon as a value: `vigild` runs it, a demonstration and the tests run it in their own process.
///
/// Wiring only: ports -> source queues -> room queues -> recorder -> store and followers.
public final class MonitorService: Service {
    /// What a service is made from.
    public struct Configuration: Sendable {
        /// Rooms, sources, paths.
        public var clinic: ClinicConfiguration
        /// The plans by id.
        public var plans: [String: SessionPlan]
        /// Reads the text of a plan that the store kept.
        public var readPlan: @Sendable (_ text: String, _ hash: String) -> SessionPlan?

        /// Creates a configuration.
        public init(
            clinic: ClinicConfiguration, plans: [String: SessionPlan],
            readPlan: @escaping @Sendable (_ text: String, _ hash: String) -> SessionPlan?
        ) {
            self.clinic = clinic
            self.plans = plans
            self.readPlan = readPlan
        }
    }

    let configuration: Configuration
    let clock: any MonitorClock
    let logger: Logger
    let store: SessionStore
    let reads: StoreReads
    let broadcast: EventBroadcast
    let recorder: Recorder
    private let faults = FaultListeners()
    let rooms: [RoomRunner]
    let sources: [SourceRunner]
    let nextOrdinal: Mutex<Int>
    private let reader: PortReader
    /// Follows hotplug while the service runs; nil where udev cannot be listened to.
    private let monitor = Mutex<UdevMonitor?>(nil)
    private let lock: FileLock
    /// How long followers have at a stop to take what was said.
    private static let longestFarewell = DispatchTimeInterval.seconds(3)
    private let whenReady: @Sendable () async -> Void

    /// Opens the store and prepares every room; nothing runs yet.
    ///
    /// - Throws: `SystemError` when another daemon holds the store, `StoreError` when it cannot be opened.
    public init(
        _ configuration: Configuration, clock: any MonitorClock, logger: Logger, whenReady: @escaping @Sendable () async -> Void = {}
    ) throws {
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
        self.whenReady = whenReady
        lock = try FileLock.acquire(path: configuration.clinic.storePath + ".lock")
        try ControlSocketPath.prepare(configuration.clinic.socketPath)
        store = try SessionStore.open(path: configuration.clinic.storePath, bootID: clock.bootID, now: clock.now())
        reads = StoreReads(store)
        nextOrdinal = Mutex(try store.nextSessionOrdinal())
        broadcast = EventBroadcast(epoch: store.epoch, lastNumber: store.lastNumber, logger: logger)
        recorder = Recorder(store: store, broadcast: broadcast, clock: clock, faults: faults, logger: logger)
        reader = try PortReader()
        let wiring = Self.wire(
            configuration.clinic, clock: clock, reader: reader, recorder: recorder, broadcast: broadcast, faults: faults, logger: logger)
        rooms = wiring.rooms
        sources = wiring.sources
    }

    private static func wire(
        _ clinic: ClinicConfiguration, clock: any MonitorClock, reader: PortReader, recorder: Recorder, broadcast: EventBroadcast,
        faults: FaultListeners, logger: Logger
    ) -> (rooms: [RoomRunner], sources: [SourceRunner]) {
        var rooms: [RoomRunner] = []
        var sources: [SourceRunner] = []
        let claims = PortClaims(clinic.rooms.flatMap(\.sources).map { PortClaims.Rule(source: $0.id, match: $0.match) })
        for configured in clinic.rooms {
            let families = Dictionary(
                configured.sources.compactMap { source in DeviceCatalog.family(source.family).map { (source.id, $0) } },
                uniquingKeysWith: { first, _ in first })
            let room = RoomRunner(
                configured, signals: families.mapValues(\.signals), cuffs: configured.cuffs, clock: clock, recorder: recorder,
                faults: faults,
                logger: logger,
                onReading: { room, readings in broadcast.publish(readings, of: room) })
            rooms.append(room)
            faults.add { [weak room] change in room?.post(change) }
            for source in configured.sources {
                guard let family = families[source.id] else { continue }
                let runner = SourceRunner(
                    source, family: family, claims: claims, clock: clock, reader: reader, logger: logger, deliver: { room.post($0) })
                if family.cuffControl != .none { room.connect(source.id) { [weak runner] in runner?.command($0) } }
                sources.append(runner)
            }
        }
        return (rooms, sources)
    }

    // MARK: Running

    /// Restores open sessions, watches the sources and serves the socket until the task is cancelled or shut down gracefully.
    public func run() async throws {
        let restored = try restoreSessions()
        recordDaemon(.started, restored: restored)
        // Before the sources look for their ports, so that one that comes in between is told of.
        followPorts()
        for source in sources { source.start() }
        let housekeeping = Housekeeping(
            clock: clock, store: store, recorder: recorder, broadcast: broadcast, faults: faults,
            retention: configuration.clinic.retention.roomReadings, logger: logger)
        let server = ControlServer(socket: configuration.clinic.socketPath, handling: self, logger: logger, whenReady: whenReady)
        let outcome = await serve(server)
        housekeeping.stop()
        await shutDown()
        try outcome.get()
    }

    /// Serves until the task is cancelled or shut down gracefully. Followers end by themselves once they have what was said; the
    /// server waits for them, but no longer than `longestFarewell`: one that does not read would keep the daemon from ending.
    private func serve(_ server: ControlServer) async -> Result<Void, any Error> {
        let serving = Task { try await server.run() }
        let outcome = await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await serving.result
            } onGracefulShutdown: {
                self.recordDaemon(.stopped, restored: nil) { self.broadcast.finish() }
                DispatchQueue.global().asyncAfter(deadline: .now() + Self.longestFarewell) { serving.cancel() }
            }
        } onCancel: {
            serving.cancel()
        }
        if case .failure(let error) = outcome, error is CancellationError, broadcast.isFinished { return .success(()) }
        return outcome
    }

    /// Lets the sources know of ports that come and go. Without udev they look by themselves, up to 5 s later.
    private func followPorts() {
        do {
            let followed = try UdevMonitor { [sources] change in
                for source in sources { source.portsChanged(change) }
            }
            monitor.withLock { $0 = followed }
            if !UdevMonitor.isServed { logger.notice("no systemd-udevd runs here: a plugged device is found within 5 s, and not at once") }
        } catch {
            logger.warning("a plugged device is found within 5 s, and not at once: \(error)")
        }
    }

    private func shutDown() async {
        monitor.withLock { $0.take() }?.stop()
        for source in sources { await source.stop() }
        reader.stop()
        await drain()
        await recorder.flush(within: .seconds(2))
        do { try store.close() } catch { logger.error("the store did not close in order: \(error)") }
        lock.release()
    }

    /// Returns when everything that the sources have handed over is decoded, ruled on and recorded (or declared late).
    public func drain() async {
        for source in sources { await withCheckedContinuation { done in source.afterQueued { done.resume() } } }
        for room in rooms { await withCheckedContinuation { done in room.afterQueued { done.resume() } } }
        await withCheckedContinuation { done in recorder.afterQueued { done.resume() } }
    }

    /// Bytes taken from the port of each source since the start; a conductor compares them with what the device sent.
    public func bytesTaken(by source: SourceID) -> Int {
        sources.first { $0.configuration.id == source }?.bytesTaken ?? 0
    }

    /// Bytes written to the port of each source since the start.
    public func bytesSent(by source: SourceID) -> Int {
        sources.first { $0.configuration.id == source }?.bytesSent ?? 0
    }

    /// Whether a source holds a port; tells a conductor when a pulled plug has been noticed.
    public func hasPort(_ source: SourceID) -> Bool {
        sources.first { $0.configuration.id == source }?.hasPort ?? false
    }

    private func restoreSessions() throws -> Int {
        var count = 0
        for stored in try store.openSessions() {
            let id = stored.record.id
            guard let room = rooms.first(where: { $0.id == stored.record.room }) else {
                logger.error("session \(id) is open in room \(stored.record.room), which the configuration does not have: add it to end it")
                continue
            }
            guard let bytes = stored.state, let plan = configuration.readPlan(stored.record.planText, stored.record.planHash) else {
                logger.critical(
                    "session \(id) cannot be taken up again: its stored \(stored.state == nil ? "state" : "plan") is unreadable")
                continue
            }
            do {
                let state = try ControlJSON.decode(SessionState.self, from: bytes)
                room.restore(state, plan: plan, sameBoot: state.bootID == clock.bootID)
                count += 1
            } catch {
                logger.critical("session \(id) cannot be taken up again: \(ControlJSON.explanation(of: error))")
            }
        }
        return count
    }

    private func recordDaemon(_ change: DaemonChange.Change, restored: Int?, then: (@Sendable () -> Void)? = nil) {
        let now = clock.now()
        let content = EntryContent.daemon(DaemonChange(change: change, version: vigilVersion, restoredSessions: restored))
        let event = EventID("daemon@\(clock.bootID.prefix(8))-\(now.boot.nanoseconds)-\(change.rawValue)")
        let draft = EntryDraft(event: event, session: nil, room: nil, at: now, actor: .engine, content: content)
        recorder.record(StoreBatch(entries: [draft])) { _ in then?() }
    }
}
