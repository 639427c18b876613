import ControlClient
import ControlProtocol
import LinuxIO
import VitalsModel

/// `vigild` as a program of its own, with one room for readings and one for entries, each with an oximeter.
final class MeasuredDaemon {
    /// The rooms, and what is measured in each.
    enum Room: String, CaseIterable { case readings, entries }

    let socket: String
    private let lines: [Room: PseudoTerminal]
    private let program: ChildProcess

    init(_ file: String, plans: String, in folder: borrowing ScratchFolder) throws {
        var lines: [Room: PseudoTerminal] = [:]
        for room in Room.allCases { lines[room] = try PseudoTerminal.open() }
        self.lines = lines
        socket = folder.file("vigild.sock")
        let rooms = Room.allCases.map { room in
            """
              - id: \(room.rawValue)
                sources: [{id: \(room.rawValue)-oximeter, family: nonin, match: {path: \(lines[room]?.slavePath ?? "")}}]
            """
        }
        let text = """
            store: \(folder.file("vigild.db"))
            socket: \(socket)
            plans: \(plans)
            rooms:
            \(rooms.joined(separator: "\n"))

            """
        try folder.write(text, to: "vigil.yaml")
        program = try ChildProcess(file, ["--config", folder.file("vigil.yaml")], output: folder.file("vigild.log"))
        // The first connection proves that it serves.
        _ = try UnixStream.connect(socket, within: 20) { true }
    }

    /// Opens a session in each room and brings it to the phase in which most rules watch. (Before the first dose a session also
    /// carries two minutes of readings for its baseline, which at the pace of a benchmark would be far more than in a clinic.)
    func startSessions(plan: String) async throws {
        try await ControlClient.connected(to: socket) { client in
            for room in Room.allCases {
                let request = StartSession(room: RoomID(room.rawValue), plan: plan, patient: "BENCH")
                let session = try await client.startSession(request).session
                for phase in [SessionPhase.baseline, .dosing, .acute] {
                    _ = try await client.changePhase(ChangePhase(phase: phase), of: session)
                }
            }
        }
    }

    /// What is measured in a room.
    func target(_ room: Room, _ name: String) throws -> DaemonTarget {
        guard let line = lines[room] else { throw BenchmarkFailure("no line for \(room.rawValue)") }
        let follower = try UnixStream.connect(socket, within: 5) { true }
        let query = "room=\(room.rawValue)" + (room == .readings ? "&readings=true" : "")
        try follower.send("GET /v1/events?\(query) HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n")
        guard try follower.wait(for: Array("event: \(StreamEventName.current.rawValue)\n".utf8)) != nil else {
            throw BenchmarkFailure("vigild does not begin its event stream within 5 s")
        }
        return DaemonTarget(name: name, room: room, line: line, follower: follower)
    }
}

/// The daemon seen from one room.
final class DaemonTarget: LatencyTarget {
    let name: String
    let line: PseudoTerminal
    let follower: UnixStream
    private(set) var marker: [UInt8] = []
    private let room: MeasuredDaemon.Room
    private var packets = OximeterPackets()

    init(name: String, room: MeasuredDaemon.Room, line: PseudoTerminal, follower: UnixStream) {
        self.name = name
        self.room = room
        self.line = line
        self.follower = follower
    }

    /// Whether the last line was announced before it was stored.
    var wasUnrecorded: Bool { follower.contains(Array("\"recorded\":false".utf8)) }

    func nextBytes() -> [UInt8] {
        switch room {
        case .readings:
            let bytes = packets.next()
            marker = Array("\"signal\":\"spo2\",\"source\":\"readings-oximeter\",\"value\":\(packets.saturation)".utf8)
            return bytes
        case .entries:
            let (bytes, condition) = packets.nextCondition()
            marker = Array("\"condition\":\"\(condition)\"".utf8)
            return bytes
        }
    }
}
