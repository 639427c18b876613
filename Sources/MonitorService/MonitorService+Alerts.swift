import ControlProtocol
import SessionFlow
import VitalsModel

/// What people do to alerts, limits and scales.
extension MonitorService {
    func pauseAudio(_ id: SessionID, _ request: PauseAudio, by actor: Actor) async throws -> ActionResult {
        let duration = try CheckedRequest.duration(request.duration)
        return try await act(on: id) { machine, now in machine.pauseAudio(request.episode, for: duration, by: actor, at: now) }
    }

    func shelve(_ id: SessionID, _ request: ShelveRule, by actor: Actor) async throws -> ActionResult {
        let duration = try CheckedRequest.duration(request.duration)
        return try await act(on: id) { machine, now in
            machine.shelve(request.rule, for: duration, reason: request.reason, by: actor, at: now)
        }
    }

    func liftShelf(_ id: SessionID, _ request: LiftShelf, by actor: Actor) async throws -> ActionResult {
        try await act(on: id) { machine, now in machine.unshelve(request.rule, by: actor, at: now) }
    }

    func changeLimits(_ id: SessionID, _ request: ChangeLimits, by actor: Actor) async throws -> ActionResult {
        try await act(on: id) { machine, now in
            machine.override(request.rule, request.change, reason: request.reason, by: actor, at: now)
        }
    }

    func takeBaseline(_ id: SessionID, _ request: TakeBaseline, by actor: Actor) async throws -> ActionResult {
        try await act(on: id) { machine, now in machine.acceptBaseline(reason: request.reason ?? "", by: actor, at: now) }
    }

    func countersign(_ id: SessionID, _ request: Countersign, by actor: Actor) async throws -> ActionResult {
        try await act(on: id) { machine, now in
            request.withdraw
                ? machine.withdraw(request.request, by: actor, at: now) : machine.countersign(request.request, by: actor, at: now)
        }
    }

    func call(_ id: SessionID, _ request: PersonsCallChange, by actor: Actor) async throws -> ActionResult {
        try CheckedRequest.text(request.words, named: "words")
        return try await act(on: id) { machine, now in machine.call(request, by: actor, at: now) }
    }

    func score(_ id: SessionID, _ request: ScaleScore, by actor: Actor) async throws -> ActionResult {
        try CheckedRequest.scale(request.scale)
        try CheckedRequest.text(request.note ?? "", named: "note")
        return try await act(on: id) { machine, now in machine.score(request, by: actor, at: now) }
    }
}
