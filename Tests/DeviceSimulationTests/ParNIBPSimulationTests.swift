import DeviceProtocols
import DeviceSimulation
import Testing
import VitalsModel

@Suite("PAR cuff module and its client")
struct ParNIBPSimulationTests {
    private let startCode: [UInt8] = [0x02, 0x30, 0x31, 0x3B, 0x3B, 0x44, 0x37, 0x03]
    private let statusCode: [UInt8] = [0x02, 0x31, 0x38, 0x3B, 0x3B, 0x44, 0x46, 0x03]
    private let adultCode: [UInt8] = [0x02, 0x32, 0x34, 0x3B, 0x3B, 0x44, 0x43, 0x03]
    private let abortCode: [UInt8] = [0x58]

    private func talk(
        _ events: [ScriptEvent] = [], cuff: CuffProgram = .manual, isNeonatal: Bool = false
    ) throws -> CuffConversation<ParCuff> {
        let device = ParCuff(
            patient: patient(SimulationScript(events: events)), start: testStart, wall: testWall, cuff: cuff, isNeonatal: isNeonatal)
        return try CuffConversation(device, ParNIBP.family)
    }

    @Test("a start gives one measurement with its values, and the result that stays in the module is not given again")
    func start() throws {
        var talk = try talk()
        talk.run(for: .seconds(20))
        #expect(talk.cuff.isEmpty && talk.links == [.negotiating, .streaming])
        talk.command(.start)
        talk.run(for: .seconds(1))
        #expect(talk.cuff == ["measuring"])
        talk.run(for: .seconds(300))
        #expect(talk.cuff == ["measuring", "idle"] && talk.isFaithful && talk.values(of: .nibpMean).count == 1)
        #expect(talk.device.startsObeyed == 1 && talk.count(of: startCode) == 1 && talk.count(of: abortCode) == 0)
        #expect(talk.links == [.negotiating, .streaming] && talk.decoder.statistics.rejected.isEmpty)
    }

    @Test("a start while one runs, or while one was asked for, does not make a second")
    func startWhileBusy() throws {
        var talk = try talk()
        talk.run(for: .seconds(7))
        for _ in 0..<8 {
            talk.command(.start)
            talk.run(for: .seconds(3))
        }
        talk.run(for: .seconds(60))
        #expect(talk.device.startsObeyed == 1 && talk.device.startsWhileRunning == 0 && talk.count(of: startCode) == 1)
        #expect(talk.cuff == ["measuring", "idle"] && talk.isFaithful)
    }

