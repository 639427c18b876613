import ControlProtocol
import SessionStore
import Locking
import VitalsModel

/// One connection of the event stream: state, then the entries after its token, then what comes, at its own pace.
struct Follower: Sendable {
    /// How many entries are read and written at a time.
    private static let chunk = 256

    let broadcast: EventBroadcast
    let store: SessionStore
    let reads: StoreReads
    let room: RoomID?
    let token: ResumeToken?
    let wantsReadings: Bool
    let state: @Sendable () async throws -> ClinicState
    let heartbeat: @Sendable () -> Heartbeat

    /// Writes until the peer goes or the daemon stops.
    func run(write: (ServerSentEvent) async throws -> Void) async throws {
        let subscription = broadcast.subscribe(readings: wantsReadings)
        defer { broadcast.unsubscribe(subscription) }
        var unrecorded = broadcast.unrecordedCount
        // The position is taken before the state, so that nothing falls between; what is in both is told twice by content, not by event.
        var position = token.flatMap { $0.epoch == broadcast.epoch ? $0.number : nil } ?? (token == nil ? broadcast.lastNumber : 0)
        try await write(ServerSentEvent(name: StreamEventName.state.rawValue, data: try ControlJSON.text(try await state())))
        var isCurrent = false
        while true {
            position = try await writeEntries(after: position, write: write)
            for line in broadcast.unrecorded(after: unrecorded) {
                unrecorded = line.ordinal
                if isWanted(line.room) { try await write(ServerSentEvent(name: StreamEventName.unrecorded.rawValue, data: line.text)) }
            }
            for reading in subscription.takeReadings() where isWanted(reading.room) {
                try await write(ServerSentEvent(name: StreamEventName.reading.rawValue, data: reading.text))
            }
            if !isCurrent {
                isCurrent = true
                try await write(ServerSentEvent(name: StreamEventName.current.rawValue, data: "{}"))
            }
            guard !broadcast.isFinished else { return }
            try await waitForNews(subscription, write: write)
        }
    }

    /// Waits for a wake-up, and passes on the clock's as a sign of life.
    private func waitForNews(_ subscription: Subscription, write: (ServerSentEvent) async throws -> Void) async throws {
        for await _ in subscription.wakes {
            if subscription.takeTick() {
                try await write(ServerSentEvent(name: StreamEventName.heartbeat.rawValue, data: try ControlJSON.text(heartbeat())))
            }
            return
        }
        throw CancellationError()
    }

    private func writeEntries(after start: Int64, write: (ServerSentEvent) async throws -> Void) async throws -> Int64 {
        var position = start
        while true {
            let lines: [EventBroadcast.Line]
            if let kept = broadcast.lines(after: position, limit: Self.chunk) {
                lines = kept
            } else {
                lines = try await stored(after: position)
            }
            guard let last = lines.last else { return position }
            for line in lines where isWanted(line.room) {
                let token = ResumeToken(epoch: broadcast.epoch, number: line.number)
                try await write(ServerSentEvent(id: token.description, name: StreamEventName.entry.rawValue, data: line.text))
            }
            position = last.number
        }
    }

    private func stored(after number: Int64) async throws -> [EventBroadcast.Line] {
        try await reads.run { store in
            try store.entries(after: number, limit: Self.chunk).compactMap { entry in
                guard let number = entry.number else { return nil }
                return EventBroadcast.Line(number: number, room: entry.draft.room, text: try ControlJSON.text(EventLine(entry)))
            }
        }
    }

    /// Entries of the daemon itself concern every room.
    private func isWanted(_ room: RoomID?) -> Bool { self.room == nil || room == nil || room == self.room }
}
