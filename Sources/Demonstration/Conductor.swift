import ControlProtocol
import DeviceSimulation
import Dispatch
import LinuxIO
import MonitorService
import SessionFlow
import Locking
import VitalsModel

/// Moves patient time: the simulators speak, the pipeline drains, the clock goes on. Wall time only sets the pace.
struct Conductor: Sendable {
    /// One step of patient time: the period of a monitor's values is 1.024 s, so that no two of them fall into one step.
    private static let step: Duration = .seconds(1)
    /// How long nothing may move before bytes that are still on a line count as lost.
    private static let patience: Duration = .milliseconds(200)

    let clock: LockstepClock
    let service: MonitorService
    let rooms: [SimulatedRoom]
    let start: Moment
    let speed: Double
    let nurse: Nurse
    private let timer = DispatchQueue(label: "conductor")
    private let known: KnownDeficits

    init(clock: LockstepClock, service: MonitorService, rooms: [SimulatedRoom], start: Moment, speed: Double, nurse: Nurse) {
        self.clock = clock
        self.service = service
        self.rooms = rooms
        self.start = start
        self.speed = speed
        self.nurse = nurse
        known = KnownDeficits(count: rooms.count)
    }

    /// Plays a session in each room from beginning to end.
    func play(_ timeline: SessionTimeline, plan: SessionPlan) async throws -> [SessionID] {
        let began = BootClock.now().boot
        var sessions: [SessionID] = []
        var elapsed: Duration = .zero
        while elapsed <= timeline.end {
            try await move(to: elapsed)
            // Devices are on for ten seconds before the session opens, as in a room that is made ready.
            if elapsed == .seconds(10) { sessions = try await nurse.startSessions(in: rooms.map(\.room), plan: plan) }
            for step in timeline.steps where step.start == elapsed && elapsed > .seconds(10) {
                try await nurse.enter(step.phase, of: sessions)
            }
            if elapsed == .seconds(20) { try await nurse.enter(.baseline, of: sessions) }
            if elapsed > .seconds(20), elapsed.components.seconds % 5 == 0 { try await nurse.answerAlerts(of: sessions) }
            elapsed += Self.step
            await wait(until: began + .nanoseconds(Int64(Double(elapsed.nanoseconds) / speed)))
        }
        try await nurse.end(sessions)
        return sessions
    }

    private func move(to elapsed: Duration) async throws {
        let instant = start.boot + elapsed
        clock.advance(to: instant)
        var changed = BootClock.now().boot
        var before = traffic()
        while true {
            for room in rooms { try room.port.step(to: instant) }
            // At rest is what nothing has moved in while the pipeline drained.
            let asked = traffic()
            await service.drain()
            let now = traffic()
            // A pulled plug must have been noticed before time goes on, or what follows would begin at another second each time.
            let isNoticed = rooms.allSatisfy { $0.port.isPlugged || !service.hasPort($0.source) }
            if isNoticed, now == asked, zip(now, known.deficits).allSatisfy({ $0.outstanding == $1 }) { return }
            if now != before { (changed, before) = (BootClock.now().boot, now) }
            guard BootClock.now().boot < changed + Self.patience else {
                // Bytes that were on the line when a cable was pulled never arrive.
                known.deficits = now.map(\.outstanding)
                return
            }
        }
    }

    private func traffic() -> [LineTraffic] {
        rooms.map { room in
            let simulated = room.port.traffic
            return LineTraffic(
                toDaemon: simulated.bytesWritten - service.bytesTaken(by: room.source),
                toDevice: service.bytesSent(by: room.source) - simulated.bytesRead, total: simulated.bytesWritten + simulated.bytesRead)
        }
    }

    private func wait(until instant: BootInstant) async {
        let remaining = instant - BootClock.now().boot
        guard remaining > .zero else { return }
        await withCheckedContinuation { continuation in
            timer.asyncAfter(deadline: .now() + .nanoseconds(Int(remaining.nanoseconds))) { continuation.resume() }
        }
    }
}

/// Bytes on one line that the other side has not got, each way.
private struct LineTraffic: Hashable {
    var toDaemon: Int
    var toDevice: Int
    var total: Int

    var outstanding: [Int] { [toDaemon, toDevice] }
}

/// Bytes of each line that are known to be lost.
private final class KnownDeficits: Sendable {
    private let state: Mutex<[[Int]]>

    init(count: Int) { state = Mutex(Array(repeating: [0, 0], count: count)) }

    var deficits: [[Int]] {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
