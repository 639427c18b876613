import AlertEngine
import ControlProtocol
import SessionFlow
import VitalsModel

/// How a session departs from its plan now, in the words of the control interface.
extension SessionMachine {
    /// The rules that call nobody, in the order in which they return.
    func standingShelves(at now: BootInstant) -> [StandingShelf] {
        alerts.state.shelves.values.sorted { ($0.until, $0.rule) < ($1.until, $1.rule) }.map { shelf in
            StandingShelf(rule: shelf.rule, by: shelf.by, reason: shelf.reason, remaining: max(.zero, shelf.until - now).inSeconds)
        }
    }

    /// The rules that differ from the plan, in the order of the changes.
    var standingLimits: [StandingLimit] {
        alerts.state.overrides.filter { !$0.value.change.isEmpty }.sorted { $0.value.version < $1.value.version }.map { rule, limit in
            StandingLimit(rule: rule, change: limit.change, version: limit.version)
        }
    }

    /// What waits for a second person, oldest first.
    func standingRequests(at now: BootInstant) -> [StandingRequest] {
        record.requests.map { request in
            StandingRequest(
                request: request.number, words: request.words, reason: request.reason, by: request.by.name,
                remaining: max(.zero, request.at + Self.longestRequest - now).inSeconds)
        }
    }
}
