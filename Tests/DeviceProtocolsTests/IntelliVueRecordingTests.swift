import DeviceProtocols
import MonitorTesting
import Testing
import TimelineReports
import VitalsModel

@Suite("IntelliVue recordings")
struct IntelliVueRecordingTests {
    private static let folder = "captures/intellivue/"

    private static func signal(_ physio: UInt16) -> Signal? {
        [
            0x4182: .heartRate, 0x4822: .pulseRate, 0x4BB8: .spo2, 0x500A: .respRate, 0x4BB0: .perfusionIndex,
            0x4A05: .nibpSystolic, 0x4A06: .nibpDiastolic, 0x4A07: .nibpMean,
        ][physio]
    }

    @Test("the RS232 recording holds 180 heart rates of 60 and nothing else that is valid")
    func serialRecording() throws {
        guard let data = try TestData.find() else { return }
        let bytes = try data.bytes(Self.folder + "mp_rs232_session_part1.raw")
        let (readings, statistics) = try IntelliVue.family.decodeOffline([bytes])
        let expected = try data.expectedNumerics(Self.folder + "mp_rs232_session_part1.expected.csv")
        #expect(statistics.frames == 1444)
        #expect(statistics.rejected.isEmpty)
        #expect(statistics.readings == readings.count)
        let valid = readings.filter { $0.quality == .valid }
        #expect(valid.count == 180)
        #expect(valid.allSatisfy { $0.signal == .heartRate && $0.value == 60 })
        // Every streaming value of the table, in order, with nil where the table has no number; of the stale cuff nothing.
        let streaming = expected.filter { Self.signal($0.physio)?.cadence == .streaming }
        #expect(readings.map(\.signal) == streaming.compactMap { Self.signal($0.physio) })
        #expect(readings.map(\.value) == streaming.map(\.value))
    }

    @Test("the frame of each reading is the one in the table")
    func frameIndices() throws {
        guard let data = try TestData.find() else { return }
        let bytes = try data.bytes(Self.folder + "mp_rs232_session_part1.raw")
        let starts = bytes.indices.filter { bytes[$0] == 0xC0 }
        let expected = try data.expectedNumerics(Self.folder + "mp_rs232_session_part1.expected.csv").filter { $0.physio == 0x4182 }
        let seen = try IntelliVue.family.decodeOffline([bytes]).readings.filter { $0.signal == .heartRate }
        #expect(seen.map(\.offset) == expected.map { starts[$0.frame] })
    }

    @Test("conditions of the RS232 recording are told once")
    func conditions() throws {
        guard let data = try TestData.find() else { return }
        var decoding = try OfflineDecoding(IntelliVue.family)
        let events = decoding.events(from: try data.bytes(Self.folder + "mp_rs232_session_part1.raw"))
        let notes = events.filter { if case .reading = $0 { false } else { true } }
        #expect(
            Set(notes) == [
                .signalCondition(.nibpSystolic, .unavailable), .signalCondition(.nibpDiastolic, .unavailable),
                .signalCondition(.nibpMean, .unavailable), .signalCondition(.heartRate, .measuring), .signalCondition(.spo2, .sensorOff),
                .signalCondition(.pulseRate, .sensorOff), .signalCondition(.perfusionIndex, .sensorOff),
            ])
        #expect(notes.count == 7)
    }

    @Test("the LAN recording, put into serial frames, holds what its table says, the cuff once, all of it demo")
    func dialogueRecording() throws {
        guard let data = try TestData.find() else { return }
        let (bytes, frames) = try data.intelliVueStream(Self.folder + "mp_lan_session_a.hexlog")
        let expected = try data.expectedNumerics(Self.folder + "mp_lan_session_a.expected.csv")
        let (readings, statistics) = try IntelliVue.family.decodeOffline([bytes])
        #expect(statistics.rejected.isEmpty)
        #expect(statistics.frames == frames.count)
        #expect(readings.allSatisfy { $0.quality == .demo && $0.value != nil })
        let streaming = readings.filter { $0.signal.cadence == .streaming }
        let wanted = expected.filter { Self.signal($0.physio)?.cadence == .streaming }
        #expect(streaming.map(\.signal) == wanted.compactMap { Self.signal($0.physio) })
        #expect(streaming.map(\.value) == wanted.map(\.value))
        #expect(streaming.map { frames[$0.offset] } == wanted.map(\.frame))
        let cuff = readings.filter { $0.signal.cadence == .intermittent }
        #expect(cuff.map(\.signal) == [.nibpSystolic, .nibpDiastolic, .nibpMean])
        #expect(cuff.map(\.value) == [120, 80, 90])
        #expect(cuff.allSatisfy { $0.deviceTime?.description == "2017-11-04T14:45:00" })
    }

    @Test("our messages are those of the recorded dialogue")
    func dialogueMessages() throws {
        guard let data = try TestData.find() else { return }
        let log = try data.hexLog(Self.folder + "mp_lan_session_a.hexlog")
        func payload(_ frame: Int) throws -> [UInt8] { try #require(log.first { $0.frame == frame }).payload }
        let request = try payload(4)
        let asked = try #require(IntelliVueUserInfo.parse(request, in: 0..<request.count))
        #expect(asked.minimumPollTicks == 320_000 && asked.extendedPollOptions == 0x8C00_0000)
        #expect(IntelliVueAssociation.request(asked) == request)
        let accept = try payload(6)
        let granted = try #require(IntelliVueUserInfo.parse(accept, in: 0..<accept.count))
        #expect(granted.largestSent == 1456 && granted.systemType == 0x0080_0000)
        #expect(IntelliVueAssociation.accept(granted) == accept)
        #expect(try payload(3) == IntelliVueAssociation.releaseRequest)
        #expect(try payload(14) == IntelliVueAssociation.releaseResponse)
        #expect(try payload(9) == IntelliVueBuilder.createEventResult(invokeID: 1))
        let poll = IntelliVuePollRequest(
            action: IntelliVueAction.extendedPoll, pollNumber: 0, objectClass: 6, group: 0, periodTicks: 16_000)
        #expect(try payload(55) == poll.message(invokeID: 0x3EB))
    }

    @Test("the lines of a recording: readings, then the counts")
    func lines() throws {
        guard let data = try TestData.find() else { return }
        let bytes = try data.bytes(Self.folder + "mp_rs232_session_part1.raw")
        let lines = try DecodeLines.text(of: bytes, input: .raw, family: IntelliVue.family).split(separator: "\n")
        #expect(lines.first == #"{"offset":2515,"signal":"heart_rate","value":60,"unit":"/min","quality":"valid"}"#)
        #expect(lines.last == #"{"summary":{"frames":1444,"readings":720,"rejected":{}}}"#)
        #expect(lines.count == 721)
        #expect(lines[1].hasSuffix(#""signal":"spo2","value":null,"unit":"%","quality":"invalid"}"#))
    }
}
