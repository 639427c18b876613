import DeviceProtocols
import MonitorTesting
import Testing
import TimelineReports
import VitalsModel

/// What the table of recordings does not ask of them: conditions, our own messages, the lines of `vigil device decode`.
@Suite("IntelliVue recordings")
struct IntelliVueRecordingTests {
    private static let folder = "captures/intellivue/"

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
