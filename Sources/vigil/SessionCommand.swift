import ArgumentParser
import ControlProtocol
import TimelineReports
import VitalsModel

/// `vigil session`: opening, showing and closing sessions.
struct SessionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session", abstract: "Opens, shows and closes sessions.",
        subcommands: [
            SessionStartCommand.self, SessionShowCommand.self, SessionListCommand.self, SessionPhaseCommand.self, SessionEndCommand.self,
        ])
}

/// Checks the id of a session, which is typed by people.
func parseSession(_ text: String) throws -> SessionID {
    guard !text.isEmpty, !text.contains(where: { $0.isWhitespace || $0 == "/" }) else {
        throw ValidationError("\"\(text)\" is no session; expected an id such as s12 (vigil session list --open)")
    }
    return SessionID(text)
}

/// Checks the name of a phase.
func parsePhase(_ text: String) throws -> SessionPhase {
    guard let phase = SessionPhase(rawValue: text) else {
        let known = SessionPhase.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("there is no phase \"\(text)\"; expected one of \(known)")
    }
    return phase
}
