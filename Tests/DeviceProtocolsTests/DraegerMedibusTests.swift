import DeviceProtocols
import Testing
import VitalsModel

@Suite("MEDIBUS: the client's side of the dialogue")
struct DraegerMedibusTests {
    private let initialise = DraegerMedibus.message(isResponse: false, 0x51)
    private let initialised = DraegerMedibus.message(isResponse: true, 0x51)
    private let question = DraegerMedibus.message(isResponse: false, 0x24)
    private let answer = DraegerMedibus.message(isResponse: true, 0x24, Array("EB 98 E1 70 ".utf8))

    private func second(_ number: Double) -> BootInstant { BootInstant(seconds: 100 + number) }

    /// A client at second 1 whose first question is open.
    private func asking() throws -> any DeviceDecoder {
        var decoder = try DraegerMedibus.family.decoder(.live)
        #expect(decoder.advance(to: second(0)).bytesToSend == [initialise])
        let identity = decoder.receive(initialised + DraegerMedibus.message(isResponse: false, 0x52), at: second(0.5)).bytesToSend
        #expect(identity.count == 1 && identity.first?.starts(with: [0x01, 0x52] + Array("0161'".utf8)) == true)
        #expect(decoder.nextDeadline == second(0.7))
        #expect(decoder.advance(to: second(0.7)).bytesToSend == [question])
        return decoder
    }