    @Test("cycles, the button and a leak: each measurement once, a leak never with the old pressures that its status carries")
    func measurements() throws {
        let cycles = CuffProgram(steps: [.init(start: .seconds(30), every: .seconds(120))])
        var talk = try talk(
            [
                ScriptEvent(.cuffLeak, at: .seconds(290), for: .seconds(60)), ScriptEvent(.startCuff, at: .seconds(440)),
                ScriptEvent(.cuffResend, at: .seconds(560), for: .seconds(20)),
            ], cuff: cycles)
        talk.run(for: .seconds(665))
        #expect(
            talk.cuff == [
                "measuring", "idle", "measuring", "idle", "measuring", "idle: air leak", "measuring", "idle", "measuring", "idle",
                "measuring", "idle", "measuring", "idle",
            ])
        #expect(talk.values(of: .nibpSystolic).count == 6 && talk.isFaithful)
        #expect(talk.count(of: abortCode) == 0 && talk.count(of: startCode) == 0)
    }

    @Test("an abort empties the cuff at once, gives no values and ends the request")
    func abort() throws {
        var talk = try talk()
        talk.command(.start)
        talk.run(for: .seconds(60))
        talk.command(.start)
        talk.run(for: .seconds(10))
        #expect(talk.device.isMeasuring)
        talk.command(.abort)
        #expect(!talk.device.isMeasuring)
        talk.run(for: .seconds(120))
        #expect(talk.cuff == ["measuring", "idle", "measuring", "idle: aborted"])
        #expect(talk.values(of: .nibpMean).count == 1 && talk.isFaithful)
        talk.command(.start)
        talk.run(for: .seconds(60))
        #expect(talk.cuff.suffix(2) == ["measuring", "idle"] && talk.values(of: .nibpMean).count == 2 && talk.isFaithful)
    }

    @Test("an abort that the line did not carry is sent again when it is back")
    func abortOverDeadLine() throws {
        var talk = try talk()
        talk.command(.start)
        talk.run(for: .seconds(8))
        talk.isPlugged = false
        talk.run(for: .seconds(1))
        talk.command(.abort)
        talk.run(for: .seconds(14))
        #expect(talk.links.last == .stale && talk.cuff == ["measuring", "idle: the module fell silent"] && talk.device.isMeasuring)
        talk.isPlugged = true
        talk.run(for: .seconds(3))
        #expect(!talk.device.isMeasuring && talk.links.last == .streaming)
        talk.run(for: .seconds(60))
        #expect(talk.values(of: .nibpMean).isEmpty && talk.cuff.last == "idle: aborted")
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
        #expect(talk.links.last == .streaming && talk.count(of: startCode) == 0 && talk.device.startsObeyed == 0)
    }

    @Test("a module that falls silent while its cuff runs is told to empty it")
    func silentInTheMiddle() throws {
        var talk = try talk()
        talk.command(.start)
        talk.run(for: .seconds(6))
        talk.device.isMute = true
        talk.run(for: .seconds(6))
        #expect(talk.count(of: abortCode) >= 1 && !talk.device.isMeasuring)
        talk.run(for: .seconds(30))
        #expect(talk.cuff == ["measuring", "idle: the module fell silent"] && talk.links.last == .stale)
        talk.device.isMute = false
        talk.run(for: .seconds(30))
        #expect(talk.links.last == .streaming && talk.values(of: .nibpMean).isEmpty)
    }

    @Test("power-up in the middle of a measurement ends it; a start during the self test waits for its end")
    func restart() throws {
        var talk = try talk()
        talk.command(.start)
        talk.run(for: .seconds(60))
        talk.command(.start)
        talk.run(for: .seconds(10))
        var device = talk.device
        let frames = device.restart(at: talk.now)
        talk.device = device
        talk.hear(frames)
        #expect(talk.cuff.suffix(2) == ["measuring", "idle: the module restarted"])
        talk.command(.start)
        talk.run(for: .seconds(90))
        #expect(talk.cuff.suffix(2) == ["measuring", "idle"] && talk.values(of: .nibpMean).count == 2 && talk.isFaithful)
        #expect(talk.decoder.statistics.rejected == [.malformed: 1])
    }

    @Test("a module in neonatal mode is set to adult before it starts")
    func neonatal() throws {
        var talk = try talk(isNeonatal: true)
        talk.command(.start)
        talk.run(for: .seconds(60))
        #expect(talk.count(of: adultCode) == 1 && talk.cuff == ["measuring", "idle"] && talk.isFaithful)
    }

    @Test("a result that the module holds when the client comes is of unknown age and not given")
    func lingering() throws {
        var first = try talk()
        first.command(.start)
        first.run(for: .seconds(60))
        var second = try CuffConversation(first.device, ParNIBP.family)
        second.run(for: .seconds(1))
        // The module's clock is ahead of the second client's; what it holds is the same.
        #expect(second.cuff.isEmpty && second.values(of: .nibpMean).isEmpty && second.links.last == .streaming)
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

    @Test("status requests at rest come every 5 s, and none while pressures come")
    func pace() throws {
        var talk = try talk()
        talk.run(for: .milliseconds(50_500))
        #expect(talk.count(of: statusCode) == 11)
        talk.command(.start)
        talk.run(for: .seconds(29))
        #expect(talk.count(of: statusCode) == 12)
    }
}
