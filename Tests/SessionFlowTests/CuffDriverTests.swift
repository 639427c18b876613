import AlertEngine
import AlertScenarios
import SessionFlow
import Testing
import VitalsModel

/// A session whose room has a cuff that can be started, in virtual time: whatever is due happens at its own time.
private struct DrivenSession {
    private static let nurse = Actor(name: "nurse", uid: 1000)
    private var machine: SessionMachine
    private var sequence: UInt64 = 0
    private(set) var entries: [EntryDraft] = []
    private(set) var now = 0.0

    init(_ text: String, cuffs: RoomCuffs = RoomCuffs(driven: ["cuff"])) throws {
        (machine, entries) = SessionMachine.start(
            "s1", room: "r1", patient: "P1", plan: try Scenario(text).plan, ranking: [:], cuffs: cuffs, by: Self.nurse, at: Self.moment(0))
    }

    private static func moment(_ seconds: Double) -> Moment {
        Moment(boot: BootInstant(seconds: 100 + seconds), wall: WallInstant(nanoseconds: 1_790_000_000_000_000_000 + Int64(seconds * 1e9)))
    }

    /// Lets time pass to `seconds`, timer by timer.
    mutating func pass(to seconds: Double) {
        let end = Self.moment(seconds)
        while let due = machine.nextDeadline(), due <= end.boot {
            let before = machine.nextDeadline()
            entries += machine.advance(to: end.moved(to: max(due, Self.moment(now).boot)))
            now = max(now, (due - Self.moment(0).boot).inSeconds)
            if machine.nextDeadline() == before, due > Self.moment(now).boot { break }
        }
        now = seconds
    }

    mutating func source(_ state: SourceState, _ source: SourceID = "cuff", at seconds: Double) {
        pass(to: seconds)
        sequence += 1
        let change = SourceTransition(source: source, from: .absent, to: state, reason: "test", sequence: sequence)
        entries += machine.receive(change, signals: [.nibpSystolic], at: Self.moment(seconds))
    }

    mutating func cuff(_ state: CuffState, failure: String? = nil, _ source: SourceID = "cuff", at seconds: Double) {
        pass(to: seconds)
        sequence += 1
        entries += machine.receive(CuffChange(source: source, state: state, failure: failure, sequence: sequence), at: Self.moment(seconds))
    }

    /// The machine was stopped: time has passed and no timer rang.
    mutating func oversleep(to seconds: Double) {
        entries += machine.advance(to: Self.moment(seconds))
        now = seconds
    }

    /// A measurement of 30 s that ends at `seconds` with a value.
    mutating func measure(_ systolic: Double, _ source: SourceID = "cuff", endingAt seconds: Double) {
        cuff(.measuring, source, at: seconds - 30)
        cuff(.idle, source, at: seconds)
        sequence += 1
        let reading = Reading(
            source: source, signal: .nibpSystolic, value: systolic, quality: .valid, received: Self.moment(seconds), sequence: sequence)
        entries += machine.receive(reading, at: Self.moment(seconds)).entries
    }

    mutating func command(_ command: CuffCommand, at seconds: Double) -> SessionRefusal? {
        pass(to: seconds)
        switch machine.command(command, by: Self.nurse, at: Self.moment(seconds)) {
        case .success(let drafts): entries += drafts
        case .failure(let refusal): return refusal
        }
        return nil
    }

    mutating func enter(_ phase: SessionPhase, at seconds: Double) throws {
        pass(to: seconds)
        entries += try machine.enter(phase, reason: "test", by: Self.nurse, at: Self.moment(seconds)).get()
    }

    mutating func restart(at seconds: Double) {
        pass(to: seconds)
        let state = machine.state(at: Self.moment(seconds))
        let restored = SessionMachine.restore(
            state, plan: machine.plan, ranking: [:], cuffs: RoomCuffs(driven: ["cuff"]), sameBoot: true, at: Self.moment(seconds))
        machine = restored.machine
        entries += restored.entries
    }

