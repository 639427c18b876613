import ControlProtocol
import Glibc
import MonitorTesting
import VitalsModel

/// What the daemon in the guest tells, by the commands that people use.
struct Record: Sendable {
    /// Where `vigil tail` in the guest writes.
    static let file = "/run/record.ndjson"

    let guest: Guest

    /// All entries so far.
    func entries() async throws -> [EventLine] {
        let text = try await guest.run("cat \(Self.file)")
        // The last piece is empty, or a line that is being written.
        return try text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().compactMap { line in
            line.contains("\"kind\"") ? try ControlJSON.decode(EventLine.self, from: line.utf8) : nil
        }
    }

    /// How many entries there are so far. Not the last one's number: while the store is late, an entry has none.
    func count() async throws -> Int { try await entries().count }

    /// Waits until a source has gone to a state, and answers when; entries that were there before do not count.
    @discardableResult
    func waitFor(_ source: SourceID, toBe state: SourceState, after count: Int = 0) async throws -> BootInstant {
        do {
            return try await eventually("\(source) is \(state)") {
                try await entries().dropFirst(count).first { line in
                    guard case .source(let transition) = line.entry.draft.content else { return false }
                    return transition.source == source && transition.to == state
                }?.entry.draft.at.boot
            }
        } catch {
            let look = "ls -l /dev/serial/by-path; tail -n 4 \(UdevEvents.file); journalctl --no-pager -n 30 -u vigild"
            throw GuestFailure(description: "\(error)\n\(try await guest.attempt(look).text)")
        }
    }

    /// The state that a newly come follower is shown.
    func state() async throws -> ClinicState { try await answer(to: "vigil tail --once --json") }

    /// The ports of the machine and the sources, side by side.
    func devices() async throws -> DeviceList { try await answer(to: "vigil device list --json") }

    /// Where a source stands.
    func place(of source: SourceID) async throws -> DeviceSource {
        guard let place = try await devices().sources.first(where: { $0.source == source }) else {
            throw GuestFailure(description: "there is no source \(source)")
        }
        return place
    }

    /// The counters of a source.
    func counters(of source: SourceID) async throws -> SourceStatus {
        guard let status = try await state().rooms.flatMap(\.sources).first(where: { $0.source == source }) else {
            throw GuestFailure(description: "there is no source \(source)")
        }
        return status
    }

    /// The value that a room shows.
    func value(of signal: Signal, in room: RoomID, _ state: ClinicState) -> Double? {
        state.rooms.first { $0.room == room }?.values.first { $0.signal == signal }?.value
    }

    /// Opens a session.
    func startSession(in room: RoomID) async throws -> SessionID {
        let summary: SessionSummary = try await answer(to: "vigil session start --room \(room) --plan guest --patient P-1 --json")
        return summary.session
    }

    /// A session with what is open in it.
    func session(_ session: SessionID) async throws -> SessionDetail { try await answer(to: "vigil session show \(session) --json") }

    /// All of a session.
    func timeline(of session: SessionID) async throws -> Timeline { try await answer(to: "vigil timeline \(session) --json") }

    private func answer<Answer: Decodable>(to command: String) async throws -> Answer {
        let text = try await eventually("an answer to: \(command)") {
            let output = try await guest.attempt(command)
            // The daemon did not answer within the command's own patience, which is that of a real machine.
            if output.code == EX_UNAVAILABLE { return nil as String? }
            guard output.code == 0 else {
                throw GuestFailure(description: "in the guest: \(command): exit code \(output.code)\n\(output.text)")
            }
            return output.text
        }
        return try ControlJSON.decode(Answer.self, from: text.utf8)
    }
}

/// What udev in the guest tells of serial ports, with the machine's boot clock (which never sleeps here, so that it agrees with the
/// daemon's).
struct UdevEvents: Sendable {
    /// Where `udevadm monitor` writes.
    static let file = "/run/udev.txt"

    struct Event: Sendable {
        var at: BootInstant
        var action: String
        /// Such as `ttyUSB0`.
        var port: String
    }

    let guest: Guest

    /// All events so far, in order. A line: `UDEV  [70.189108] add      /devices/pci0000:00/.../tty/ttyUSB0 (tty)`.
    func all() async throws -> [Event] {
        try await guest.run("cat \(Self.file)").split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 5, words[0] == "UDEV", let seconds = Double(words[1].dropFirst().dropLast()) else { return nil }
            let port = words[3].split(separator: "/").last.map(String.init) ?? ""
            return Event(at: BootInstant(nanoseconds: Int64(seconds * 1e9)), action: String(words[2]), port: port)
        }
    }

    /// Waits for the event after the first `count`.
    func next(after count: Int, _ action: String) async throws -> Event {
        try await eventually("udev's event \(action)") { try await all().dropFirst(count).first { $0.action == action } }
    }
}
