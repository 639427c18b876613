import ControlProtocol
import ServiceConfiguration
import SessionFlow
import SessionStore
import Locking
import VitalsModel

extension MonitorService: ControlHandling {
    func health() async throws -> Health {
        Health(version: vigilVersion, status: broadcast.storeIsLate ? "degraded" : "ready")
    }

    func state() async throws -> ClinicState {
        let now = clock.now()
        let token = ResumeToken(epoch: broadcast.epoch, number: broadcast.lastNumber)
        var states: [RoomState] = []
        for room in rooms {
            var state = try await room.state()
            for source in sources where room.configuration.sources.contains(where: { $0.id == source.configuration.id }) {
                state.sources.append(await source.status())
            }
            states.append(state)
        }
        return ClinicState(
            version: vigilVersion, at: now.wall.utcText, bootNanoseconds: now.boot.nanoseconds, token: token.description,
            storeIsLate: broadcast.storeIsLate, speed: clock.speed, rooms: states)
    }

    func follower(_ query: EventQuery) async throws -> Follower {
        if let room = query.room { _ = try runner(of: room) }
        return Follower(
            broadcast: broadcast, store: store, reads: reads, room: query.room, token: query.token, wantsReadings: query.readings,
            state: { [self] in try await state() }, heartbeat: { [self] in heartbeat() })
    }

    private func heartbeat() -> Heartbeat {
        Heartbeat(at: clock.now().wall.utcText, storeIsLate: broadcast.storeIsLate, openSessions: rooms.count { $0.openSession != nil })
    }

    func sessions(onlyOpen: Bool) async throws -> SessionList {
        let records = try await reads.run { store in
            onlyOpen ? try store.openSessions().map(\.record) : try store.sessions(newest: 1000)
        }
        return SessionList(sessions: records.map(StoredSessions.summary))
    }

    func session(_ id: SessionID) async throws -> SessionDetail {
        for room in rooms {
            if let session = try await room.state().session, session.summary.session == id { return session }
        }
        let (record, entries) = try await stored(id)
        let firstDose = entries.first(where: StoredSessions.isFirstDose)?.draft.at
        return SessionDetail(
            summary: StoredSessions.summary(record), sinceFirstDose: firstDose.map { ((record.closed ?? $0).wall - $0.wall).inSeconds },
            baseline: entries.lazy.compactMap { if case .baseline(let baseline) = $0.draft.content { baseline } else { nil } }.last,
            episodes: [], notEvaluable: [], cuffDue: nil)
    }

    private func stored(_ id: SessionID) async throws -> (record: SessionRecord, entries: [Entry]) {
        try await reads.run { store in try StoredSessions(store).session(id) }
    }

    func timeline(_ id: SessionID, _ range: TimelineRange) async throws -> Timeline {
        try await reads.run { store in try StoredSessions(store).timeline(of: id, range) }
    }

    func start(_ request: StartSession, by actor: Actor) async throws -> SessionSummary {
        let room = try runner(of: request.room)
        guard let plan = configuration.plans[request.plan] else {
            throw ErrorBody(
                code: "unknown_plan", error: "no plan \(request.plan)",
                expected: "one of \(configuration.plans.keys.sorted().joined(separator: ", "))")
        }
        guard (1...64).contains(request.patient.count) else {
            throw ErrorBody(
                code: "refused", error: "the patient reference has \(request.patient.count) characters", expected: "1 to 64 of them")
        }
        let ordinal = nextOrdinal.withLock { next in
            defer { next += 1 }
            return next
        }
        return try await room.start(SessionID("s\(ordinal)"), ordinal: ordinal, request, plan: plan, by: actor)
    }

    func changePhase(_ id: SessionID, _ request: ChangePhase, by actor: Actor) async throws -> ActionResult {
        try await act(on: id) { machine, now in machine.enter(request.phase, reason: request.reason, by: actor, at: now) }
    }

    func acknowledge(_ id: SessionID, _ request: Acknowledge, by actor: Actor) async throws -> ActionResult {
        guard request.episode != nil || request.bulk else {
            throw ErrorBody(code: "wrong_json", error: "neither \"episode\" nor \"bulk\" is given", expected: "one of them")
        }
        return try await act(on: id) { machine, now in
            machine.acknowledge(request.episode, note: request.note, by: actor, at: now)
        }
    }

    func commandCuff(_ id: SessionID, _ request: CommandCuff, by actor: Actor) async throws -> ActionResult {
        try await act(on: id) { machine, now in machine.command(request.command, by: actor, at: now) }
    }

    func writeNote(_ id: SessionID, _ request: WriteNote, by actor: Actor) async throws -> ActionResult {
        try await act(on: id) { machine, now in machine.write(request.text, by: actor, at: now) }
    }

    func act(
        on id: SessionID, _ body: @escaping @Sendable (inout SessionMachine, Moment) -> SessionMachine.Outcome
    ) async throws -> ActionResult {
        for room in rooms {
            if let result = try await room.act(on: id, body) { return result }
        }
        let (record, _) = try await stored(id)
        throw ErrorBody(
            code: "refused", error: "session \(id) is \(record.phase.rawValue)", expected: "an open session: vigil session list --open")
    }

    private func runner(of room: RoomID) throws -> RoomRunner {
        guard let runner = rooms.first(where: { $0.id == room }) else {
            throw ErrorBody(
                code: "unknown_room", error: "no room \(room)", expected: "one of \(rooms.map(\.id.rawValue).joined(separator: ", "))")
        }
        return runner
    }
}