    /// What was said of cuffs that do not stop, as `on 50`.
    var stuck: [String] {
        entries.compactMap { entry in
            guard case .system(let change) = entry.content, change.fault == .cuffStuck else { return nil }
            return "\(change.isOn ? "on" : "off") \(Int((entry.at.boot - Self.moment(0).boot).inSeconds.rounded()))"
        }
    }

    /// The entries of a replay of the log.
    func replayed() throws -> [EntryDraft] {
        let inputs = ReplayInput.inputs(readings: [], entries: entries) { _ in [.nibpSystolic] }
        return try SessionReplay.run(
            plan: machine.plan, ranking: [:], cuffs: RoomCuffs(driven: ["cuff"]), start: entries[0], inputs: inputs,
            until: Self.moment(now))
    }

    /// Every order as `start 305 by the plan's schedule`, the second since the start.
    var orders: [String] {
        entries.compactMap { entry in
            guard case .cuffOrder(let order) = entry.content else { return nil }
            let second = Int((entry.at.boot - Self.moment(0).boot).inSeconds.rounded())
            return "\(order.command.rawValue) \(second)"
        }
    }
}

/// When a cuff that can be started is started and stopped.
@Suite struct CuffDriverTests {
    private let plan = "rule sbp: SBP above 180, 2 readings, high, latching never\ncuff acute every 5m\nphases acute recovery"

    @Test func `it measures as soon as the cuff answers, then by the interval`() throws {
        var session = try DrivenSession(plan)
        session.source(.streaming, at: 7)
        session.pass(to: 8)
        #expect(session.orders == ["start 7"])
        session.measure(120, endingAt: 40)
        session.pass(to: 339)
        #expect(session.orders == ["start 7"])
        session.pass(to: 340)
        #expect(session.orders == ["start 7", "start 340"])
    }

    @Test func `a measurement by the button counts, and is not met by another`() throws {
        var session = try DrivenSession(plan)
        session.cuff(.measuring, at: 1)
        session.source(.streaming, at: 2)
        session.cuff(.idle, at: 31)
        session.measure(120, endingAt: 200)
        session.pass(to: 499)
        #expect(session.orders == [])
        session.pass(to: 500)
        #expect(session.orders == ["start 500"])
    }

    @Test func `a value beyond a limit is repeated after 3 min, one inside waits for the interval`() throws {
        var session = try DrivenSession(plan)
        session.source(.streaming, at: 0)
        session.measure(190, endingAt: 40)
        session.pass(to: 221)
        #expect(session.orders == ["start 0", "start 220"])
        session.measure(150, endingAt: 251)
        session.pass(to: 550)
        #expect(session.orders == ["start 0", "start 220"])
        session.pass(to: 551)
        #expect(session.orders.last == "start 551")
    }

    @Test func `a cuff that measures 30 s after it was told to stop is told of, until it is at rest`() throws {
        var session = try DrivenSession(plan)
        session.source(.streaming, at: 0)
        session.cuff(.measuring, at: 5)
        #expect(session.command(.abort, at: 20) == nil)
        #expect(session.command(.abort, at: 40) == nil)
        session.pass(to: 49)
        #expect(session.stuck == [])
        session.pass(to: 55)
        #expect(session.stuck == ["on 50"])
        session.cuff(.idle, failure: "stopped", at: 70)
        session.pass(to: 90)
        #expect(session.stuck == ["on 50", "off 70"])
        #expect(try session.replayed() == session.entries)
    }

    @Test func `a cuff that stops in time is not told of, nor is the next measurement`() throws {
        var session = try DrivenSession(plan)
        session.source(.streaming, at: 0)
        session.cuff(.measuring, at: 5)
        #expect(session.command(.abort, at: 20) == nil)
        session.cuff(.idle, failure: "stopped", at: 22)
        #expect(session.command(.start, at: 30) == nil)
        session.cuff(.measuring, at: 31)
        session.pass(to: 60)
        #expect(session.stuck == [])
    }

