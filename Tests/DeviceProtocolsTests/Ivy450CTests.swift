import DeviceProtocols
import Testing
import VitalsModel

@Suite("Ivy 450C: the cuff result that every message repeats")
struct Ivy450CTests {
    private func message(_ cuff: String, heartRate: Int = 80) -> [UInt8] {
        let text = "HR=1;\(heartRate);ECG-II-DIAG;\rRR=1;14;APNEA: 20 SEC;\rSPO2=1;97;PR=\(heartRate) ;\rNIBP=4;\(cuff)\r"
        return [0xFF] + Array("ANSAR-B ".utf8) + [UInt8](repeating: 0xFE, count: 400) + Array(text.utf8) + [0xFE]
    }

    /// Systolic values of a decoding second by second.
    private func systolic(_ mode: DecoderMode, _ cuffs: [String]) throws -> [Double?] {
        var decoder = try Ivy450C.family.decoder(mode)
        return cuffs.enumerated().flatMap { second, cuff in
            decoder.receive(message(cuff), at: BootInstant(seconds: Double(second))).readings
        }.filter { $0.signal == .nibpSystolic }.map(\.value)
    }

    private let old = "121;75;92;80;;"
    private let new = "131;79;96;84;;"

    @Test("a recording gives its first result at once, later ones when a second message confirms them")
    func recording() throws {
        #expect(try systolic(.offline, [old]) == [121])
        #expect(try systolic(.offline, [old, old, new]) == [121])
        #expect(try systolic(.offline, [old, old, new, new, new]) == [121, 131])
        #expect(try systolic(.offline, [";;;;;", old, old]) == [121])
    }

    @Test("a damaged digit makes no measurement, neither when it comes nor when it goes")
    func damagedDigit() throws {
        #expect(try systolic(.offline, [old, old, "125;75;92;80;;", old, old]) == [121])
        #expect(try systolic(.live, [";;;;;", ";;;;;", old, old, "125;75;92;80;;", old, old]) == [121])
        #expect(try systolic(.live, ["125;75;92;80;;", old, old, old]) == [])
    }

    @Test("a live connection does not give what it finds, and gives what changes")
    func connection() throws {
        #expect(try systolic(.live, [old, old, old]) == [])
        #expect(try systolic(.live, [old, old, new, new, new]) == [131])
    }

    @Test("a result that is taken away and shown again is not new; one with another pulse is")
    func shownAgain() throws {
        #expect(try systolic(.live, [";;;;;", ";;;;;", old, old, ";;;;;", ";;;;;", old, old]) == [121])
        #expect(try systolic(.live, [";;;;;", ";;;;;", old, old, "121;75;92;81;;", "121;75;92;81;;"]) == [121, 121])
    }

    @Test("a fault of the cuff is told once, and the old pressures beside it are no result")
    func fault() throws {
        var decoder = try Ivy450C.family.decoder(.live)
        let cuffs = [";;;;;", ";;;;;", "121;75;92;80;;CUFF LEAK", "121;75;92;80;;CUFF LEAK", "121;75;92;80;;CUFF LEAK"]
        let events = cuffs.enumerated().flatMap { second, cuff in
            decoder.receive(message(cuff), at: BootInstant(seconds: Double(second))).events
        }
        #expect(events.filter { if case .cuff = $0 { true } else { false } } == [.cuff(.idle, failure: "CUFF LEAK")])
        #expect(!events.contains { if case .reading(let reading) = $0 { reading.signal == .nibpMean } else { false } })
    }

    @Test("old pressures beside a fault at the beginning are not new when the fault goes; other ones are")
    func faultAtTheBeginning() throws {
        let faulty = "121;75;92;80;;CUFF LEAK"
        #expect(try systolic(.live, [faulty, faulty, old, old, old]) == [])
        #expect(try systolic(.live, [faulty, faulty, old, old, new, new]) == [131])
        #expect(try systolic(.live, [faulty, faulty, new, new]) == [131])
    }

    @Test("a fault is told once, whatever pressures stand beside it")
    func faultBesideChangingPressures() throws {
        var decoder = try Ivy450C.family.decoder(.live)
        let cuffs = [";;;;;", ";;;;;", ";;;;;LOOSE CUFF", ";;;;;LOOSE CUFF", "121;75;92;80;;LOOSE CUFF", "121;75;92;80;;LOOSE CUFF"]
        let events = cuffs.enumerated().flatMap { second, cuff in
            decoder.receive(message(cuff), at: BootInstant(seconds: Double(second))).events
        }
        #expect(events.filter { if case .cuff = $0 { true } else { false } } == [.cuff(.idle, failure: "LOOSE CUFF")])
    }

    @Test("after a silence the result shown is of unknown age again")
    func silence() throws {
        var decoder = try Ivy450C.family.decoder(.live)
        var events = [";;;;;", ";;;;;", old, old].enumerated().flatMap { second, cuff in
            decoder.receive(message(cuff), at: BootInstant(seconds: Double(second))).events
        }
        #expect(decoder.nextDeadline == BootInstant(seconds: 6))
        events += decoder.advance(to: BootInstant(seconds: 6)).events
        #expect(decoder.nextDeadline == nil)
        for second in 20..<24 { events += decoder.receive(message(new), at: BootInstant(seconds: Double(second))).events }
        let links = events.compactMap { if case .link(let state, _) = $0 { state } else { nil } }
        #expect(links == [.negotiating, .streaming, .stale, .streaming])
        let values = events.compactMap {
            if case .reading(let reading) = $0, reading.signal == .nibpSystolic { reading.value } else { nil }
        }
        #expect(values == [121])
    }

    @Test("lost bytes cost their message and never the next, wherever they are lost")
    func lostBytes() throws {
        let first = message(old, heartRate: 71)
        for start in stride(from: 0, to: 440, by: 7) {
            for count in [1, 9, 30, 120] where start + count <= first.count {
                var bytes = first
                bytes.removeSubrange(start..<(start + count))
                bytes += message(old, heartRate: 72)
                let rates = try Ivy450C.family.decodeOffline([bytes]).readings.filter { $0.signal == .heartRate }.map(\.value)
                // Bytes lost in the waveform move the text; those lost in the text may be of a label only.
                #expect(start < 409 ? rates == [72] : rates.last == 72, "\(count) bytes lost at \(start)")
            }
        }
    }
}
