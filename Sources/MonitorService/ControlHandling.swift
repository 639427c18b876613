import ControlProtocol
import VitalsModel

/// What the control server asks of the service: one method a route.
protocol ControlHandling: Sendable {
    func health() async throws -> Health
    func state() async throws -> ClinicState
    func devices() async throws -> DeviceList
    func follower(_ query: EventQuery) async throws -> Follower
    func sessions(onlyOpen: Bool) async throws -> SessionList
    func session(_ id: SessionID) async throws -> SessionDetail
    func timeline(_ id: SessionID, _ range: TimelineRange) async throws -> Timeline
    func start(_ request: StartSession, by actor: Actor) async throws -> SessionSummary
    func changePhase(_ id: SessionID, _ request: ChangePhase, by actor: Actor) async throws -> ActionResult
    func acknowledge(_ id: SessionID, _ request: Acknowledge, by actor: Actor) async throws -> ActionResult
    func commandCuff(_ id: SessionID, _ request: CommandCuff, by actor: Actor) async throws -> ActionResult
    func writeNote(_ id: SessionID, _ request: WriteNote, by actor: Actor) async throws -> ActionResult
}
