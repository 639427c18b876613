import ControlClient
import ControlProtocol
import Glibc
import LinuxIO
import MonitorTesting
import SessionStore
import VitalsModel

/// An installation in a temporary folder, with the real daemon.
final class Clinic: Sendable {
    /// The one room.
    static let room: RoomID = "room-1"

    let folder: TemporaryFolder
    let store: String
    var socket: String { folder.path("vigil.sock") }
    var config: String { folder.path("vigil.yaml") }
    var log: String { folder.path("vigild.log") }

    /// A device of a room; its port is `link(ID)`.
    typealias Source = (id: String, family: String, options: String)

    /// Writes the files of a clinic with one room.
    ///
    /// - Parameters:
    ///   - sources: The room's devices.
    ///   - storeFolder: Where the database lies, instead of the folder itself.
    convenience init(
        sources: [Source] = [("oximeter", "nonin", "")], plan: String = TestPlan.quick, storeFolder: String? = nil
    ) throws {
        try self.init(rooms: [(Self.room, sources)], plan: plan, storeFolder: storeFolder)
    }

    /// Writes the files of a clinic.
    init(rooms: [(id: RoomID, sources: [Source])], plan: String, storeFolder: String? = nil) throws {
        folder = try TemporaryFolder()
        let place = folder
        store = (storeFolder ?? folder.path) + "/vigil.db"
        let list = rooms.map { room in
            let sources = room.sources.map { source in
                let options = source.options.isEmpty ? "" : ", options: {\(source.options)}"
                return "      - {id: \(source.id), family: \(source.family), match: {path: \(place.path(source.id))}\(options)}\n"
            }
            return "  - id: \(room.id)\n    sources:\n\(sources.joined())"
        }
        try folder.write(plan, as: "plans/plan.yaml")
        try folder.write(
            """
            store: \(store)
            socket: \(folder.path("vigil.sock"))
            plans: \(folder.path("plans"))
            rooms:
            \(list.joined())
            """, as: "vigil.yaml")
    }

    /// The path that the source's port has to be at.
    func link(_ source: String) -> String { folder.path(source) }

    /// Starts the daemon and does not wait for it.
    func launch(_ arguments: [String] = []) throws -> ChildProcess {
        try ChildProcess(try BuiltProgram.path("vigild"), ["--config", config] + arguments, output: log)
    }

    /// Starts the daemon and waits until it answers.
    func start() async throws -> ChildProcess {
        let daemon = try launch()
        try await until("vigild answers\n\(daemon.text)", within: .seconds(30)) {
            guard daemon.isRunning else { throw DeadlineMissed(description: "vigild ended: \(daemon.text)") }
            return try await answers()
        }
        return daemon
    }

    /// Whether somebody serves the socket.
    func answers() async throws -> Bool {
        do {
            return try await ask { try await $0.health() }.version.isEmpty == false
        } catch is ControlClientError {
            return false
        }
    }

    /// One request.
    func ask<Answer>(_ body: (ControlClient) async throws -> Answer) async throws -> Answer {
        try await ControlClient.connected(to: socket, timing: .patient, body)
    }

    /// Opens a session.
    func startSession(plan: String = "quick", in room: RoomID = Clinic.room) async throws -> SessionID {
        try await ask { try await $0.startSession(StartSession(room: room, plan: plan, patient: "P-1")) }.session
    }

    /// How a source does.
    func status(of source: SourceID) async throws -> SourceStatus? {
        try await ask { try await $0.state() }.rooms.flatMap(\.sources).first { $0.source == source }
    }

    /// Waits until the port of a source is open.
    func waitForPort(of source: SourceID) async throws {
        try await until("\(source) is open") { try await status(of: source)?.port != nil }
    }

    /// Ends the session, which leaves nothing of it unwritten, and gives all of it.
    func finish(_ session: SessionID) async throws -> Timeline {
        try await ask { client in
            _ = try await client.changePhase(ChangePhase(phase: .aborted, reason: "the test has seen enough"), of: session)
            return try await client.timeline(of: session)
        }
    }

    /// Ends the daemon as systemd does.
    func stop(_ daemon: ChildProcess) async throws -> Int32 { try await daemon.end(by: SIGTERM) }

    /// Opens the database itself; only while no daemon runs.
    func openStore() throws -> SessionStore {
        try SessionStore.open(path: store, bootID: "test", now: BootClock.now())
    }
}

extension ControlTiming {
    /// For a busy machine and a program under a sanitizer: what is asked here is whether an answer comes, not how soon.
    static let patient = ControlTiming(
        connect: .seconds(20), answer: .seconds(120), silence: .seconds(30), firstPause: .milliseconds(100), longestPause: .seconds(2))
}
