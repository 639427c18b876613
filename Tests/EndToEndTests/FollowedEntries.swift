import ControlClient
import ControlProtocol
import Locking
import MonitorTesting
import VitalsModel

/// A tail that writes down what it is told, over all losses of the daemon.
final class FollowedEntries: Sendable {
    /// Where it began.
    let start: ResumeToken
    private let told = Told()
    private let work: Task<Void, any Error>

    init(socket: String, after start: ResumeToken, includesReadings: Bool = false) {
        self.start = start
        let told = told
        work = Task {
            try await ControlClient.connected(to: socket) { client in
                for try await item in client.follow(after: start, includesReadings: includesReadings, waitsForDaemon: true) {
                    told.take(item)
                }
            }
        }
    }

    deinit { work.cancel() }

    /// Ends it.
    func stop() async {
        work.cancel()
        do {
            try await work.value
        } catch is CancellationError {
            // That is how it ends.
        } catch {
            told.fail("\(error)")
        }
    }

    /// What it was told, numbered or not, in order.
    var lines: [EventLine] { told.state.withLock { $0.lines } }
    /// The events of the lines.
    var events: [EventID] { lines.map(\.entry.draft.event) }
    /// The numbers of the lines that have one.
    var numbers: [Int64] { lines.compactMap(\.entry.number) }
    /// The highest number.
    var lastNumber: Int64 { numbers.last ?? start.number }
    /// How many lines came before they had a number.
    var unrecordedCount: Int { lines.count { $0.entry.number == nil } }
    /// How often the daemon was lost.
    var losses: Int { told.state.withLock { $0.losses.count } }
    /// The readings it was shown.
    var readings: Int { told.state.withLock { $0.readings } }
    /// What it could not read.
    var unreadable: [String] { told.state.withLock { $0.unreadable } }
    /// Whether it has what was written before it came.
    var isCurrent: Bool { told.state.withLock { $0.isCurrent } }
}

/// What a tail was told.
private final class Told: Sendable {
    struct State {
        var lines: [EventLine] = []
        var readings = 0
        var losses: [FollowerLoss] = []
        var unreadable: [String] = []
        var isCurrent = false
    }
    let state = Mutex(State())

    func take(_ item: FollowerItem) {
        state.withLock { state in
            switch item {
            case .entry(let line), .unrecorded(let line): state.lines.append(line)
            case .reading: state.readings += 1
            case .lost(let loss): state.losses.append(loss)
            case .current: state.isCurrent = true
            case .unreadable(let event, let why): state.unreadable.append("\(event): \(why)")
            case .epochChanged(let from, let to): state.unreadable.append("epoch changed from \(from) to \(to)")
            case .state, .heartbeat, .back: break
            }
        }
    }

    func fail(_ words: String) { state.withLock { $0.unreadable.append(words) } }
}

extension Clinic {
    /// Where the record stands now.
    func token() async throws -> ResumeToken {
        let text = try await ask { try await $0.state() }.token
        guard let token = ResumeToken(text) else { throw DeadlineMissed(description: "\"\(text)\" is no token") }
        return token
    }
}
