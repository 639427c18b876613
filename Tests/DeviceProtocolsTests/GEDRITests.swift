import DeviceProtocols
import MonitorTesting
import Testing
import VitalsModel

/// One record of displayed values of the basic class, with what matters here.
private struct DisplayedRecord {
    var cuff: (systolic: Int, diastolic: Int, mean: Int)? = (118, 76, 90)
    var label: UInt16 = 0
    /// Unix time of the auxiliary subrecord; nil without one.
    var measured: UInt32?
    /// Unix time of sending.
    var sent: UInt32 = 0

    var frame: [UInt8] {
        var record = [UInt8](repeating: 0, count: 40 + 278)
        (record[18], record[21]) = (1, 0xFF)
        func put(_ value: Int, at index: Int) {
            let bits = UInt16(bitPattern: Int16(value))
            (record[index], record[index + 1]) = (UInt8(bits & 0xFF), UInt8(bits >> 8))
        }
        for index in 0..<4 { record[6 + index] = UInt8(truncatingIfNeeded: sent >> (8 * UInt32(index))) }
        record[40 + 76] = 0x03
        put(Int(label), at: 40 + 80)
        let numbers = cuff.map { [$0.systolic * 100, $0.diastolic * 100, $0.mean * 100] } ?? [-32_767, -32_767, -32_767]
        for (index, number) in numbers.enumerated() { put(number, at: 40 + 82 + 2 * index) }
        if let measured {
            (record[21], record[24]) = (4, 0xFF)
            put(278, at: 19)
            record += (0..<4).map { UInt8(truncatingIfNeeded: measured >> (8 * UInt32($0))) } + [UInt8](repeating: 0, count: 110)
        }
        put(record.count, at: 0)
        return GEDRIFrame.encode(record)
    }
}

/// What a decoder says of the cuff in a row of records, one each 5 s.
private struct CuffListener {
    var decoder: any DeviceDecoder
    private(set) var now = BootInstant(seconds: 100)
    private(set) var words: [String] = []

    init(_ mode: DecoderMode) throws {
        decoder = try GEDRI.family.decoder(mode)
        take(decoder.advance(to: now))
    }

    mutating func hear(_ records: DisplayedRecord...) {
        for record in records {
            now = now + .seconds(5)
            take(decoder.receive(record.frame, at: now))
        }
    }

    mutating func wait(_ duration: Duration) {
        let end = now + duration
        while let next = decoder.nextDeadline, next <= end {
            now = next
            take(decoder.advance(to: now))
        }
        now = end
    }

    private mutating func take(_ output: DeviceOutput) {
        for event in output.events {
            switch event {
            case .cuff(let state, let failure): words.append(state.rawValue + (failure.map { ": \($0)" } ?? ""))
            case .reading(let reading) where reading.signal == .nibpSystolic:
                words.append("\(Int(reading.value ?? 0))" + (reading.deviceTime.map { " \($0)" } ?? ""))
            default: break
            }
        }
    }
}

@Suite("GE DRI: what many records say of one measurement")
struct GEDRICuffTests {
    private let measuring = DisplayedRecord(label: 0x20)
    private let old = DisplayedRecord(label: 0x100)
    private let oldMeasuring = DisplayedRecord(label: 0x120)
    private let young = DisplayedRecord()
    private let other = DisplayedRecord(cuff: (131, 80, 97))
    private let blank = DisplayedRecord(cuff: nil)

    @Test("a measurement is given once, when the cuff has stopped", arguments: [DecoderMode.live, .offline])
    func once(mode: DecoderMode) throws {
        var cuff = try CuffListener(mode)
        cuff.hear(blank, DisplayedRecord(cuff: nil, label: 0x20), measuring, young, young, old, old)
        #expect(cuff.words == ["measuring", "idle", "118"])
    }

    @Test("a result of unknown age is none for a live client, also when it is blanked and comes again")
    func lingering() throws {
        var live = try CuffListener(.live)
        live.hear(old, old, blank, old)
        #expect(live.words.isEmpty)
        var recording = try CuffListener(.offline)
        recording.hear(old, old, blank, old)
        #expect(recording.words == ["118"])
    }

    @Test("numbers that change without a measurement seen are one", arguments: [DecoderMode.live, .offline])
    func changed(mode: DecoderMode) throws {
        var cuff = try CuffListener(mode)
        cuff.hear(young, other, other, DisplayedRecord(cuff: (131, 80, 97), label: 0x100))
        #expect(cuff.words == ["118", "131"])
    }

    @Test("equal numbers are a new measurement after the former was called old")
    func equalNumbers() throws {
        var cuff = try CuffListener(.live)
        cuff.hear(young, old, oldMeasuring, young, young)
        #expect(cuff.words == ["118", "measuring", "idle", "118"])
        cuff.hear(old, young)
        #expect(cuff.words.last == "118" && cuff.words.count == 5)
    }