    @Test func `a cuff that is told to stop because it measures too long, and does not, is told of`() throws {
        var session = try DrivenSession(plan)
        session.source(.streaming, at: 0)
        session.cuff(.measuring, at: 5)
        session.pass(to: 220)
        #expect(session.stuck == ["on 215"])
        session.restart(at: 230)
        session.cuff(.idle, at: 240)
        #expect(session.stuck == ["on 215", "off 240"])
    }

    @Test func `a failed measurement is tried twice more after a minute each, then waits for the interval`() throws {
        var session = try DrivenSession(plan)
        session.source(.streaming, at: 0)
        for end in [20.0, 100, 180] {
            session.cuff(.measuring, at: end - 15)
            session.cuff(.idle, failure: "leak", at: end)
        }
        session.pass(to: 479)
        #expect(session.orders == ["start 0", "start 80", "start 160"])
        session.pass(to: 480)
        #expect(session.orders.last == "start 480")
    }

    @Test func `a cuff that does not begin is told to stop, and tried again`() throws {
        var session = try DrivenSession(plan)
        session.source(.streaming, at: 0)
        session.pass(to: 95)
        #expect(session.orders == ["start 0", "abort 30", "start 90"])
    }

    @Test func `one that does not end within 180 s is told to, again and again`() throws {
        var session = try DrivenSession(plan)
        session.source(.streaming, at: 0)
        session.cuff(.measuring, at: 2)
        session.pass(to: 215)
        #expect(session.orders == ["start 0", "abort 182", "abort 212"])
    }

    @Test func `another cuff that measures holds it back`() throws {
        var session = try DrivenSession(plan)
        session.source(.streaming, at: 0)
        session.measure(120, endingAt: 40)
        session.cuff(.measuring, "monitor", at: 335)
        session.pass(to: 360)
        #expect(session.orders == ["start 0"])
        session.cuff(.idle, failure: "moved", "monitor", at: 365)
        session.pass(to: 394)
        #expect(session.orders == ["start 0"], "the arm rests for half a minute")
        session.pass(to: 395)
        #expect(session.orders == ["start 0", "start 395"])
    }

    @Test func `a person stops it and the schedule, until a person starts it again`() throws {
        var session = try DrivenSession(plan)
        session.source(.streaming, at: 0)
        session.cuff(.measuring, at: 2)
        #expect(session.command(.start, at: 5) == .cuffIsMeasuring("cuff"))
        #expect(session.command(.abort, at: 10) == nil)
        session.cuff(.idle, failure: "aborted", at: 11)
        session.pass(to: 2000)
        #expect(session.orders == ["start 0", "abort 10"])
        #expect(session.command(.start, at: 2000) == nil)
        session.measure(120, endingAt: 2040)
        session.pass(to: 2340)
        #expect(session.orders.suffix(2) == ["start 2000", "start 2340"])
    }

    @Test func `refusals say what to do`() throws {
        var none = try DrivenSession(plan, cuffs: RoomCuffs())
        #expect(none.command(.start, at: 1) == .noCuffToStart)
        var absent = try DrivenSession(plan)
        #expect(absent.command(.start, at: 1) == .cuffNotReady(["cuff"]))
        #expect(absent.orders == [])
    }

    @Test func `a cuff that takes no abort is started by a person alone`() throws {
        var session = try DrivenSession(plan, cuffs: RoomCuffs(startOnly: ["cuff"]))
        session.source(.streaming, at: 0)
        session.pass(to: 1000)
        #expect(session.orders == [])
        #expect(session.command(.start, at: 1000) == nil)
        session.cuff(.measuring, at: 1001)
        #expect(session.command(.abort, at: 1005) == .cuffTakesNoAbort("cuff"))
        session.pass(to: 1400)
        #expect(session.orders == ["start 1000"])
    }

