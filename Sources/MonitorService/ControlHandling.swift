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
    func pauseAudio(_ id: SessionID, _ request: PauseAudio, by actor: Actor) async throws -> ActionResult
    func shelve(_ id: SessionID, _ request: ShelveRule, by actor: Actor) async throws -> ActionResult
    func liftShelf(_ id: SessionID, _ request: LiftShelf, by actor: Actor) async throws -> ActionResult
    func changeLimits(_ id: SessionID, _ request: ChangeLimits, by actor: Actor) async throws -> ActionResult
    func takeBaseline(_ id: SessionID, _ request: TakeBaseline, by actor: Actor) async throws -> ActionResult
    func countersign(_ id: SessionID, _ request: Countersign, by actor: Actor) async throws -> ActionResult
    func call(_ id: SessionID, _ request: PersonsCallChange, by actor: Actor) async throws -> ActionResult
    func score(_ id: SessionID, _ request: ScaleScore, by actor: Actor) async throws -> ActionResult
    func commandCuff(_ id: SessionID, _ request: CommandCuff, by actor: Actor) async throws -> ActionResult
    func writeNote(_ id: SessionID, _ request: WriteNote, by actor: Actor) async throws -> ActionResult
}
