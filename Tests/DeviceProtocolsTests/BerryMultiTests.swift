import DeviceProtocols
import Testing
import VitalsModel

@Suite("Berry PM6750: what is sent to the board")
struct BerryMultiTests {
    private func second(_ number: Double) -> BootInstant { BootInstant(seconds: 100 + number) }

    /// A cuff packet in a state with the pressures 118/76 (90).
    private func cuff(_ state: UInt8, _ systolic: UInt8 = 118) -> [UInt8] { BerryMulti.packet(0x03, [state << 2, 0, systolic, 90, 76]) }

    private func cuffEvents(_ output: DeviceOutput) -> [DeviceEvent] {
        output.events.filter { if case .cuff = $0 { true } else { false } }
    }

    @Test("the commands are those that all sources agree on")
    func commands() {
        #expect(HexText.text(of: BerryMulti.packet(0x02, [0x01])) == "55 AA 04 02 01 F8")
        #expect(HexText.text(of: BerryMulti.packet(0x02, [0x00])) == "55 AA 04 02 00 F9")
        #expect(HexText.text(of: BerryMulti.packet(0x09, [0x01])) == "55 AA 04 09 01 F1")
        #expect(HexText.text(of: BerryMulti.packet(0x03, [0x01])) == "55 AA 04 03 01 F7")
    }

    @Test("numbers are switched on at the opening, and again each 2 s while none come")
    func switchingOn() throws {
        var decoder = try BerryMulti.family.decoder(.live)
        let opening = decoder.advance(to: second(0)).bytesToSend
        #expect(opening.map(HexText.text(of:)).contains("55 AA 04 01 01 F9") && opening.count == 5)
        #expect(decoder.nextDeadline == second(2))
        #expect(decoder.advance(to: second(2)).bytesToSend == opening)
        _ = decoder.receive(BerryMulti.packet(0x04, [0, 97, 70]), at: second(3))
        #expect(decoder.advance(to: second(4)).bytesToSend == [])
        // The cuff alone goes on, as after a loss of power.
        _ = decoder.receive(cuff(10), at: second(4.5))
        #expect(decoder.advance(to: second(5)).bytesToSend == opening)
    }

    @Test("a recording sends nothing, whatever it is told")
    func offline() throws {
        var decoder = try BerryMulti.family.decoder(.offline)
        #expect(decoder.advance(to: second(0)) == DeviceOutput())
        #expect(decoder.command(.start, at: second(1)) == DeviceOutput())
        #expect(decoder.receive(cuff(1), at: second(1)).bytesToSend == [] && decoder.nextDeadline == nil)
    }

    @Test("start sets adult limits first, and is sent again until the cuff runs")
    func start() throws {
        var decoder = try BerryMulti.family.decoder(.live)
        _ = decoder.receive(cuff(9) + BerryMulti.packet(0x04, [0, 97, 70]), at: second(0))
        let start = [BerryMulti.packet(0x09, [0x01]), BerryMulti.packet(0x02, [0x01])]
        #expect(decoder.command(.start, at: second(1)).bytesToSend == start)
        _ = decoder.receive(cuff(10) + BerryMulti.packet(0x04, [0, 97, 70]), at: second(2.5))
        #expect(decoder.advance(to: second(3)).bytesToSend == start)
        let running = decoder.receive(cuff(1) + BerryMulti.packet(0x04, [0, 97, 70]), at: second(4))
        #expect(cuffEvents(running) == [.cuff(.measuring, failure: nil)])
        #expect(decoder.advance(to: second(5.5)).bytesToSend == [])
        #expect(decoder.command(.start, at: second(5.5)) == DeviceOutput())
    }

    @Test("abort is sent until the cuff rests, and the old pressures are no result")
    func abort() throws {
        var decoder = try BerryMulti.family.decoder(.live)
        _ = decoder.receive(cuff(1), at: second(0))
        #expect(decoder.command(.abort, at: second(1)).bytesToSend == [BerryMulti.packet(0x02, [0x00])])
        let stopped = decoder.receive(cuff(2), at: second(2))
        #expect(cuffEvents(stopped) == [.cuff(.idle, failure: "stopped")] && stopped.readings.isEmpty)
        #expect(decoder.advance(to: second(3.5)).bytesToSend.contains(BerryMulti.packet(0x02, [0x00])) == false)
    }

    @Test("a cuff that never starts is told after five tries")
    func disobedience() throws {
        var decoder = try BerryMulti.family.decoder(.live)
        _ = decoder.advance(to: second(0))
        var output = decoder.command(.start, at: second(0))
        for step in 1...11 { output.append(decoder.receive(cuff(10), at: second(Double(step)))) }
        #expect(output.bytesToSend.filter { $0 == BerryMulti.packet(0x02, [0x01]) }.count == 5)
        #expect(cuffEvents(output) == [.cuff(.idle, failure: "the board does not obey start")])
    }

    @Test("a live connection does not give the result it finds, nor the one after a silence; what ends in sight it gives")
    func lingering() throws {
        var decoder = try BerryMulti.family.decoder(.live)
        #expect(decoder.receive(cuff(0), at: second(0)).readings.isEmpty)
        #expect(decoder.receive(cuff(1), at: second(1)).readings.isEmpty)
        #expect(decoder.receive(cuff(0), at: second(2)).readings.map(\.value) == [118, 76, 90])
        #expect(decoder.receive(cuff(0), at: second(3)).readings.isEmpty)
        #expect(cuffEvents(decoder.receive(cuff(1), at: second(4))) == [.cuff(.measuring, failure: nil)])
        #expect(cuffEvents(decoder.advance(to: second(7))) == [.cuff(.idle, failure: "the board fell silent")])
        #expect(decoder.receive(cuff(0, 130), at: second(60)).readings.isEmpty)
        #expect(decoder.receive(cuff(0, 131), at: second(61)).readings.map(\.value) == [131, 76, 90])
    }
}