    @Test func `the end of a session ends its measurement; a phase without a schedule starts none`() throws {
        var session = try DrivenSession(plan)
        session.source(.streaming, at: 0)
        session.measure(120, endingAt: 40)
        try session.enter(.recovery, at: 60)
        session.pass(to: 4000)
        #expect(session.orders == ["start 0"])
        session.cuff(.measuring, at: 4000)
        try session.enter(.closed, at: 4005)
        #expect(session.orders == ["start 0", "abort 4005"])
    }

    @Test func `one that is stopped at the device is left alone until the schedule wants it`() throws {
        var session = try DrivenSession(plan)
        session.source(.streaming, at: 0)
        session.measure(120, endingAt: 40)
        session.cuff(.measuring, at: 90)
        session.cuff(.idle, failure: "stopped", at: 100)
        session.pass(to: 339)
        #expect(session.orders == ["start 0"])
        session.pass(to: 340)
        #expect(session.orders == ["start 0", "start 340"])
    }

    @Test func `a cuff that says again that it measures does not gain time by it`() throws {
        var session = try DrivenSession(plan)
        session.source(.streaming, at: 0)
        session.cuff(.measuring, at: 2)
        session.cuff(.measuring, failure: "it does not obey", at: 190)
        session.pass(to: 215)
        #expect(session.orders == ["start 0", "abort 182", "abort 212"])
    }

    @Test func `a session that ends before the cuff has begun stops it all the same`() throws {
        var session = try DrivenSession(plan)
        session.source(.streaming, at: 0)
        session.pass(to: 1)
        try session.enter(.closed, at: 2)
        #expect(session.orders == ["start 0", "abort 2"])
    }

    @Test func `what can be stopped is stopped, also beside a cuff that takes no abort`() throws {
        var session = try DrivenSession(plan, cuffs: RoomCuffs(driven: ["cuff"], startOnly: ["module"]))
        session.cuff(.measuring, "module", at: 1)
        session.source(.streaming, at: 2)
        session.cuff(.measuring, at: 3)
        #expect(session.command(.abort, at: 4) == nil)
        #expect(session.orders == ["abort 4"])
        session.pass(to: 5)
        #expect(session.orders == ["abort 4"])
    }

    @Test func `after a pause of the whole machine one start comes, not all that were due`() throws {
        var session = try DrivenSession(plan)
        session.source(.streaming, at: 0)
        session.measure(120, endingAt: 40)
        session.oversleep(to: 3600)
        #expect(session.orders == ["start 0", "start 3600"])
    }

    @Test func `a pressure that stays a little high is confirmed and repeated once, then waits for the interval`() throws {
        var session = try DrivenSession(
            "rule sbp: SBP above 160, 1 readings, medium, latching never\ncuff acute every 15m\nphases acute recovery")
        session.source(.streaming, at: 0)
        session.measure(165, endingAt: 40)
        session.pass(to: 221)
        session.measure(165, endingAt: 255)
        session.pass(to: 1100)
        #expect(session.orders == ["start 0", "start 220"])
        session.pass(to: 1155)
        #expect(session.orders == ["start 0", "start 220", "start 1155"])
    }

    @Test func `a lost cuff is not started; when it is back the schedule goes on, also over a restart`() throws {
        var session = try DrivenSession(plan)
        session.source(.streaming, at: 0)
        session.measure(120, endingAt: 40)
        session.source(.lost, at: 100)
        session.pass(to: 400)
        session.restart(at: 410)
        session.pass(to: 420)
        #expect(session.orders == ["start 0"])
        session.source(.streaming, at: 430)
        session.pass(to: 439)
        #expect(session.orders == ["start 0"], "after a restart nobody knows what the cuffs do")
        session.pass(to: 440)
        #expect(session.orders == ["start 0", "start 440"])
    }
}