    @Test("it begins, tells its name, waits 200 ms, and asks each second with one question open")
    func dialogue() throws {
        var decoder = try asking()
        let values = decoder.receive(answer, at: second(0.9))
        #expect(values.bytesToSend == [] && decoder.nextDeadline == second(1.7))
        #expect(decoder.advance(to: second(1.7)).bytesToSend == [question])
        // A slow answer: nothing is asked meanwhile while bytes come.
        for step in 0..<4 { #expect(decoder.receive([answer[step]], at: second(3 + Double(step))).bytesToSend == []) }
        #expect(decoder.receive(Array(answer[4...]), at: second(7)).bytesToSend == [])
        #expect(decoder.advance(to: second(7.2)).bytesToSend == [question])
    }

    @Test("a device that does not answer is begun with each 3 s; one that begins by itself is answered each time")
    func beginning() throws {
        var decoder = try DraegerMedibus.family.decoder(.live)
        #expect(decoder.advance(to: second(0)).bytesToSend == [initialise])
        #expect(decoder.advance(to: second(3)).bytesToSend == [initialise])
        #expect(decoder.receive(initialise, at: second(4)).bytesToSend == [initialised])
        #expect(decoder.receive(initialise, at: second(4.5)).bytesToSend == [initialised])
        // It never asks for a name.
        #expect(decoder.advance(to: second(5.5)).bytesToSend == [question])
    }

    @Test("a beginning in the middle is answered, and the dialogue starts over")
    func restart() throws {
        var decoder = try asking()
        #expect(decoder.receive(answer + initialise, at: second(0.9)).bytesToSend == [initialised])
        #expect(decoder.receive(DraegerMedibus.message(isResponse: false, 0x52), at: second(1)).bytesToSend.count == 1)
        #expect(decoder.advance(to: second(1.2)).bytesToSend == [question])
    }

    @Test("every command is answered, also unknown ones and one inside an answer")
    func commands() throws {
        var decoder = try asking()
        let inside = Array(answer[..<6]) + DraegerMedibus.message(isResponse: false, 0x49) + Array(answer[6...])
        let output = decoder.receive(inside, at: second(0.9))
        #expect(output.bytesToSend == [DraegerMedibus.message(isResponse: true, 0x49)])
        #expect(output.events.filter { if case .reading = $0 { true } else { false } }.count == 2)
        #expect(decoder.receive(DraegerMedibus.message(isResponse: false, 0x60), at: second(1)).bytesToSend.count == 1)
    }

    @Test("without a byte for 3 s, without a whole answer for 10 s, and after three refusals it starts over")
    func timeOuts() throws {
        var silent = try asking()
        #expect(silent.nextDeadline == second(3.7))
        #expect(silent.advance(to: second(3.7)).bytesToSend == [initialise])

        var slow = try asking()
        var sent: [[UInt8]] = []
        for step in 1...9 { sent += slow.receive([0x80], at: second(0.7 + Double(step))).bytesToSend }
        #expect(sent == [])
        #expect(slow.receive([0x80], at: second(10.7)).bytesToSend == [initialise])

        var unwilling = try asking()
        let refusal = DraegerMedibus.message(isResponse: true, 0x15)
        #expect(unwilling.receive(refusal, at: second(0.8)).bytesToSend == [])
        for step in 1...2 {
            #expect(unwilling.advance(to: second(0.7 + Double(step))).bytesToSend == [question])
            let next = unwilling.receive(refusal, at: second(0.8 + Double(step))).bytesToSend
            #expect(next == (step == 2 ? [initialise] : []))
        }
    }

    @Test("a damaged answer is asked for again 200 ms after its last byte; the third in a row makes it start over")
    func damagedAnswers() throws {
        var decoder = try asking()
        var damaged = answer
        damaged[5] ^= 0x01
        #expect(decoder.receive(damaged, at: second(0.9)).bytesToSend == [])
        #expect(decoder.nextDeadline == second(1.1))
        #expect(decoder.advance(to: second(1.1)).bytesToSend == [question])
        // The rest of an answer that was broken off is no second damage, and is waited for.
        #expect(decoder.receive(Array(answer[..<6]) + [0x05], at: second(1.2)).bytesToSend == [])
        #expect(decoder.receive(Array(answer[7...]), at: second(1.3)).bytesToSend == [])
        #expect(decoder.advance(to: second(1.4)).bytesToSend == [])
        #expect(decoder.advance(to: second(1.5)).bytesToSend == [question])
        #expect(decoder.receive(damaged, at: second(1.6)).bytesToSend == [initialise])
    }

    @Test("a good answer between damaged ones counts anew")
    func goodAnswerBetween() throws {
        var decoder = try asking()
        var damaged = answer
        damaged[5] ^= 0x01
        var now = 0.9
        for step in 0..<12 {
            let output = decoder.receive(step.isMultiple(of: 3) ? answer : damaged, at: second(now))
            #expect(output.bytesToSend == [])
            guard let due = decoder.nextDeadline else { return }
            #expect(decoder.advance(to: due).bytesToSend == [question], "step \(step)")
            now = (due - second(0)) / .seconds(1) + 0.1
        }
    }

    @Test("a device that suspends is not asked until it resumes, and not waited for for ever")
    func suspension() throws {
        var decoder = try asking()
        _ = decoder.receive(answer + [0x11], at: second(0.9))
        #expect(decoder.advance(to: second(1.7)).bytesToSend == [])
        #expect(decoder.receive([0x13], at: second(2)).bytesToSend == [])
        #expect(decoder.advance(to: second(3.9)).bytesToSend == [question])
        _ = decoder.receive(answer + [0x11], at: second(4))
        var sent: [[UInt8]] = []
        for step in 5...9 { sent += decoder.advance(to: second(Double(step))).bytesToSend }
        #expect(sent.first == question)
    }

    @Test("no data for 5 s is silence, whatever else the device says")
    func silence() throws {
        var decoder = try asking()
        var output = decoder.receive(answer, at: second(0.9))
        for step in 1...6 {
            output.append(decoder.receive(DraegerMedibus.message(isResponse: false, 0x30), at: second(0.9 + Double(step))))
        }
        let links = output.events.compactMap { if case .link(let state, _) = $0 { state } else { nil } }
        #expect(links == [.streaming, .stale])
    }

    @Test("a recording sends nothing")
    func offline() throws {
        var decoder = try DraegerMedibus.family.decoder(.offline)
        #expect(decoder.advance(to: second(0)) == DeviceOutput())
        #expect(decoder.receive(initialise + answer, at: second(1)).bytesToSend == [] && decoder.nextDeadline == nil)
    }
}
