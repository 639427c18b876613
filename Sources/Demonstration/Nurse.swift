import ControlClient
import ControlProtocol
import SessionFlow
import VitalsModel

/// The simulated nurse: opens sessions, marks phases, answers alerts after a while, and writes down why. Her only tools are
/// the commands that real people have.
struct Nurse: Sendable {
    /// How long an alert stands before she has come, by priority.
    private static let walk: [AlertPriority: Double] = [.high: 20, .medium: 45, .low: 90]

    let client: ControlClient

    func startSessions(in rooms: [RoomID], plan: SessionPlan) async throws -> [SessionID] {
        var sessions: [SessionID] = []
        for room in rooms {
            let request = StartSession(room: room, plan: plan.id, patient: "DEMO-\(room.rawValue.split(separator: "-").last ?? "0")")
            sessions.append(try await client.startSession(request).session)
        }
        return sessions
    }

    func enter(_ phase: SessionPhase, of sessions: [SessionID]) async throws {
        for session in sessions { _ = try await client.changePhase(ChangePhase(phase: phase), of: session) }
    }

    func answerAlerts(of sessions: [SessionID]) async throws {
        for session in sessions {
            for alert in try await client.session(session).episodes {
                guard alert.announced, alert.handling == .unacknowledged, alert.duration >= Self.walk[alert.priority] ?? 60 else {
                    continue
                }
                _ = try await client.acknowledge(Acknowledge(episode: alert.episode, note: Self.note(on: alert)), in: session)
            }
        }
    }

    func end(_ sessions: [SessionID]) async throws {
        for session in sessions {
            _ = try await client.changePhase(ChangePhase(phase: .closed, reason: "end of the demonstration"), of: session)
        }
    }

    private static func note(on alert: AlertTransition) -> String {
        switch alert.signal {
        case .nibpSystolic, .nibpDiastolic, .nibpMean: "cuff repeated, no symptoms"
        case .spo2 where alert.type == .physiological: "stimulated, airway free"
        case .spo2: "sensor put back on"
        default: "seen at the bedside"
        }
    }
}
