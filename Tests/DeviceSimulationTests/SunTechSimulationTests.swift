import DeviceProtocols
import DeviceSimulation
import Testing
import VitalsModel

@Suite("SunTech cuff module and its client")
struct SunTechSimulationTests {
    private let startCode: [UInt8] = [0x3A, 0x20, 0xA6]
    private let noAbort = "measuring: this module takes no abort: disconnect the hose to empty the cuff"

    private func talk(_ events: [ScriptEvent] = [], cuff: CuffProgram = .manual) throws -> CuffConversation<SunTechCuff> {
        let device = SunTechCuff(patient: patient(SimulationScript(events: events)), start: testStart, wall: testWall, cuff: cuff)
        return try CuffConversation(device, SunTech.family)
    }

    @Test("a start gives one measurement with its values, and the result that stays in the module is not given again")
    func start() throws {
        var talk = try talk()
        talk.run(for: .seconds(20))
        talk.command(.start)
        talk.run(for: .seconds(5))
        #expect(talk.cuff == ["measuring"])
        talk.run(for: .seconds(300))
        #expect(talk.cuff == ["measuring", "idle"] && talk.isFaithful && talk.values(of: .nibpMean).count == 1)
        #expect(talk.device.startsObeyed == 1 && talk.count(of: startCode) == 1)
        #expect(talk.links == [.negotiating, .streaming] && talk.decoder.statistics.rejected.isEmpty)
    }

    @Test("a start while one runs, or while one was asked for, does not make a second")
    func startWhileBusy() throws {
        var talk = try talk()
        for _ in 0..<9 {
            talk.command(.start)
            talk.run(for: .seconds(3))
        }
        talk.run(for: .seconds(60))
        #expect(talk.device.startsObeyed == 1 && talk.device.startsWhileRunning == 0 && talk.count(of: startCode) == 1)
        #expect(talk.cuff == ["measuring", "idle"] && talk.isFaithful)
    }

    @Test("measurements that others start, a leak and a result taken away: each once, a leak never with old pressures")
    func measurements() throws {
        let cycles = CuffProgram(steps: [.init(start: .seconds(30), every: .seconds(120))])
        var talk = try talk(
            [
                ScriptEvent(.cuffLeak, at: .seconds(290), for: .seconds(60)), ScriptEvent(.startCuff, at: .seconds(440)),
                ScriptEvent(.cuffResend, at: .seconds(570), for: .seconds(25)),
            ], cuff: cycles)
        talk.run(for: .seconds(665))
        #expect(
            talk.cuff == [
                "measuring", "idle", "measuring", "idle", "measuring", "idle: error 3", "measuring", "idle", "measuring", "idle",
                "measuring", "idle", "measuring", "idle",
            ])
        #expect(talk.values(of: .nibpSystolic).count == 6 && talk.isFaithful && talk.count(of: startCode) == 0)
    }

    @Test("an end that is not heard is noticed by the empty cuff")
    func unsaidEnd() throws {
        var talk = try talk()
        talk.device.isEndUnsaid = true
        for count in 1...3 {
            talk.command(.start)
            talk.run(for: .seconds(60))
            #expect(talk.values(of: .nibpMean).count == count && talk.isFaithful)
        }
        #expect(talk.cuff == ["measuring", "idle", "measuring", "idle", "measuring", "idle"])
    }

    @Test("a running measurement cannot be aborted: that is said at once, its values come later; nothing unknown is sent")
    func abort() throws {
        var talk = try talk()
        talk.command(.start)
        talk.run(for: .seconds(10))
        let sent = talk.requests.count
        talk.command(.abort)
        #expect(talk.requests.count == sent && talk.cuff == ["measuring", noAbort] && talk.device.isMeasuring)
        talk.run(for: .seconds(60))
        #expect(talk.cuff == ["measuring", noAbort, "idle"] && talk.isFaithful)
    }

    @Test("an abort takes back a start that waits for an answer")
    func abortBeforeStart() throws {
        var talk = try talk()
        talk.device.isMute = true
        talk.command(.start)
        talk.command(.abort)
        talk.device.isMute = false
        talk.run(for: .seconds(60))
        #expect(talk.cuff == ["idle: aborted before it began"] && talk.device.startsObeyed == 0)
    }

    @Test("a module that ignores the start is asked three times, then the failure is told")
    func ignoredStart() throws {
        var talk = try talk()
        talk.device.isIgnoringStarts = true
        talk.run(for: .seconds(3))
        talk.command(.start)
        talk.run(for: .seconds(60))
        #expect(talk.count(of: startCode) == 3 && talk.cuff == ["idle: the module did not start"])
    }

    @Test("a module that says nothing: the start fails, nothing is started behind one's back when it is there again")
    func mute() throws {
        var talk = try talk()
        talk.device.isMute = true
        talk.run(for: .seconds(30))
        talk.command(.start)
        talk.run(for: .seconds(30))
        #expect(talk.cuff == ["idle: the module does not answer"] && talk.links.last == .stale)
        talk.device.isMute = false
        talk.run(for: .seconds(60))
        #expect(talk.links.last == .streaming && talk.device.startsObeyed == 0)
    }

    @Test("a line that is pulled during a measurement: stale, failed, and the result of unknown age is not given later")
    func pulled() throws {
        var talk = try talk()
        talk.command(.start)
        talk.run(for: .seconds(10))
        talk.isPlugged = false
        talk.run(for: .seconds(60))
        #expect(talk.links.last == .stale && talk.cuff == ["measuring", "idle: the module fell silent"])
        talk.isPlugged = true
        talk.run(for: .seconds(60))
        #expect(talk.links.last == .streaming && talk.values(of: .nibpMean).isEmpty && talk.cuff.count == 2)
    }

    @Test("power-up in the middle of a measurement ends it without a result")
    func restart() throws {
        var talk = try talk()
        talk.command(.start)
        talk.run(for: .seconds(60))
        talk.command(.start)
        talk.run(for: .seconds(10))
        talk.device.restart(at: talk.now)
        talk.run(for: .seconds(20))
        #expect(talk.cuff == ["measuring", "idle", "measuring", "idle: ended without a result"])
        talk.command(.start)
        talk.run(for: .seconds(60))
        #expect(talk.values(of: .nibpMean).count == 2 && talk.isFaithful)
    }

    @Test("a result that the module holds when the client comes is of unknown age and not given")
    func lingering() throws {
        var first = try talk()
        first.command(.start)
        first.run(for: .seconds(60))
        var second = try CuffConversation(first.device, SunTech.family)
        second.run(for: .seconds(1))
        #expect(second.cuff.isEmpty && second.values(of: .nibpMean).isEmpty && second.links.last == .streaming)
    }
}
