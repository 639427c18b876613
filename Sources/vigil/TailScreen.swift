import ControlClient
import ControlProtocol
import TimelineReports
import VitalsModel

/// What a tail prints for each thing that its follower is told, as text or as JSON.
struct TailScreen {
    /// After how much quiet, in seconds, a line shows that the console lives.
    static let quietSeconds = 60.0

    private let room: RoomID?
    private let isJSON: Bool
    private var renderer: TailRenderer
    private var lastPrinted: BootInstant?

    /// Creates a screen; `room` nil shows all rooms.
    init(style: TailStyle, room: RoomID?, isJSON: Bool) {
        self.room = room
        self.isJSON = isJSON
        renderer = TailRenderer(style: style)
    }

    /// The lines of one item, at a moment of this machine.
    mutating func lines(for item: FollowerItem, at now: Moment) throws -> [String] {
        let lines = try printed(item, at: now)
        if !lines.isEmpty { lastPrinted = now.boot }
        return lines
    }

    /// Whether an item is about the stream itself, and no event of the clinic.
    func isNotice(_ item: FollowerItem) -> Bool {
        switch item {
        case .lost, .back, .epochChanged, .unreadable: true
        case .state, .entry, .current, .unrecorded, .reading, .heartbeat: false
        }
    }

    private mutating func printed(_ item: FollowerItem, at now: Moment) throws -> [String] {
        switch item {
        case .state(let state): return isJSON ? [] : renderer.lines(for: onlyRoom(state))
        case .entry(let line), .unrecorded(let line):
            guard isWanted(line) else { return [] }
            return isJSON ? [try ControlJSON.text(line)] : renderer.lines(for: line)
        case .heartbeat(let heartbeat):
            let quiet = lastPrinted.map { (now.boot - $0).inSeconds } ?? 0
            return isJSON || quiet < Self.quietSeconds ? [] : [renderer.line(for: heartbeat)]
        case .lost(let loss): return [renderer.lineForLoss(at: now.wall, silence: loss.silence, reason: loss.reason)]
        case .back(let silence): return [renderer.lineForReturn(at: now.wall, after: silence)]
        case .epochChanged(let from, let to):
            return [
                "\(renderer.style.clock.time(now.wall)) !!! another store: entries go on after \(to), what followed \(from) is not shown"
            ]
        case .unreadable(let event, let why):
            return [
                "\(renderer.style.clock.time(now.wall)) !!! an event of vigild cannot be read (\(event): \(why)); have both one version?"
            ]
        case .current, .reading: return []
        }
    }

    private func onlyRoom(_ state: ClinicState) -> ClinicState {
        guard let room else { return state }
        var state = state
        state.rooms.removeAll { $0.room != room }
        return state
    }

    /// Entries of other rooms are not wanted; those of the daemon itself concern every room.
    private func isWanted(_ line: EventLine) -> Bool {
        guard let room, let other = line.entry.draft.room else { return true }
        return room == other
    }
}
