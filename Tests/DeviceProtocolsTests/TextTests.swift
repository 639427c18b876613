import DeviceProtocols
import Testing
import TimelineReports
import VitalsModel

@Suite("Text of bytes and readings")
struct TextTests {
    @Test("hexadecimal text: separated or run together, any case, comments")
    func hexText() throws {
        let text = "# head line zz\nC0 11\t01 # tail\r\n00ff\n\naB"
        #expect(try HexText.bytes(of: text.utf8) == [0xC0, 0x11, 0x01, 0x00, 0xFF, 0xAB])
        #expect(try HexText.bytes(of: "".utf8) == [])
        #expect(HexText.text(of: [0, 0xC1, 0x7D]) == "00 C1 7D")
    }

    @Test("a bad digit is told with line and column")
    func hexErrors() {
        func failure(_ text: String) -> HexTextError? {
            do {
                _ = try HexText.bytes(of: text.utf8)
                return nil
            } catch { return error }
        }
        #expect(failure("01 02\n03 0G") == HexTextError(line: 2, column: 5, found: UInt8(ascii: "G")))
        #expect(failure("01 2 03") == HexTextError(line: 1, column: 4, found: nil))
        #expect(failure("01\n012") == HexTextError(line: 2, column: 3, found: nil))
        #expect(failure("0\n1") == HexTextError(line: 1, column: 1, found: nil))
        #expect("\(HexTextError(line: 2, column: 5, found: 0x47))".hasPrefix("line 2, column 5: \"G\" is no hexadecimal digit"))
    }

    @Test("a line has its keys in order, null for no value, no needless decimals, a time only where there is one")
    func lines() {
        let time = DeviceTime(year: 2017, month: 11, day: 4, hour: 14, minute: 45, second: 0)
        let cuff = DecodedReading(offset: 12, signal: .nibpSystolic, value: 120, quality: .demo, deviceTime: time)
        #expect(
            DecodeLines.line(cuff)
                == #"{"offset":12,"signal":"nibp_systolic","value":120,"unit":"mm[Hg]","quality":"demo","device_time":"2017-11-04T14:45:00"}"#
                + "\n")
        let none = DecodedReading(offset: 0, signal: .spo2, value: nil, quality: .invalid)
        #expect(DecodeLines.line(none) == #"{"offset":0,"signal":"spo2","value":null,"unit":"%","quality":"invalid"}"# + "\n")
        let half = DecodedReading(offset: 3, signal: .heartRate, value: 61.5, quality: .valid)
        #expect(DecodeLines.line(half) == #"{"offset":3,"signal":"heart_rate","value":61.5,"unit":"/min","quality":"valid"}"# + "\n")
    }

    @Test("hexadecimal input is decoded as raw input is; the summary counts refusals by kind")
    func decodeText() throws {
        var stream = IntelliVueStream()
        stream.add(IntelliVueStream.object(IntelliVuePhysio.heartRate, 60))
        let bytes = [1, 2, 3] + stream.bytes + [0xC0, 0x11, 0xC0]
        let raw = try DecodeLines.text(of: bytes, input: .raw, family: IntelliVue.family)
        let hex = try DecodeLines.text(of: Array(HexText.text(of: bytes).utf8), input: .hex, family: IntelliVue.family)
        #expect(raw == hex)
        #expect(
            raw == """
                {"offset":3,"signal":"heart_rate","value":60,"unit":"/min","quality":"valid"}
                {"summary":{"frames":2,"readings":1,"rejected":{"garbage":3,"truncated":1}}}

                """)
        #expect(throws: HexTextError.self) { try DecodeLines.text(of: Array("0x".utf8), input: .hex, family: IntelliVue.family) }
        #expect(throws: DeviceOptionError.self) {
            try DecodeLines.text(of: [], input: .raw, family: Nonin.family, options: ["format": "3"])
        }
    }

    @Test("lines come chunk by chunk")
    func chunks() throws {
        var stream = IntelliVueStream()
        for rate in 60..<64 { stream.add(IntelliVueStream.object(IntelliVuePhysio.heartRate, Double(rate))) }
        var writer = try DecodeLines(family: IntelliVue.family)
        let text = stream.bytes.map { writer.lines(from: [$0]) }.joined() + writer.summary
        #expect(text == (try DecodeLines.text(of: stream.bytes, input: .raw, family: IntelliVue.family)))
    }
}