    @Test("equal numbers are a new measurement after they were taken away for it", arguments: [DecoderMode.live, .offline])
    func equalNumbersAfterBlank(mode: DecoderMode) throws {
        var cuff = try CuffListener(mode)
        cuff.hear(young, DisplayedRecord(cuff: nil, label: 0x20), young, young)
        #expect(cuff.words == ["118", "measuring", "idle", "118"])
    }

    @Test("a failed measurement gives no values, whatever numbers stand there")
    func failed() throws {
        for after in [blank, old, young] {
            var cuff = try CuffListener(.live)
            cuff.hear(young, measuring, after, after)
            #expect(cuff.words == ["118", "measuring", "idle: the monitor gave no new values"])
        }
    }

    @Test("a result that was taken away is not given again when it comes back", arguments: [DecoderMode.live, .offline])
    func resent(mode: DecoderMode) throws {
        var cuff = try CuffListener(mode)
        cuff.hear(young, blank, blank, young, old, blank, old)
        #expect(cuff.words == ["118"])
    }

    @Test("the auxiliary time tells measurements apart, before everything else")
    func auxiliaryTime() throws {
        func record(_ time: UInt32, _ label: UInt16) -> DisplayedRecord { DisplayedRecord(label: label, measured: time) }
        var cuff = try CuffListener(.live)
        cuff.hear(record(1_700_000_000, 0), record(1_700_000_000, 0), record(1_700_000_060, 0), record(1_700_000_060, 0x100))
        #expect(cuff.words == ["118 2023-11-14T22:13:20", "118 2023-11-14T22:14:20"])
    }

    @Test("an old measurement with a time is none for a live client, neither at the connection nor after an outage")
    func oldWithTime() throws {
        func record(_ time: UInt32, sent: UInt32) -> DisplayedRecord { DisplayedRecord(label: 0x100, measured: time, sent: sent) }
        let hour: UInt32 = 3600
        let records = [
            record(1_700_000_000, sent: 1_700_000_000 + hour), record(1_700_000_060, sent: 1_700_000_060 + 2 * hour),
            record(1_700_000_120, sent: 1_700_000_120 + 61), record(1_700_000_180, sent: 1_700_000_120),
        ]
        var live = try CuffListener(.live)
        for record in records { live.hear(record) }
        #expect(live.words.isEmpty)
        var recording = try CuffListener(.offline)
        for record in records { recording.hear(record) }
        #expect(recording.words.count == 4)
        // By the monitor's own clock this one was just measured.
        live.hear(record(1_700_000_240, sent: 1_700_000_300))
        #expect(live.words == ["118 2023-11-14T22:17:20"])
    }

    @Test("silence ends what was seen of a measurement; what is old afterwards is not given")
    func silence() throws {
        var cuff = try CuffListener(.live)
        cuff.hear(young, measuring)
        cuff.wait(.seconds(60))
        cuff.hear(DisplayedRecord(cuff: (131, 80, 97), label: 0x100))
        #expect(cuff.words == ["118", "measuring", "idle: the monitor fell silent during the measurement"])
    }
}

@Suite("GE DRI: asking")
struct GEDRIRequestTests {
    @Test("the request is the maker's, for the basic class each 5 s", arguments: ["0", "9"])
    func request(level: String) throws {
        var decoder = try GEDRI.family.decoder(.live, options: ["level": level])
        let sent = decoder.advance(to: BootInstant(seconds: 1)).bytesToSend
        let sum: UInt8 = 0x36 + (UInt8(level) ?? 0)
        #expect(
            sent.count == 1 && sent[0].count == 52 && sent[0][4] == UInt8(level) && sent[0][41...44] == [1, 5, 0, 0] && sent[0][50] == sum)
    }

    @Test("a silent monitor is asked again each 10 s, and is silent after 15 s")
    func repeats() throws {
        var decoder = try GEDRI.family.decoder(.live)
        let start = BootInstant(seconds: 1)
        var asked: [Double] = []
        var links: [LinkState] = []
        var now = start
        while now <= start + .seconds(45) {
            let output = decoder.advance(to: now)
            if !output.bytesToSend.isEmpty { asked.append((now - start).inSeconds) }
            links += output.events.compactMap { if case .link(let state, _) = $0 { state } else { nil } }
            guard let next = decoder.nextDeadline else { break }
            now = next
        }
        #expect(asked == [0, 10, 20, 30, 40])
        #expect(links == [.negotiating, .stale])
    }

    @Test("a recording is not answered")
    func offline() throws {
        var decoder = try GEDRI.family.decoder(.offline)
        #expect(decoder.advance(to: BootInstant(seconds: 1)) == DeviceOutput())
        #expect(decoder.receive(DisplayedRecord().frame, at: BootInstant(seconds: 1)).bytesToSend.isEmpty && decoder.nextDeadline == nil)
    }

    @Test("a frame of any length is survived, and the next good one is read")
    func endlessFrame() throws {
        let long = [0x7E] + [UInt8](repeating: 0x55, count: 100_000) + DisplayedRecord().frame
        let decoded = try GEDRI.family.decodeOffline([long])
        #expect(decoded.statistics.rejected == [.badLength: 1] && decoded.statistics.frames == 1)
    }
}
