import DeviceProtocols
import Testing
import VitalsModel

@Suite("Berry PM6750: what is sent to the board")
struct BerryMultiTests {
    private func second(_ number: Double) -> BootInstant { BootInstant(seconds: 100 + number) }

    /// A cuff packet in a state with the pressures 118/76 (90).
    private func cuff(_ state: UInt8, _ systolic: UInt8 = 118) -> [UInt8] { BerryMulti.packet(0x03, [state << 2, 0, systolic, 90, 76]) }

    /// One packet of the ECG and one of the oximeter.
    private let numbers = BerryMulti.packet(0x02, [0x50, 72, 16, 0, 1]) + BerryMulti.packet(0x04, [0, 97, 70])

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
        _ = decoder.receive(numbers, at: second(3))
        #expect(decoder.advance(to: second(4)).bytesToSend == [])
        // The cuff alone goes on, as after a loss of power.
        _ = decoder.receive(cuff(10), at: second(4.5))
        #expect(decoder.advance(to: second(5)).bytesToSend == opening)
    }

    @Test("a stream that does not come is switched on again, though the other one comes", arguments: [0x02, 0x04] as [UInt8])
    func oneSwitchLost(type: UInt8) throws {
        var decoder = try BerryMulti.family.decoder(.live)
        _ = decoder.advance(to: second(0))
        let packet = BerryMulti.packet(type, type == 0x02 ? [0x50, 72, 16, 0, 1] : [0, 97, 70])
        var output = DeviceOutput()
        for step in 1...8 { output.append(decoder.receive(packet, at: second(Double(step)))) }
        let (heart, oximeter) = (BerryMulti.packet(0x01, [0x01]), BerryMulti.packet(0x03, [0x01]))
        let (lost, heard) = type == 0x02 ? (oximeter, heart) : (heart, oximeter)
        #expect(output.bytesToSend.filter { $0 == lost }.count == 4 && !output.bytesToSend.contains(heard))
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
        _ = decoder.receive(cuff(9) + numbers, at: second(0))
        let start = [BerryMulti.packet(0x09, [0x01]), BerryMulti.packet(0x02, [0x01])]
        #expect(decoder.command(.start, at: second(1)).bytesToSend == start)
        _ = decoder.receive(cuff(10) + numbers, at: second(2.5))
        #expect(decoder.advance(to: second(3)).bytesToSend == start)
        let running = decoder.receive(cuff(1) + numbers, at: second(4))
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

    private static let stop = BerryMulti.packet(0x02, [0x00])

    @Test("a stop at rest is owed: a start that the board takes up late is stopped", arguments: [0, 2, 9, 10] as [UInt8])
    func lateStart(resting: UInt8) throws {
        var decoder = try BerryMulti.family.decoder(.live)
        _ = decoder.receive(cuff(10), at: second(0))
        _ = decoder.command(.start, at: second(0.2))
        #expect(decoder.command(.abort, at: second(0.3)).bytesToSend == [Self.stop])
        #expect(!decoder.receive(cuff(resting), at: second(1)).bytesToSend.contains(Self.stop))
        let late = decoder.receive(cuff(1), at: second(4))
        #expect(late.bytesToSend.contains(Self.stop) && cuffEvents(late).last == .cuff(.measuring, failure: nil))
    }

    @Test("a stop is no longer owed when the cuff was seen at rest for 5 s; initialising is no rest")
    func stopDone() throws {
        var decoder = try BerryMulti.family.decoder(.live)
        _ = decoder.receive(cuff(1), at: second(0))
        _ = decoder.command(.abort, at: second(0.5))
        var sent: [[UInt8]] = []
        for step in 1...8 { sent += decoder.receive(cuff(9), at: second(Double(step))).bytesToSend }
        #expect(sent.filter { $0 == Self.stop }.count >= 3)
        sent = []
        for step in 9...14 { sent += decoder.receive(cuff(10), at: second(Double(step))).bytesToSend }
        sent += decoder.receive(cuff(1), at: second(15)).bytesToSend + decoder.receive(cuff(1), at: second(18)).bytesToSend
        #expect(!sent.contains(Self.stop))
    }

    @Test("a stop that is not obeyed is sent without end, and told once")
    func stopNotObeyed() throws {
        var decoder = try BerryMulti.family.decoder(.live)
        var output = decoder.receive(cuff(1), at: second(0))
        output.append(decoder.command(.abort, at: second(0.5)))
        var told: [Double] = []
        for step in 1...30 {
            let next = decoder.receive(cuff(1), at: second(Double(step)))
            if !cuffEvents(next).isEmpty { told.append(Double(step)) }
            output.append(next)
        }
        #expect(output.bytesToSend.filter { $0 == Self.stop }.count >= 10 && told == [7])
        #expect(cuffEvents(output) == [.cuff(.measuring, failure: nil), .cuff(.measuring, failure: "the board does not obey the stop")])
    }

    @Test("a line that is dead for a minute does not use a stop up")
    func stopOverDeadLine() throws {
        var decoder = try BerryMulti.family.decoder(.live)
        _ = decoder.receive(cuff(1), at: second(0))
        var output = decoder.command(.abort, at: second(0.5))
        while let next = decoder.nextDeadline, next < second(60) { output.append(decoder.advance(to: next)) }
        #expect(cuffEvents(output) == [.cuff(.idle, failure: "the board fell silent")])
        output = DeviceOutput()
        for step in 60...64 { output.append(decoder.receive(cuff(1), at: second(Double(step)))) }
        #expect(output.bytesToSend.filter { $0 == Self.stop }.count >= 2)
        #expect(cuffEvents(output) == [.cuff(.measuring, failure: nil)])
    }

    @Test(
        "a failure that is new after a start ends it; one that stood there before does not start the cuff again",
        arguments: [2, 4, 8] as [UInt8])
    func failedStart(state: UInt8) throws {
        var decoder = try BerryMulti.family.decoder(.live)
        let start = BerryMulti.packet(0x02, [0x01])
        _ = decoder.receive(cuff(10), at: second(0))
        var output = decoder.command(.start, at: second(0.5))
        for step in 1...20 { output.append(decoder.receive(cuff(state), at: second(Double(step)))) }
        #expect(output.bytesToSend.filter { $0 == start }.count == 1 && cuffEvents(output).count == 1)
        #expect(cuffEvents(output) != [.cuff(.idle, failure: "the board does not obey the start")])
        output = decoder.command(.start, at: second(20.5))
        for step in 21...40 { output.append(decoder.receive(cuff(state), at: second(Double(step)))) }
        #expect(output.bytesToSend.filter { $0 == start }.count == 1)
        #expect(cuffEvents(output) == [.cuff(.idle, failure: "the board does not obey the start")])
    }

    @Test("a cuff that never starts is told after five tries")
    func disobedience() throws {
        var decoder = try BerryMulti.family.decoder(.live)
        _ = decoder.advance(to: second(0))
        var output = decoder.command(.start, at: second(0))
        for step in 1...11 { output.append(decoder.receive(cuff(10), at: second(Double(step)))) }
        #expect(output.bytesToSend.filter { $0 == BerryMulti.packet(0x02, [0x01]) }.count == 5)
        #expect(cuffEvents(output) == [.cuff(.idle, failure: "the board does not obey the start")])
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
